import { Argument, Command, CommanderError, Option } from 'commander';
import { KithError, textOf } from '../lib/errors.ts';
import { type Language, say, type Text } from '../lib/text.ts';
import type { Finding } from '../ports/doctor.ts';
import { plainText } from '../report/plain-text.ts';
import type { Report } from '../report/report.ts';
import type { Terminal } from './terminal.ts';

/** What the command line can have done; app.ts does it. Every method answers with something that prints as JSON. */
export interface Operations {
  importFolder(directory: string): Promise<object>;
  sync(options: { full: boolean; report: boolean }): Promise<object>;
  /** A replay has a report of its own. */
  analyse(options: {
    asOf: number | null;
    only: readonly string[];
  }): Promise<{ result: object; report: Report | null }>;
  /** The kept runs, or one of them. */
  runs(id: string | null): Promise<{ result: object; report: Report }>;
  /** `plan` names one that was shown before; `csv` is a file for every value of it. */
  writeBack(options: {
    dryRun: boolean;
    approved: boolean;
    force: boolean;
    plan: string | null;
    csv: string | null;
    language: Language | null;
  }): Promise<{ result: object; report: Report }>;
  removeProperties(options: { dryRun: boolean }): Promise<{ result: object; report: Report }>;
  undoWriteBack(batch: string): Promise<{ result: object; report: Report }>;
  report(
    name: string,
    text: string,
    language: Language | null,
  ): Promise<{ report: Report; png(): Promise<Uint8Array | null> }>;
  exportScores(directory: string): Promise<object>;
  /** The report for management, written as a PDF. */
  monthly(file: string, language: Language | null): Promise<object>;
  /** `withKey` puts the identity key beside the data that it opens. */
  backup(directory: string, options: { withKey: boolean }): Promise<object>;
  restore(directory: string): Promise<object>;
  /** Prints an install link and waits until somebody has allowed it. */
  connect(to: 'hubspot' | 'slack'): Promise<object>;
  disconnect(from: 'hubspot' | 'slack'): Promise<object>;
  verifyAudit(): Promise<{ ok: boolean; entries: number; brokenAt: number | null }>;
  /** Of a dry run, what would be erased. */
  erase(who: string, options: { dryRun: boolean }): Promise<object>;
  exportPerson(who: string, file: string): Promise<object>;
  optOut(who: string, options: { undo: boolean }): Promise<object>;
  rotateKey(options: { dropOld: boolean }): Promise<object>;
  writeFile(path: string, bytes: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

export interface ProgramOptions {
  readonly terminal: Terminal;
  readonly version: string;
  /** Opened once, by the command that needs it. */
  open(): Promise<Operations>;
  manifest(mode: 'socket' | 'http', options: { oauth: boolean }): Promise<string>;
  /** Who is served by which process; told even while nothing runs. */
  tenants(): readonly TenantLine[];
  /** Looks even where nothing can be opened. */
  doctor(): Promise<readonly Finding[]>;
  /** The doctor's findings are said in this language. */
  readonly language: Language;
  /** What the store tells, for a doctor in a process of its own; absent where no store is open. */
  readonly examineStore?: () => Promise<object>;
  /** Commands that own the process; absent when the words came from another one over the local socket. */
  readonly start?: () => Promise<void>;
  readonly demo?: (options: { data?: string; port: number; once: boolean; json: boolean }) => Promise<void>;
}

/** One tenant of KITH_TENANTS_DIR. */
export interface TenantLine {
  readonly name: string;
  /** The number of the process that serves it. */
  readonly shard: number;
  readonly isOwn: boolean;
  /** What is wrong with its settings; '' for nothing. */
  readonly problem: string;
}

const MENDABLE: Text = {
  en: 'The doctor found something to mend; see the lines marked ✗',
  zh: '检查发现需要修复的问题；请查看标有 ✗ 的行',
};

/** A finding's state in front of its line. */
const MARKS: Readonly<Record<Finding['state'], string>> = { ok: '✓', advice: '!', problem: '✗' };

/** Runs one command line; its exit code: 0 done, 1 failed, 2 wrong use. Whatever goes wrong is one sentence on `err`. */
export async function runProgram(words: readonly string[], options: ProgramOptions): Promise<number> {
  const program = buildProgram(options);
  try {
    await program.parseAsync([...words], { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    const what = say(options.language, textOf(error));
    options.terminal.err(`kith: ${what}\n`);
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
  /** The same for what prints as a Report, where it has one, and as its figures with --json. */
  const performReport = async (
    act: (kith: Operations) => Promise<{ result: object; report: Report | null }>,
  ): Promise<void> => {
    const kith = await open();
    try {
      const { result, report } = await act(kith);
      if (json()) terminal.out(`${JSON.stringify(result)}\n`);
      else if (report === null) terminal.out(facts(result));
      else terminal.out(`${plainText(report, { width: Math.min(terminal.columns, 120) })}\n`);
    } finally {
      await kith.close();
    }
  };
  const owned = (name: string): never => {
    throw new KithError('usage', {
      en: `Kith is already running on this data folder; stop it before 'kith ${name}', or set KITH_DATA_DIR`,
      zh: `Kith 已在此数据文件夹上运行；请先停止它再运行 'kith ${name}'，或设置 KITH_DATA_DIR`,
    });
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
  for (const [name, description, act] of [
    [
      'connect',
      'install Kith in a HubSpot account or a Slack workspace by OAuth, in place of a token',
      (kith, what) => kith.connect(what),
    ],
    ['disconnect', 'withdraw and forget what connect brought', (kith, what) => kith.disconnect(what)],
  ] as const satisfies readonly [string, string, (kith: Operations, what: 'hubspot' | 'slack') => Promise<object>][])
    command(name, description)
      .addArgument(new Argument('<what>', 'what to connect').choices(['hubspot', 'slack']))
      .action((what: 'hubspot' | 'slack') => perform((kith) => act(kith, what)));
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
    .option('--as-of <instant>', 'as if it were this instant (ISO 8601); that of a kept run makes it again', instant)
    .option('--only <names...>', 'only these analyses')
    .action((given: { asOf?: number; only?: string[] }) =>
      performReport((kith) => kith.analyse({ asOf: given.asOf ?? null, only: given.only ?? [] })),
    );
  command('runs [run]', 'the runs that are kept, or one of them').action((run: string | undefined) =>
    performReport((kith) => kith.runs(run ?? null)),
  );
  const writeBack = command('write-back', 'write tiers, segments and risks back on the CRM records')
    .option('--dry-run', 'show what would change; write nothing')
    .option('--yes', 'write without asking in Slack first')
    .option('--plan <id>', 'write exactly what a dry run showed')
    .option('--force', 'write although Kith finds that something is wrong; the audit keeps it')
    .option('--csv <file>', 'also write every planned change as CSV')
    .addOption(new Option('--lang <language>', 'the language of the answer').choices(['en', 'zh']))
    .action((given: WriteBackWords) =>
      performReport((kith) =>
        kith.writeBack({
          dryRun: given.dryRun === true,
          approved: given.yes === true,
          force: given.force === true,
          plan: given.plan ?? null,
          csv: given.csv ?? null,
          language: given.lang ?? null,
        }),
      ),
    );
  writeBack
    .command('undo <batch>')
    .description('take one batch back, except what a person changed since')
    .action((batch: string) => performReport((kith) => kith.undoWriteBack(batch)));
  writeBack
    .command('remove')
    .description('clear what Kith wrote on the CRM records, except what a person changed')
    .option('--yes', 'really do it; otherwise it is only counted')
    .action((_: object, self: Command) => {
      const { yes } = self.optsWithGlobals<{ yes?: boolean }>();
      return performReport((kith) => kith.removeProperties({ dryRun: yes !== true }));
    });
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
            throw new KithError('usage', {
              en: `The answer of '${name}' has no chart, so nothing was written to ${given.png}`,
              zh: `'${name}' 的回答没有图表，因此没有写入 ${given.png}`,
            });
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
  command('monthly <file>', 'the monthly report for management, as a PDF')
    .addOption(new Option('--lang <language>', 'in which language').choices(['en', 'zh']))
    .action((file: string, given: { lang?: Language }) => perform((kith) => kith.monthly(file, given.lang ?? null)));
  command('doctor', 'what is missing, wrong or unreachable, with the next step')
    .addOption(new Option('--store', 'what the store of a running Kith tells').hideHelp())
    .action(async (given: { store?: boolean }) => {
      if (given.store === true && options.examineStore !== undefined) {
        terminal.out(`${JSON.stringify(await options.examineStore())}\n`);
        return;
      }
      const findings = (await options.doctor()).map(({ state, what, next }) => ({
        state,
        what: say(options.language, what),
        next: next === null ? '' : say(options.language, next),
      }));
      const ok = findings.every(({ state }) => state !== 'problem');
      if (json()) terminal.out(`${JSON.stringify({ ok, findings })}\n`);
      else
        for (const { state, what, next } of findings)
          terminal.out(`${MARKS[state]} ${what}${next === '' ? '' : `\n    → ${next}`}\n`);
      if (!ok) throw new KithError('config', MENDABLE);
    });
  command('tenants', 'the companies that this Kith serves, and by which process').action(() => {
    const tenants = options.tenants();
    if (json()) return terminal.out(`${JSON.stringify({ tenants })}\n`);
    if (tenants.length === 0)
      terminal.out('none: this Kith serves one company, or the folder KITH_TENANTS_DIR is empty\n');
    for (const { name, shard, isOwn, problem } of tenants) {
      const where = problem === '' ? `shard ${shard}${isOwn ? ', this process' : ''}` : problem;
      terminal.out(`${problem === '' ? MARKS.ok : MARKS.problem} ${name}: ${where}\n`);
    }
  });
  command('manifest', "the Slack app's manifest, to paste at api.slack.com/apps")
    .option('--socket', 'Slack is reached from inside (the default)')
    .option('--http', 'Slack calls this Kith')
    .option('--oauth', 'Kith is added from its own page: with its redirect URL, which --http has in any case')
    .action(async (given: { http?: boolean; oauth?: boolean }) =>
      terminal.out(await options.manifest(given.http === true ? 'http' : 'socket', { oauth: given.oauth === true })),
    );
  command('backup <dir>', 'copy everything that Kith keeps, but the identity key')
    .option('--with-key', 'with the identity key: whoever has the backup can then read every name in it')
    .action((dir: string, given: { withKey?: boolean }) =>
      perform((kith) => kith.backup(dir, { withKey: given.withKey === true })),
    );
  command('restore <dir>', 'bring a backup back into an empty data folder').action((dir: string) =>
    start === undefined ? owned('restore') : perform((kith) => kith.restore(dir)),
  );
  command('audit <what>', "'audit verify' checks that the record of what Kith did is whole").action((what: string) =>
    perform(async (kith) => {
      if (what !== 'verify')
        throw new KithError('usage', {
          en: `'audit ${what}' is not known; write 'kith audit verify'`,
          zh: `不认识 'audit ${what}'；请写 'kith audit verify'`,
        });
      const result = await kith.verifyAudit();
      if (!result.ok)
        throw new KithError('store-damaged', {
          en: `The audit log was changed at entry ${result.brokenAt} of ${result.entries}`,
          zh: `审计日志在第 ${result.brokenAt} 条（共 ${result.entries} 条）处被改动过`,
        });
      return result;
    }),
  );
  command('erase <who>', 'forget a person, by e-mail, phone or contact id, with a receipt')
    .option('--dry-run', 'show what would be erased; erase nothing')
    .action((who: string, given: { dryRun?: boolean }) =>
      perform((kith) => kith.erase(who, { dryRun: given.dryRun === true })),
    );
  command('export-person <who>', 'everything that Kith holds about a person, as JSON')
    .requiredOption('--to <file>', 'the file that is written')
    .action((who: string, given: { to: string }) => perform((kith) => kith.exportPerson(who, given.to)));
  command('opt-out <who>', 'make no profile of a person from now on, and drop what was made')
    .option('--undo', 'make one again, from the next analysis on')
    .action((who: string, given: { undo?: boolean }) =>
      perform((kith) => kith.optOut(who, { undo: given.undo === true })),
    );
  command('rotate-key', "seal contacts' names, e-mails and phones under a new key")
    .option('--drop-old', 'forget the keys before the current one')
    .action((given: { dropOld?: boolean }) => perform((kith) => kith.rotateKey({ dropOld: given.dropOld === true })));
  return program;
}

interface WriteBackWords {
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly force?: boolean;
  readonly plan?: string;
  readonly csv?: string;
  readonly lang?: Language;
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 65535)
    throw new KithError('usage', {
      en: `'${text}' is not a port; use a whole number up to 65535`,
      zh: `'${text}' 不是端口；请使用不超过 65535 的整数`,
    });
  return value;
}

function instant(text: string): number {
  const value = Date.parse(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T23:59:59.999Z` : text);
  if (Number.isNaN(value))
    throw new KithError('usage', {
      en: `'${text}' is not an instant; write it like 2026-06-30 or 2026-06-30T12:00:00Z`,
      zh: `'${text}' 不是时间点；请写成 2026-06-30 或 2026-06-30T12:00:00Z`,
    });
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
