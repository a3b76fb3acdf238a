import { existsSync } from 'node:fs';
import { copyFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Operations } from './cli/program.ts';
import { progressBar, type Terminal } from './cli/terminal.ts';
import { backup, readBackup, restore } from './jobs/backup.ts';
import { compareRuns } from './jobs/compare-runs.ts';
import { callsOfDay } from './jobs/crm-calls.ts';
import { erase } from './jobs/erase.ts';
import { presentRemoval } from './jobs/present-removal.ts';
import { presentReplay, presentRun, presentRuns } from './jobs/present-runs.ts';
import { findRun, listRuns, runDetailsJson, runJson } from './jobs/run-history.ts';
import { summariseRun } from './jobs/summarise-run.ts';
import type { Kith } from './kith.ts';
import { KithError, messageOf } from './lib/errors.ts';
import { commandLineViewer } from './privacy/viewer.ts';
import { chartOf } from './report/chart-of.ts';

/**
 * What the command line can have done with an open Kith. `folder` is where relative paths start; `close` is what ends the
 * command: closing Kith, or nothing when it is a running bot's.
 */
export function createOperations(
  kith: Kith,
  terminal: Terminal,
  folder: string,
  close: () => Promise<void>,
): Operations {
  const bar = progressBar(terminal, kith.now);
  const at = (path: string): string => resolve(folder, path);
  const synced = (done: Awaited<ReturnType<Kith['sync']>>): object => ({
    synced: done.counts,
    rejected: done.rejected,
    calls: done.calls,
    crm_revenue: done.revenue === null ? null : { amount: done.revenue.amount, currency: done.revenue.currency },
    seconds: done.seconds,
    lanes: done.lanes,
    sweep: done.sweep,
  });
  const write = async (path: string, content: Uint8Array | string): Promise<void> => {
    await writeFile(at(path), content).catch((cause: unknown) => {
      throw new KithError(
        'store-unwritable',
        `${at(path)} could not be written (${messageOf(cause)}); choose another file`,
        { cause },
      );
    });
  };
  return {
    async importFolder(directory) {
      const result = await kith.importFolder(at(directory), bar);
      bar.finish();
      return { ...synced(result), rejects: (await result.workspace.portal.crm.rejects()).slice(0, 20) };
    },
    async sync({ full, report }) {
      const result = await kith.sync({ full, progress: bar });
      bar.finish();
      if (!report) return synced(result);
      const { types, revenue, ...reconciled } = await kith.reconcile(result.workspace, { progress: bar });
      bar.finish();
      const calls = await callsOfDay(result.workspace.portal, result.workspace.account, kith.now());
      return {
        ...synced(result),
        rejects: await result.workspace.portal.crm.rejects(),
        reconciliation: { ...reconciled, at: new Date(reconciled.at).toISOString() },
        records: types,
        revenue,
        calls_today:
          calls === null
            ? null
            : {
                limit: calls.limit,
                used: calls.used,
                reserve: calls.reserve,
                closed_until: calls.closedUntil === null ? null : new Date(calls.closedUntil).toISOString(),
              },
      };
    },
    async analyse(options) {
      const workspace = await kith.workspace();
      const run = await kith.analyse(workspace, { ...options, progress: bar });
      bar.finish();
      const reader = workspace.reader(commandLineViewer());
      if (run.kind === 'current') return { result: await summariseRun(reader), report: null };
      const { portal } = workspace;
      const kept = run.replayOf === null ? null : await portal.results.keptRun(run.replayOf);
      const comparison = kept === null ? null : await compareRuns(portal, kept, run);
      const hasPortfolio = (await reader.result('portfolio', run.id)) !== null;
      const summary = hasPortfolio ? await summariseRun(reader, run.id) : {};
      return {
        result: { ...summary, replay: { run: run.id, ...comparison, of: run.replayOf } },
        report: presentReplay(comparison, run.asOf, kith.config.language),
      };
    },
    async runs(id) {
      const { portal, reader } = await kith.workspace();
      const viewed = reader(commandLineViewer());
      const { language } = kith.config;
      if (id === null) {
        const facts = await listRuns(portal, viewed, RUNS_LISTED);
        return { result: { runs: facts.map(runJson) }, report: presentRuns(facts, language) };
      }
      const facts = await findRun(portal, viewed, id);
      return { result: runDetailsJson(facts), report: presentRun(facts, language) };
    },
    async writeBack({ dryRun, approved, force, plan, csv, language }) {
      const workspace = await kith.workspace();
      if (!dryRun && !approved && !workspace.state().writeBackApproved) {
        throw new KithError(
          'write-back-refused',
          "Nobody has approved writing to the CRM; look at 'kith write-back --dry-run' first, then add --yes",
        );
      }
      const order = { dryRun, force, actor: 'command-line', ...(plan === null ? {} : { plan }) };
      const result = await kith.writeBack(workspace, { ...order, progress: bar });
      bar.finish();
      if (csv !== null) await write(csv, await kith.writeBackCsv(workspace, result.batch));
      const { timeZone } = workspace.account;
      const asker = { viewer: commandLineViewer(), language: language ?? kith.config.language, timeZone };
      return { result, report: await kith.presentWriteBack(workspace, asker, result) };
    },
    async removeProperties({ dryRun }) {
      const result = await kith.removeProperties(await kith.workspace(), { dryRun, progress: bar });
      bar.finish();
      return { result, report: presentRemoval(result, kith.config.language) };
    },
    async undoWriteBack(batch) {
      const workspace = await kith.workspace();
      const result = await kith.undoWriteBack(workspace, batch);
      const { timeZone } = workspace.account;
      const asker = { viewer: commandLineViewer(), language: kith.config.language, timeZone };
      return { result, report: await kith.presentUndo(workspace, asker, result) };
    },
    async report(name, text, language) {
      const workspace = await kith.workspace();
      const asker = {
        viewer: commandLineViewer(),
        language: language ?? kith.config.language,
        timeZone: workspace.account.timeZone,
      };
      const [command, argument] = UNDER_KITH.includes(name) ? ['kith', `${name} ${text}`.trim()] : [name, text];
      const report = await kith.command(workspace, asker, command, argument);
      const chart = chartOf(report);
      return { report, png: async () => (chart === null ? null : kith.renderer.png(chart)) };
    },
    exportScores: async (directory) => kith.exportScores(await kith.workspace(), at(directory)),
    async backup(directory) {
      const { portal } = await kith.workspace();
      if (kith.config.clickhouseUrl !== null) throw notEmbedded();
      const manifest = await backup(portal, at(directory), new Date(kith.now()).toISOString());
      for (const file of BESIDE_THE_STORE) {
        const path = join(kith.config.dataDir, file);
        if (existsSync(path)) await copyFile(path, join(at(directory), file));
      }
      return { directory: at(directory), ...manifest };
    },
    async restore(directory) {
      if (kith.config.clickhouseUrl !== null) throw notEmbedded();
      const { portalId } = await readBackup(at(directory));
      const portal = await kith.emptyPortal(portalId);
      const manifest = await restore(portal, at(directory));
      for (const file of BESIDE_THE_STORE) {
        const path = join(at(directory), file);
        if (existsSync(path)) await copyFile(path, join(kith.config.dataDir, file));
      }
      return manifest;
    },
    async connect() {
      return kith.connect((link, redirectUri) => {
        terminal.err(
          `  Open this link within 10 minutes as a super admin of the HubSpot account, and allow what it lists:\n\n  ${link}\n\n  The app's redirect URLs must hold ${redirectUri}. Waiting…\n`,
        );
      });
    },
    disconnect: () => kith.disconnect(),
    verifyAudit: async () => (await kith.workspace()).audit.verify(),
    async erase(who) {
      return erase({ ...(await kith.workspace()), who, actor: 'command-line', now: kith.now });
    },
    writeFile: write,
    async close() {
      bar.finish();
      await close();
    },
  };
}

/** Runs in a list: the older ones are found by their id. */
const RUNS_LISTED = 30;

/** Reports that a chat asks for as `/kith health`. */
const UNDER_KITH: readonly string[] = ['health', 'rfm', 'settings', 'people', 'playbook', 'playbooks'];

/** What people decided, and the key without which the identities cannot be read. */
const BESIDE_THE_STORE = ['state.json', 'identity.key'];

function notEmbedded(): KithError {
  return new KithError('usage', 'The data is on the server of CLICKHOUSE_URL; use its own BACKUP and RESTORE');
}
