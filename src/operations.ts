import { writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Operations } from './cli/program.ts';
import { progressBar, type Terminal } from './cli/terminal.ts';
import { accessExport } from './jobs/access-export.ts';
import { backup, checkBackup, restore } from './jobs/backup.ts';
import { compareRuns } from './jobs/compare-runs.ts';
import { callsOfDay } from './jobs/crm-calls.ts';
import { erase, planErasure, reapplyErasures } from './jobs/erase.ts';
import { optOut } from './jobs/opt-out.ts';
import { presentRemoval } from './jobs/present-removal.ts';
import { presentReplay, presentRun, presentRuns } from './jobs/present-runs.ts';
import { findRun, listRuns, runDetailsJson, runJson } from './jobs/run-history.ts';
import { summariseRun } from './jobs/summarise-run.ts';
import type { Kith } from './kith.ts';
import { createAudit } from './ledger/audit.ts';
import { createOutbox } from './ledger/outbox.ts';
import { KithError, messageOf } from './lib/errors.ts';
import { monthlyDocument } from './monthly-report.ts';
import { commandLineViewer } from './privacy/viewer.ts';
import { chartOf } from './report/chart-of.ts';
import { openState } from './state/state-store.ts';
import { loadOrCreateKeys } from './store/identity-key-file.ts';

/**
 * What the command line can have done with an open Kith. `folder` is where relative paths start; `close` is what ends the
 * command: closing Kith, or nothing when it is a running bot's. `signal` tells what runs long to stop where it can go on later.
 */
export function createOperations(
  kith: Kith,
  terminal: Terminal,
  folder: string,
  close: () => Promise<void>,
  signal: AbortSignal,
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
  const write = async (path: string, content: Uint8Array | string, mode = 0o666): Promise<void> => {
    await writeFile(at(path), content, { mode }).catch((cause: unknown) => {
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
      const result = await kith.inTurn('copies', () => kith.sync({ full, progress: bar, signal }), signal);
      bar.finish();
      if (!report) return synced(result);
      const reconcile = () => kith.reconcile(result.workspace, { progress: bar, signal });
      const { types, revenue, ...reconciled } = await kith.inTurn('copies', reconcile, signal);
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
      const analyse = () => kith.analyse(workspace, { ...options, progress: bar, signal });
      const run = await kith.inTurn('analyses', analyse, signal);
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
      const order = { dryRun, force, signal, actor: 'command-line', ...(plan === null ? {} : { plan }) };
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
    async monthly(file, language) {
      const workspace = await kith.workspace();
      const asker = {
        viewer: commandLineViewer(),
        language: language ?? kith.config.language,
        timeZone: workspace.account.timeZone,
      };
      const document = await monthlyDocument(kith, workspace, asker);
      await write(file, await kith.documents.pdf(document));
      return { file, sections: document.sections.length };
    },
    exportScores: async (directory) => kith.exportScores(await kith.workspace(), at(directory)),
    async backup(directory, { withKey }) {
      if (kith.config.clickhouseUrl !== null) throw notEmbedded();
      const { portal, audit } = await kith.workspace();
      const { dataDir, identityKeys } = kith.config;
      const takenAt = new Date(kith.now()).toISOString();
      const manifest = await backup({ portal, dataDir, directory: at(directory), takenAt, withKey, signal });
      // A receipt of an erasure names it as something that it does not reach.
      const details = { directory: at(directory) };
      await audit.append({ actor: 'command-line', act: 'backed-up', subject: 'portal', details });
      const where =
        identityKeys === null ? `${join(dataDir, 'identity.key')}; copy it to another place` : 'KITH_IDENTITY_KEYS';
      return {
        directory: at(directory),
        ...manifest,
        files: Object.keys(manifest.files).length,
        identityKey: withKey ? manifest.identityKey : `${manifest.identityKey}: it is in ${where}`,
      };
    },
    async restore(directory) {
      if (kith.config.clickhouseUrl !== null) throw notEmbedded();
      const { dataDir, identityKeys } = kith.config;
      const { portalId } = await checkBackup(at(directory));
      const portal = await kith.emptyPortal(portalId);
      const keyIds = (await loadOrCreateKeys(dataDir, identityKeys)).map(({ id }) => id);
      const manifest = await restore({ portal, directory: at(directory), dataDir, keyIds });
      // The settings as they were restored; those in memory are of before.
      const settings = await openState(dataDir);
      const { again } = await reapplyErasures({
        portal,
        audit: createAudit(portal, kith.now),
        outbox: createOutbox(portal, kith.now),
        actor: 'restore',
        now: kith.now,
        state: () => settings.portal(portalId),
        updateState: (change) => settings.update(portalId, change),
      });
      return { ...manifest, files: Object.keys(manifest.files).length, erased_again: again };
    },
    async connect(to) {
      if (to === 'slack')
        return kith.connectSlack((url, redirectUrl) => {
          terminal.err(
            `  Open this address within 10 minutes as somebody who may add apps to the Slack workspace, and click on Add to Slack:\n\n  ${url}\n\n  The app's redirect URLs must hold ${redirectUrl}. Waiting…\n`,
          );
        });
      return kith.connect((link, redirectUri) => {
        terminal.err(
          `  Open this link within 10 minutes as a super admin of the HubSpot account, and allow what it lists:\n\n  ${link}\n\n  The app's redirect URLs must hold ${redirectUri}. Waiting…\n`,
        );
      });
    },
    disconnect: (from) => (from === 'slack' ? kith.disconnectSlack() : kith.disconnect()),
    verifyAudit: async () => (await kith.workspace()).audit.verify(),
    async erase(who, { dryRun }) {
      const options = { ...(await kith.workspace()), who, actor: 'command-line', now: kith.now };
      const { remains, ...receipt } = await (dryRun ? planErasure(options) : erase(options));
      const told = { ...receipt, remains: remains.map(({ en }) => en) };
      return dryRun ? { plan: told } : told;
    },
    async rotateKey({ dropOld }) {
      const result = await kith.rotateKeys({ dropOld, progress: bar, signal });
      bar.finish();
      return result;
    },
    async exportPerson(who, file) {
      const workspace = await kith.workspace();
      const held = await accessExport({ ...workspace, who, now: kith.now });
      // For this user's eyes alone.
      await write(file, `${JSON.stringify(held, null, 2)}\n`, 0o600);
      await workspace.audit.append({
        actor: 'command-line',
        act: 'exported',
        subject: 'person',
        details: { directory: dirname(at(file)), contacts: held.contactIds.length },
      });
      const rows = Object.fromEntries(Object.entries(held.rows).map(([table, found]) => [table, found.length]));
      const { messages, questions, audit } = held;
      return { file: at(file), rows, messages: messages.length, questions: questions.length, audit: audit.length };
    },
    async optOut(who, { undo }) {
      return optOut({ ...(await kith.workspace()), who, undo, actor: 'command-line', now: kith.now });
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

function notEmbedded(): KithError {
  return new KithError('usage', 'The data is on the server of CLICKHOUSE_URL; use its own BACKUP and RESTORE');
}
