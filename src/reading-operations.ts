import { dirname } from 'node:path';
import type { Operations } from './cli/operations.ts';
import { presentRun, presentRuns } from './jobs/present-runs.ts';
import { findRun, listRuns, runDetailsJson, runJson } from './jobs/run-history.ts';
import type { Asker, Kith, Workspace } from './kith.ts';
import type { Language } from './lib/text.ts';
import { monthlyDocument } from './monthly-report.ts';
import { createNoted, hashOfText, withheldReport } from './noted.ts';
import { commandLineViewer } from './privacy/viewer.ts';
import { watchedReader } from './privacy/watched-reader.ts';
import { chartOf } from './report/chart-of.ts';

/** Whoever types, as answers are made for them; the audit log names `actor`. */
export function askerAt(kith: Kith, actor: string): (at: Workspace, language: Language | null) => Asker {
  return ({ account }, language) => ({
    viewer: commandLineViewer(),
    actor,
    language: language ?? kith.config.language,
    timeZone: account.timeZone,
  });
}

/** What the command line shows of customers, noted in the audit log as an answer in a chat is. */
export function readingOperations(
  kith: Kith,
  {
    actor,
    at,
    write,
  }: {
    readonly actor: string;
    /** A path of the command's own folder. */
    readonly at: (path: string) => string;
    readonly write: (path: string, content: Uint8Array) => Promise<void>;
  },
): Pick<Operations, 'runs' | 'report' | 'monthly'> {
  const askerOf = askerAt(kith, actor);
  return {
    async runs(id) {
      const workspace = await kith.workspace();
      const { portal } = workspace;
      const { language } = kith.config;
      const asked = { actor, act: 'asked', subject: 'runs', text: await hashOfText(workspace, id ?? '') } as const;
      return createNoted(workspace)(askerOf(workspace, null), asked, {
        async work(asker) {
          const reader = readerOf(workspace, asker);
          if (id === null) {
            const facts = await listRuns(portal, reader, RUNS_LISTED);
            return { result: { runs: facts.map(runJson) }, report: presentRuns(facts, language) };
          }
          const facts = await findRun(portal, reader, id);
          return { result: runDetailsJson(facts), report: presentRun(facts, language) };
        },
      });
    },
    async report(name, text, language) {
      const workspace = await kith.workspace();
      const asker = askerOf(workspace, language);
      const [command, argument] = UNDER_KITH.includes(name) ? ['kith', `${name} ${text}`.trim()] : [name, text];
      const onlyReads = kith.commands.find((one) => one.name === command)?.onlyReads?.(argument) === true;
      const asked = { actor, act: 'asked', subject: command, text: await hashOfText(workspace, argument) } as const;
      const report = await createNoted(workspace)(asker, asked, {
        work: (who) => kith.command(workspace, who, command, argument),
        ...(onlyReads ? {} : { withheld: () => withheldReport(asker.language) }),
      });
      const chart = chartOf(report);
      return { report, png: async () => (chart === null ? null : kith.renderer.png(chart)) };
    },
    async monthly(file, language) {
      const workspace = await kith.workspace();
      const asker = askerOf(workspace, language);
      const asked = { actor, act: 'exported', subject: 'monthly', directory: dirname(at(file)) } as const;
      return createNoted(workspace)(asker, asked, {
        async work(who) {
          const document = await monthlyDocument(kith, workspace, who);
          await write(file, await kith.documents.pdf(document));
          return { file, sections: document.sections.length };
        },
      });
    },
  };
}

/** Runs in a list: the older ones are found by their id. */
const RUNS_LISTED = 30;

/** What a chat asks for as `/kith health`: `kith report health` here. */
const UNDER_KITH: readonly string[] = [
  'help',
  'status',
  'health',
  'rfm',
  'playbook',
  'playbooks',
  'settings',
  'people',
  'subscribe',
  'privacy',
  'doctor',
];

function readerOf(workspace: Workspace, { viewer, read }: Asker) {
  const reader = workspace.reader(viewer);
  return read === undefined ? reader : watchedReader(reader, read);
}
