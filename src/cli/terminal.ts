import type { Progress } from '../ports/job-runner.ts';

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
export function progressBar(terminal: Terminal, now: () => number): Progress & { finish(): void } {
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
      if (step !== current) {
        endLine();
        current = step;
        startedAt = now();
        drawnAt = 0;
      }
      last = line(step, done, total, now() - startedAt);
      if (!terminal.isTerminal || now() - drawnAt < 100) return;
      drawnAt = now();
      terminal.err(`\r\x1b[2K${last}`);
    },
    finish: endLine,
  };
}

function line(step: string, done: number, total: number | null, elapsed: number): string {
  const seconds = `${(elapsed / 1000).toFixed(1)} s`;
  if (total === null || total === 0)
    return `  ${step.padEnd(24)} ${done > 0 ? done.toLocaleString('en') : ''}  ${seconds}`;
  const share = Math.min(1, done / total);
  const filled = Math.round(share * BAR_WIDTH);
  const bar = '█'.repeat(filled) + '░'.repeat(BAR_WIDTH - filled);
  const left = share > 0.02 && share < 1 ? `, ${Math.ceil((elapsed / share - elapsed) / 1000)} s left` : '';
  return `  ${step.padEnd(24)} ${bar} ${done.toLocaleString('en')} of ${total.toLocaleString('en')}  ${seconds}${left}`;
}
