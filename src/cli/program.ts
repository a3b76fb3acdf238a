import { Command, CommanderError, Option } from 'commander';
import { KithError, messageOf } from '../lib/errors.ts';
import type { Language } from '../lib/text.ts';
import { plainText } from '../report/plain-text.ts';
import type { Report } from '../report/report.ts';
import type { Terminal } from './terminal.ts';

/** What the command line can have done; app.ts does it. Every method answers with something that prints as JSON. */
export interface Operations {
  importFolder(directory: string): Promise<object>;
  sync(options: { full: boolean; report: boolean }): Promise<object>;
  analyse(options: { asOf: number | null; only: readonly string[] }): Promise<object>;
  writeBack(options: { dryRun: boolean; approved: boolean }): Promise<object>;
  undoWriteBack(batch: string): Promise<object>;
  report(
    name: string,
    text: string,
    language: Language | null,
  ): Promise<{ report: Report; png(): Promise<Uint8Array | null> }>;
  exportScores(directory: string): Promise<object>;
  backup(directory: string): Promise<object>;
  restore(directory: string): Promise<object>;
  verifyAudit(): Promise<{ ok: boolean; entries: number; brokenAt: number | null }>;
  erase(emailOrId: string): Promise<object>;
  writeFile(path: string, bytes: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

export interface DoctorFinding {
  readonly ok: boolean;
  readonly what: string;
  /** What to do about it; '' when all is well. */
  readonly next: string;
}

export interface ProgramOptions {
  readonly terminal: Terminal;
  readonly version: string;
  /** Opened once, by the command that needs it. */
  open(): Promise<Operations>;
  manifest(mode: 'socket' | 'http'): string;
  /** Looks even where nothing can be opened. */
  doctor(): Promise<readonly DoctorFinding[]>;
  /** Commands that own the process; absent when the words came from another one over the local socket. */
  readonly start?: () => Promise<void>;
  readonly demo?: (options: { data?: string; port: number; once: boolean; json: boolean }) => Promise<void>;
}

/** Runs one command line; its exit code: 0 done, 1 failed, 2 wrong use. Whatever goes wrong is one sentence on `err`. */
export async function runProgram(words: readonly string[], options: ProgramOptions): Promise<number> {
  const program = buildProgram(options);
  try {
    await program.parseAsync([...words], { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    options.terminal.err(`kith: ${messageOf(error)}\n`);
    return error instanceof KithError ? error.exitCode : 1;
  }
}

function buildProgram(options: ProgramOptions): Command {
  const { terminal, version, open, start, demo } = options;
  const program = new Command('kith')
    .description('Customer analytics for HubSpot, answered in Slack')
    .version(version)
    .exitOverride()
    .configureOutput({ writeOut: terminal.out, writeErr: terminal.err })
    .showSuggestionAfterError()
    .option('--json', 'machine-readable output on standard output');
  const json = (): boolean => program.opts<{ json?: boolean }>().json === true;

  /** Opens, does, prints, closes. */
  const perform = async (act: (kith: Operations) => Promise<object>): Promise<void> => {
    const kith = await open();
    try {
      const result = await act(kith);
      terminal.out(json() ? `${JSON.stringify(result)}\n` : facts(result));
    } finally {
      await kith.close();
    }
  };
  const owned = (name: string): never => {
    throw new KithError(
      'usage',
      `Kith is already running on this data folder; stop it before 'kith ${name}', or set KITH_DATA_DIR`,
    );
  };
  const command = (usage: string, description: string): Command =>
    program
      .command(usage)
      .description(description)
      .option('--json', 'machine-readable output')
      .hook('preAction', (_, self) => {
        if (self.opts<{ json?: boolean }>().json === true) program.setOptionValue('json', true);
      });

  command('start', 'the bot: Slack, schedules').action(async () => (start ?? (() => owned('start')))());
  command('demo', 'everything against the stand-in HubSpot and the stand-in Slack, with a web page')
    .option('--data <dir>', 'a folder of CRM export files instead of the made-up company')
    .option('--port <n>', 'where the page is', wholeNumber, 4010)
    .option('--once', 'run the whole main job, print a summary and exit')
    .action(async (given: { data?: string; port: number; once?: boolean }) =>
      (demo ?? (() => owned('demo')))({ ...given, once: given.once === true, json: json() }),
    );
  command('import <dir>', 'read a folder of CRM export files into the store').action((dir: string) =>
    perform((kith) => kith.importFolder(dir)),
  );
  command('sync', 'copy the CRM now')
    .option('--full', 'from the start, instead of going on where the last one stopped')
    .option('--report', 'what was read, what was refused and why, and how the revenue reconciles')
    .action((given: { full?: boolean; report?: boolean }) =>
      perform((kith) => kith.sync({ full: given.full === true, report: given.report === true })),
    );
  command('analyse', 'run the analyses now')
    .option('--as-of <instant>', 'as if it were this instant (ISO 8601)', instant)
    .option('--only <names...>', 'only these analyses')
    .action((given: { asOf?: number; only?: string[] }) =>
      perform((kith) => kith.analyse({ asOf: given.asOf ?? null, only: given.only ?? [] })),
    );
  const writeBack = command('write-back', 'write tiers, segments and risks back on the CRM records')
    .option('--dry-run', 'show what would change; write nothing')
    .option('--yes', 'write without asking in Slack first')
    .action((given: { dryRun?: boolean; yes?: boolean }) =>
      perform((kith) => kith.writeBack({ dryRun: given.dryRun === true, approved: given.yes === true })),
    );
  writeBack
    .command('undo <batch>')
    .description('take one batch back, except what a person changed since')
    .action((batch: string) => perform((kith) => kith.undoWriteBack(batch)));
  command('report <name> [args...]', 'what the slash command would answer')
    .option('--png <file>', 'also write the chart')
    .addOption(new Option('--lang <language>', 'the language of the answer').choices(['en', 'zh']))
    .action(async (name: string, args: string[], given: { png?: string; lang?: Language }) => {
      const kith = await open();
      try {
        const { report, png } = await kith.report(name.replace(/^\//, ''), args.join(' '), given.lang ?? null);
        if (given.png !== undefined) {
          const bytes = await png();
          if (bytes === null)
            throw new KithError(
              'usage',
              `The answer of '${name}' has no chart, so nothing was written to ${given.png}`,
            );
          await kith.writeFile(given.png, bytes);
        }
        terminal.out(
          json() ? `${JSON.stringify(report)}\n` : `${plainText(report, { width: Math.min(terminal.columns, 120) })}\n`,
        );
      } finally {
        await kith.close();
      }
    });
  command('export <dir>', "every customer's scores as CSV").action((dir: string) =>
    perform((kith) => kith.exportScores(dir)),
  );
  command('doctor', 'what is missing, wrong or unreachable, with the next step').action(async () => {
    const findings = await options.doctor();
    const ok = findings.every((one) => one.ok);
    if (json()) terminal.out(`${JSON.stringify({ ok, findings })}\n`);
    else
      for (const one of findings)
        terminal.out(`${one.ok ? '✓' : '✗'} ${one.what}${one.next === '' ? '' : `\n    → ${one.next}`}\n`);
    if (!ok) throw new KithError('config', 'The doctor found something to mend; see the lines marked ✗');
  });
  command('manifest', "the Slack app's manifest, to paste at api.slack.com/apps")
    .option('--socket', 'Slack is reached from inside (the default)')
    .option('--http', 'Slack calls this Kith')
    .action((given: { http?: boolean }) => terminal.out(options.manifest(given.http === true ? 'http' : 'socket')));
  command('backup <dir>', 'copy everything that Kith keeps').action((dir: string) =>
    perform((kith) => kith.backup(dir)),
  );
  command('restore <dir>', 'bring a backup back').action((dir: string) => perform((kith) => kith.restore(dir)));
  command('audit <what>', "'audit verify' checks that the record of what Kith did is whole").action((what: string) =>
    perform(async (kith) => {
      if (what !== 'verify') throw new KithError('usage', `'audit ${what}' is not known; write 'kith audit verify'`);
      const result = await kith.verifyAudit();
      if (!result.ok)
        throw new KithError(
          'store-damaged',
          `The audit log was changed at entry ${result.brokenAt} of ${result.entries}`,
        );
      return result;
    }),
  );
  command('erase <email-or-id>', 'forget a person, with a receipt').action((who: string) =>
    perform((kith) => kith.erase(who)),
  );
  return program;
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 65535)
    throw new KithError('usage', `'${text}' is not a port; use a whole number up to 65535`);
  return value;
}

function instant(text: string): number {
  const value = Date.parse(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T23:59:59.999Z` : text);
  if (Number.isNaN(value))
    throw new KithError('usage', `'${text}' is not an instant; write it like 2026-06-30 or 2026-06-30T12:00:00Z`);
  return value;
}

/** An object as indented lines, nested ones below their name. */
function facts(value: object, indent = ''): string {
  return Object.entries(value)
    .map(([name, one]: [string, unknown]) => {
      const label = `${indent}${name.replaceAll('_', ' ')}`;
      if (Array.isArray(one) && one.length === 0) return `${label}: none\n`;
      if (typeof one === 'object' && one !== null) return `${label}\n${facts(one, `${indent}  `)}`;
      return `${label}: ${typeof one === 'number' ? one.toLocaleString('en') : String(one)}\n`;
    })
    .join('');
}
