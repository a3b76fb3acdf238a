import { writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Operations } from './cli/operations.ts';
import { progressBar, type Terminal } from './cli/terminal.ts';
import { accessExport } from './jobs/access-export.ts';
import { backup } from './jobs/backup.ts';
import { checkBackup } from './jobs/backup-format.ts';
import { compareRuns } from './jobs/compare-runs.ts';
import { callsOfDay } from './jobs/crm-calls.ts';
import { erase, planErasure, reapplyErasures } from './jobs/erase.ts';
import { optOut } from './jobs/opt-out.ts';
import { presentRemoval } from './jobs/present-removal.ts';
import { presentReplay } from './jobs/present-runs.ts';
import { restore } from './jobs/restore.ts';
import { summariseRun } from './jobs/summarise-run.ts';
import type { Kith, Workspace } from './kith.ts';
import { createAudit } from './ledger/audit.ts';
import { auditHash } from './ledger/audit-hash.ts';
import { createOutbox } from './ledger/outbox.ts';
import { KithError, messageOf } from './lib/errors.ts';
import { say, type Text } from './lib/text.ts';
import { createNoted } from './noted.ts';
import { commandLineViewer } from './privacy/viewer.ts';
import { askerAt, readingOperations } from './reading-operations.ts';
import { openState } from './state/state-store.ts';
import { loadOrCreateKeys } from './store/identity-key-file.ts';

/**
 * What the command line can have done with an open Kith. Whatever it shows or writes of customers is noted in the audit log as an
 * answer in a chat is.
 */
export function createOperations(
  kith: Kith,
  terminal: Terminal,
  {
    folder,
    user,
    close,
    signal,
  }: {
    /** Where relative paths start. */
    readonly folder: string;
    /** Who types, as the operating system calls them. */
    readonly user: string;
    /** What ends the command: closing Kith, or nothing when it is a running bot's. */
    readonly close: () => Promise<void>;
    /** Tells what runs long to stop where it can go on later. */
    readonly signal: AbortSignal;
  },
): Operations {
  const actor = `command line: ${user}`;
  const bar = progressBar(terminal, kith.now, kith.config.language);
  const askerOf = askerAt(kith, actor);
  const at = (path: string): string => resolve(folder, path);
  const tell = (text: Text): void => terminal.err(`  ${say(kith.config.language, text)}\n`);
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
        {
          en: `${at(path)} could not be written (${messageOf(cause)}); choose another file`,
          zh: `无法写入 ${at(path)}（${messageOf(cause)}）；请选择其他文件`,
        },
        { cause },
      );
    });
  };
  /** How the audit names people who were looked up by who they are. */
  const ofWhom = async ({ portal }: Workspace, ids: readonly string[]) => ({
    contacts: ids.length,
    first: await Promise.all(ids.map((id) => auditHash(portal, id))),
  });
  const noteLook = async (workspace: Workspace, subject: string, ids: readonly string[]): Promise<void> =>
    workspace.audit.append({ actor, act: 'asked', subject, details: await ofWhom(workspace, ids) });
  /** A file with what was read of customers: an erasure's receipt names its folder as something that it does not reach. */
  const exportTo = (workspace: Workspace, subject: string, file: string, text: () => Promise<string>): Promise<void> =>
    workspace.portal.erasures.fresh(text, async (made) => {
      await write(file, made);
      await workspace.audit.append({ actor, act: 'exported', subject, details: { directory: dirname(at(file)) } });
    });
  return {
    ...readingOperations(kith, { actor, at, write }),
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
    async writeBack({ dryRun, approved, force, plan, csv, language }) {
      const workspace = await kith.workspace();
      if (!dryRun && !approved && !workspace.state().writeBackApproved) {
        throw new KithError('write-back-refused', {
          en: "Nobody has approved writing to the CRM; look at 'kith write-back --dry-run' first, then add --yes",
          zh: "没有人批准写入 CRM；请先查看 'kith write-back --dry-run'，然后加上 --yes",
        });
      }
      const order = { dryRun, force, signal, actor, ...(plan === null ? {} : { plan }) };
      const result = await kith.writeBack(workspace, { ...order, progress: bar });
      bar.finish();
      if (csv !== null)
        await exportTo(workspace, 'write-back plan', csv, () => kith.writeBackCsv(workspace, result.batch));
      const asked = { actor, act: 'asked', subject: 'write-back' } as const;
      const report = await createNoted(workspace)(askerOf(workspace, language), asked, {
        work: (asker) => kith.presentWriteBack(workspace, asker, result),
      });
      return { result, report };
    },
    async removeProperties({ dryRun }) {
      const result = await kith.removeProperties(await kith.workspace(), { dryRun, actor, progress: bar });
      bar.finish();
      return { result, report: presentRemoval(result, kith.config.language) };
    },
    async undoWriteBack(batch) {
      const workspace = await kith.workspace();
      const result = await kith.undoWriteBack(workspace, batch, actor);
      const asked = { actor, act: 'asked', subject: 'write-back' } as const;
      const report = await createNoted(workspace)(askerOf(workspace, null), asked, {
        work: (asker) => kith.presentUndo(workspace, asker, result),
      });
      return { result, report };
    },
    async exportScores(directory) {
      const workspace = await kith.workspace();
      const exported = await kith.exportScores(workspace, at(directory), { actor, progress: bar, signal });
      bar.finish();
      return exported;
    },
    async backup(directory, { withKey }) {
      if (kith.config.clickhouseUrl !== null) throw notEmbedded();
      const { portal, audit } = await kith.workspace();
      const { dataDir, identityKeys } = kith.config;
      const takenAt = new Date(kith.now()).toISOString();
      const kept = { portal, dataDir, directory: at(directory), takenAt, withKey };
      const manifest = await backup({ ...kept, progress: bar, signal });
      bar.finish();
      // A receipt of an erasure names it as something that it does not reach.
      const details = { directory: at(directory) };
      await audit.append({ actor, act: 'backed-up', subject: 'portal', details });
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
      const manifest = await restore({ portal, directory: at(directory), dataDir, keyIds, progress: bar });
      bar.finish();
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
          tell({
            en: `Open this address within 10 minutes as somebody who may add apps to the Slack workspace, and click on Add to Slack:\n\n  ${url}\n\n  The app's redirect URLs must hold ${redirectUrl}. Waiting…`,
            zh: `请在 10 分钟内以有权向 Slack 工作区添加应用的身份打开此网址，并点击 Add to Slack：\n\n  ${url}\n\n  应用的重定向网址中必须有 ${redirectUrl}。等待中…`,
          });
        });
      return kith.connect((link, redirectUri) => {
        tell({
          en: `Open this link within 10 minutes as a super admin of the HubSpot account, and allow what it lists:\n\n  ${link}\n\n  The app's redirect URLs must hold ${redirectUri}. Waiting…`,
          zh: `请在 10 分钟内以 HubSpot 账户超级管理员的身份打开此链接，并允许其中列出的内容：\n\n  ${link}\n\n  应用的重定向网址中必须有 ${redirectUri}。等待中…`,
        });
      });
    },
    disconnect: (from) => (from === 'slack' ? kith.disconnectSlack() : kith.disconnect()),
    verifyAudit: async () => (await kith.workspace()).audit.verify(),
    async erase(who, { dryRun }) {
      const workspace = await kith.workspace();
      const options = { ...workspace, who, actor, now: kith.now };
      const { remains, ...receipt } = await (dryRun ? planErasure(options) : erase(options));
      if (dryRun) await noteLook(workspace, 'erase', receipt.contactIds);
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
      const look = () => accessExport({ ...workspace, who, now: kith.now });
      const held = await workspace.portal.erasures.fresh(look, async (found) => {
        // For this user's eyes alone.
        await write(file, `${JSON.stringify(found, null, 2)}\n`, 0o600);
        const details = { directory: dirname(at(file)), ...(await ofWhom(workspace, found.contactIds)) };
        await workspace.audit.append({ actor, act: 'exported', subject: 'person', details });
        return found;
      });
      const rows = Object.fromEntries(Object.entries(held.rows).map(([table, found]) => [table, found.length]));
      const { messages, questions, audit } = held;
      return { file: at(file), rows, messages: messages.length, questions: questions.length, audit: audit.length };
    },
    async optOut(who, { undo }) {
      return optOut({ ...(await kith.workspace()), who, undo, actor, now: kith.now });
    },
    async writeFile(path, bytes) {
      await write(path, bytes);
      const details = { directory: dirname(at(path)) };
      await (await kith.workspace()).audit.append({ actor, act: 'exported', subject: 'chart', details });
    },
    async close() {
      bar.finish();
      await close();
    },
  };
}

function notEmbedded(): KithError {
  return new KithError('usage', {
    en: 'The data is on the server of CLICKHOUSE_URL; use its own BACKUP and RESTORE',
    zh: '数据在 CLICKHOUSE_URL 的服务器上；请使用它自己的 BACKUP 和 RESTORE',
  });
}
