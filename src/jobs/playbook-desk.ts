import { createHash } from 'node:crypto';
import type { PlaybookOutcome } from '../analyses/playbook-outcome.ts';
import type { PlaybookPreview, PlaybookView } from '../analyses/playbook-report.ts';
import { playbookText } from '../analyses/playbooks.ts';
import type { Instant } from '../domain/crm.ts';
import type { Playbook, PlaybookArm, PlaybookAssignment, PlaybookRun } from '../domain/playbooks.ts';
import { ordersBetween } from '../features/playbook-orders.ts';
import type { Audit } from '../ledger/audit.ts';
import type { PlaybookLog } from '../ledger/playbook-log.ts';
import { KithError } from '../lib/errors.ts';
import { detectableRise } from '../models/detectable-difference.ts';
import { type PlaybookSettings, type PortalState, playbookSettingsSchema } from '../state/portal-state.ts';
import type { PortalStore } from '../store/portal-store.ts';
import { drawHoldOut, heldOutCount } from './draw-hold-out.ts';
import { readTargets, type TargetGroup } from './playbook-targets.ts';
import { newestRun, readDrawn, readPlaybookOutcomes } from './read-playbook-outcomes.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** What may be changed of a playbook; null for the text brings back Kith's own. */
export type PlaybookChange = Partial<PlaybookSettings>;

/** A portal's playbooks for one person. Whether the person may change or start one is checked before. */
export interface PlaybookDesk {
  /** Of every value class, tier and segment of the newest run. */
  views(): Promise<readonly PlaybookView[]>;
  change(target: string, change: PlaybookChange): Promise<PlaybookView>;
  /** What starting it would mean now; `token` starts exactly this. */
  preview(target: string): Promise<PlaybookPreview>;
  /** Draws the hold-out and begins; 'changed' when it is no longer what was shown, 'known' when it has begun already. */
  start(
    target: string,
    token: string,
  ): Promise<{ outcome: 'started' | 'known'; run: PlaybookRun } | { outcome: 'changed'; preview: PlaybookPreview }>;
  /** Ends the one that runs for a target before its time. */
  stop(target: string): Promise<PlaybookRun>;
  /** Of a target or of all, the newest first. */
  outcomes(target?: string): Promise<readonly PlaybookOutcome[]>;
  /** Whom a run drew, under today's ids. */
  drawn(run: PlaybookRun): Promise<readonly PlaybookAssignment[]>;
  /** The running playbooks that a customer was drawn for, the newest first. */
  standing(customerId: string): Promise<readonly { readonly run: PlaybookRun; readonly arm: PlaybookArm }[]>;
}

export function createPlaybookDesk(options: {
  portal: PortalStore;
  playbookLog: PlaybookLog;
  audit: Audit;
  actor: string;
  now: () => Instant;
  /** What the chat calls a person, else their id. */
  nameOf: (userId: string) => Promise<string>;
  state: () => PortalState;
  updateState: (change: (current: PortalState) => PortalState) => Promise<PortalState>;
}): PlaybookDesk {
  const { nameOf, portal, playbookLog: log, audit, actor, now, state, updateState } = options;

  const isActive = (run: PlaybookRun): boolean => run.stoppedAt === null && now() < run.outcomeAt;

  async function activeRuns(target?: string): Promise<PlaybookRun[]> {
    return (await log.runs(target)).filter(isActive);
  }

  async function viewOf(group: TargetGroup, active: readonly PlaybookRun[]): Promise<PlaybookView> {
    const playbook = settingsOf(group);
    return {
      target: group.target,
      name: group.name,
      aliases: group.aliases,
      analysis: group.analysis,
      customers: group.customers,
      playbook,
      isSet: Object.hasOwn(state().playbooks, group.target),
      ownerName: await ownerName(portal, playbook.owner, nameOf),
      running: active.find(({ target }) => target === group.target) ?? null,
    };
  }

  function settingsOf({ target, otherwise }: TargetGroup): Playbook {
    const { playbooks } = state();
    const set = Object.hasOwn(playbooks, target) ? playbooks[target] : undefined;
    return { ...(set ?? playbookSettingsSchema.parse({})), text: playbookText(playbooks, target, otherwise) };
  }

  async function groupOf(target: string): Promise<TargetGroup> {
    const group = (await readTargets(portal)).find((one) => one.target === target);
    if (group !== undefined) return group;
    throw new KithError('usage', {
      en: `There is no group '${target}' in the newest analysis; '/kith playbook' lists what there is`,
      zh: `最新分析中没有“${target}”这一组；/kith playbook 列出现有的组`,
    });
  }

  /** Today's ids of the group's customers. */
  async function membersOf({ run, analysis, label }: TargetGroup): Promise<string[]> {
    const { customerIds } = await portal.results.values(run.id, analysis, { label });
    const type = run.portfolio.unit === 'company' ? 'companies' : 'contacts';
    const now = await portal.crm.resolve(type, customerIds);
    return [...new Set(customerIds.map((id) => now.get(id) ?? id))];
  }

  async function previewOf(group: TargetGroup, members: readonly string[]): Promise<PlaybookPreview> {
    const { run } = group;
    const active = await activeRuns();
    const view = await viewOf(group, active);
    const { dueDays, holdOut } = view.playbook;
    const heldOut = heldOutCount(members.length, holdOut);
    const windowDays = dueDays + run.portfolio.horizonDays;
    const before = await ordersBetween(portal, run.asOf - windowDays * DAY_MS, run.asOf);
    const ordered = members.filter((id) => (before.get(id)?.days ?? 0) > 0).length;
    const baseShare = members.length === 0 ? 0 : ordered / members.length;
    return {
      run,
      view: { ...view, customers: members.length },
      token: await tokenOf(group, view, members),
      treated: members.length - heldOut,
      heldOut,
      perYear: await perYearOf(portal, members),
      baseShare,
      windowDays,
      rise: detectableRise(baseShare, members.length - heldOut, heldOut),
      elsewhere: await inOthers(active, group.target, members),
      dueAt: now() + dueDays * DAY_MS,
      outcomeAt: now() + windowDays * DAY_MS,
    };
  }

  /** Stands for what a preview showed: another run, another setting or another start of the target is another token. */
  async function tokenOf(group: TargetGroup, { playbook }: PlaybookView, members: readonly string[]): Promise<string> {
    const begun = (await log.runs(group.target)).length;
    return createHash('sha256')
      .update(JSON.stringify([group.target, group.run.id, members, playbook, begun]))
      .digest('hex')
      .slice(0, 12);
  }

  async function inOthers(active: readonly PlaybookRun[], target: string, members: readonly string[]): Promise<number> {
    const drawn = new Set<string>();
    for (const run of active) {
      if (run.target === target) continue;
      for (const { customerId } of await readDrawn(portal, log, run)) drawn.add(customerId);
    }
    return members.filter((id) => drawn.has(id)).length;
  }

  const desk: PlaybookDesk = {
    async views() {
      const [active, groups] = await Promise.all([activeRuns(), readTargets(portal)]);
      return Promise.all(groups.map((group) => viewOf(group, active)));
    },

    async change(target, change) {
      const group = await groupOf(target);
      const before = state().playbooks[target] ?? null;
      const after = await updateState((current) => ({
        ...current,
        playbooks: {
          ...current.playbooks,
          [target]: playbookSettingsSchema.parse({ ...current.playbooks[target], ...change }),
        },
      }));
      const details = { before, after: after.playbooks[target] ?? null };
      await audit.append({ actor, act: 'changed-settings', subject: `playbooks.${target}`, details });
      return viewOf(group, await activeRuns());
    },

    async preview(target) {
      const group = await groupOf(target);
      return previewOf(group, await membersOf(group));
    },

    async start(target, token) {
      const id = `pb-${token}`;
      const known = (await log.runs(target)).find((run) => run.id === id);
      if (known !== undefined) return { outcome: 'known', run: known };
      const group = await groupOf(target);
      const members = await membersOf(group);
      const preview = await previewOf(group, members);
      if (preview.view.running !== null || preview.treated === 0 || preview.token !== token) {
        return { outcome: 'changed', preview };
      }
      const { text, owner, holdOut } = preview.view.playbook;
      const { unit } = group.run.portfolio;
      const { dueAt, outcomeAt, treated, heldOut } = preview;
      const counts = { treated, heldOut };
      const began = {
        id,
        target,
        name: group.name,
        text,
        owner,
        holdOut,
        unit,
        startedBy: actor,
        dueAt,
        outcomeAt,
        ...counts,
      };
      const outcome = await log.start(began, drawHoldOut(id, members, holdOut));
      if (outcome === 'started') {
        await audit.append({ actor, act: 'started-playbook', subject: target, details: { run: id, ...counts } });
      }
      return { outcome, run: (await log.runs(target)).find((run) => run.id === id)! };
    },

    async stop(target) {
      const [run] = await activeRuns(target);
      if (run === undefined) {
        throw new KithError('usage', {
          en: `No playbook runs for '${target}'; '/kith playbook' lists those that do`,
          zh: `“${target}”没有正在运行的方案；/kith playbook 列出正在运行的方案`,
        });
      }
      await log.stop(run, actor);
      await audit.append({ actor, act: 'stopped-playbook', subject: target, details: { run: run.id } });
      return { ...run, stoppedAt: now() };
    },

    outcomes: async (target) => readPlaybookOutcomes(portal, log, await log.runs(target)),
    drawn: (run) => readDrawn(portal, log, run),

    async standing(customerId) {
      const unit = (await newestRun(portal))?.portfolio.unit;
      const active = (await activeRuns()).filter((run) => run.unit === unit);
      if (active.length === 0) return [];
      const type = unit === 'company' ? 'companies' : 'contacts';
      const arms = await log.armsOf([customerId, ...(await formerIds(portal, type, customerId))]);
      return active.flatMap((run) => {
        const arm = arms.get(run.id);
        return arm === undefined ? [] : [{ run, arm }];
      });
    },
  };
  return desk;
}

/** What the customers bring a year in all; null where nobody has bought. */
async function perYearOf(portal: PortalStore, members: readonly string[]): Promise<number | null> {
  const result = await portal.results.latest('value');
  if (result === null) return null;
  const wanted = new Set(members);
  const { customerIds, value } = await portal.results.values(result.run.id, 'value');
  return customerIds.reduce((sum, id, i) => sum + (wanted.has(id) ? value[i]! || 0 : 0), 0);
}

async function ownerName(
  portal: PortalStore,
  owner: Playbook['owner'],
  nameOf: (userId: string) => Promise<string>,
): Promise<string | null> {
  if (owner === null) return null;
  if (owner.kind === 'chat') return nameOf(owner.id);
  const [row] = await portal.query<{ name: string; email: string }>(
    `SELECT trimBoth(concat(first_name, ' ', last_name)) AS name, email FROM {db:Identifier}.owners FINAL WHERE id = {id:String}`,
    { id: owner.id },
  );
  return row?.name || row?.email || owner.id;
}

/** Every id that was merged into this one, through however many merges. */
async function formerIds(portal: PortalStore, type: string, customerId: string): Promise<string[]> {
  const known = new Set([customerId]);
  let open = [customerId];
  while (open.length > 0) {
    const rows = await portal.query<{ old_id: string }>(
      `SELECT old_id FROM {db:Identifier}.aliases FINAL
       WHERE object_type = {type:String} AND new_id IN {ids:Array(String)}`,
      { type, ids: open },
    );
    open = rows.map(({ old_id }) => old_id).filter((id) => !known.has(id));
    for (const id of open) known.add(id);
  }
  known.delete(customerId);
  return [...known];
}
