import { type Language, say, type Text } from '../lib/text.ts';
import type { Progress } from '../ports/job-runner.ts';
import { fitWidth } from '../report/display-width.ts';

/**
 * Where a command writes. Answers go to `out`, everything else to `err`; `isTerminal` says whether a person is watching `err`,
 * `columns` how wide that is.
 */
export interface Terminal {
  out(text: string): void;
  err(text: string): void;
  readonly isTerminal: boolean;
  readonly columns: number;
}

export function processTerminal(): Terminal {
  return {
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
    isTerminal: process.stderr.isTTY === true,
    columns: process.stdout.columns ?? 100,
  };
}

const BAR_WIDTH = 28;

/**
 * A bar that is redrawn in place for a person, and a line per finished step otherwise. It draws at most ten times a second,
 * so that fast steps cost nothing. cli-progress would hold a timer; a forwarded command has no stream of its own to give it.
 */
export function progressBar(terminal: Terminal, now: () => number, language: Language): Progress & { finish(): void } {
  let current = '';
  let startedAt = now();
  let drawnAt = 0;
  let last = '';
  const endLine = (): void => {
    if (current === '') return;
    if (terminal.isTerminal) terminal.err(`\r\x1b[2K${last}\n`);
    else terminal.err(`${last}\n`);
    current = '';
  };
  return {
    update(step, done, total) {
      const name = say(language, step);
      if (name !== current) {
        endLine();
        current = name;
        startedAt = now();
        drawnAt = 0;
      }
      last = line(language, name, done, total, now() - startedAt);
      if (!terminal.isTerminal || now() - drawnAt < 100) return;
      drawnAt = now();
      terminal.err(`\r\x1b[2K${last}`);
    },
    finish: endLine,
  };
}

const NAME_WIDTH = 24;

function line(language: Language, step: string, done: number, total: number | null, elapsed: number): string {
  const said = (text: Text): string => say(language, text);
  const name = fitWidth(step, NAME_WIDTH);
  const taken = (elapsed / 1000).toFixed(1);
  const seconds = said({ en: `${taken} s`, zh: `${taken} 秒` });
  if (total === null || total === 0) return `  ${name} ${done > 0 ? done.toLocaleString('en') : ''}  ${seconds}`;
  const share = Math.min(1, done / total);
  const filled = Math.round(share * BAR_WIDTH);
  const bar = '█'.repeat(filled) + '░'.repeat(BAR_WIDTH - filled);
  const [of, all] = [done.toLocaleString('en'), total.toLocaleString('en')];
  const count = said({ en: `${of} of ${all}`, zh: `${of} / ${all}` });
  const rest = Math.ceil((elapsed / share - elapsed) / 1000);
  const left = share > 0.02 && share < 1 ? said({ en: `, ${rest} s left`, zh: `，剩余 ${rest} 秒` }) : '';
  return `  ${name} ${bar} ${count}  ${seconds}${left}`;
}
