import { randomUUID } from 'node:crypto';
import type { Viewer } from '../domain/people.ts';
import type { Audit } from '../ledger/audit.ts';
import type { Text } from '../lib/text.ts';
import type { PortalState, Subscription } from '../state/portal-state.ts';
import { forgetBook } from './send-digest.ts';
import { bookOf, type SubscriptionsAt, sendCopy, settledCursor } from './send-subscriptions.ts';

/** The act under which the audit keeps changes of subscriptions; its subject is the subscription's id. */
const CHANGED_SUBSCRIPTION = 'changed-subscription';

export type SubscriptionOrder = Pick<Subscription, 'digest' | 'days' | 'time' | 'timeZone' | 'language'>;

/** One person's own copies of digests. */
export interface SubscriptionsDesk {
  /** What may be subscribed to. */
  offered(): readonly { readonly name: string; readonly title: Text }[];
  list(): readonly Subscription[];
  /** One a digest: what is there already is changed. */
  save(order: SubscriptionOrder): Promise<{ readonly subscription: Subscription; readonly isNew: boolean }>;
  /** Null when it is not the person's, or gone. */
  pause(id: string, isPaused: boolean): Promise<Subscription | null>;
  remove(id: string): Promise<Subscription | null>;
  /** Puts what is new into the outbox now. */
  sendNow(id: string): Promise<'queued' | 'nothing-new' | 'no-results' | 'gone' | null>;
}

const MINUTE_MS = 60_000;

export function createSubscriptionsDesk(
  options: SubscriptionsAt & {
    readonly audit: Pick<Audit, 'append'>;
    readonly viewer: Viewer;
    readonly updateState: (change: (current: PortalState) => PortalState) => Promise<PortalState>;
  },
): SubscriptionsDesk {
  const { portal, audit, viewer, digests, state, updateState, now } = options;
  const { userId, ownerIds } = viewer;
  const isOwn = (subscription: Subscription): boolean => subscription.userId === userId;
  const list = (): Subscription[] => state().subscriptions.filter(isOwn);
  const tell = (id: string, before: Subscription | null, after: Subscription | null): Promise<void> =>
    audit.append({ actor: userId, act: CHANGED_SUBSCRIPTION, subject: id, details: { before, after } });

  /** Decided on what is there when it is written: another change may have come in between. */
  async function change(
    id: string,
    make: (before: Subscription) => Subscription | null,
  ): Promise<{ before: Subscription; after: Subscription | null } | null> {
    let changed: { before: Subscription; after: Subscription | null } | null = null;
    await updateState((current) => {
      const before = current.subscriptions.find((one) => one.id === id && isOwn(one));
      if (before === undefined) return current;
      const after = make(before);
      changed = { before, after };
      const subscriptions = current.subscriptions.flatMap((one) => (one === before ? (after ?? []) : [one]));
      return { ...current, subscriptions };
    });
    return changed;
  }

  return {
    offered: () => digests.map(({ name, title }) => ({ name, title })),
    list,

    async save(order) {
      const fresh = { ...order, userId, ownerIds: [...ownerIds], isPaused: false, since: now() };
      const newId = randomUUID().slice(0, 8);
      let known: Subscription | null = null;
      const kept = await updateState((current) => {
        const before = current.subscriptions.find((one) => isOwn(one) && one.digest === order.digest);
        known = before ?? null;
        const made: Subscription = { ...fresh, id: before?.id ?? newId };
        return { ...current, subscriptions: [...current.subscriptions.filter((one) => one !== before), made] };
      });
      const subscription = kept.subscriptions.find((one) => isOwn(one) && one.digest === order.digest)!;
      await tell(subscription.id, known, subscription);
      return { subscription, isNew: known === null };
    },

    async pause(id, isPaused) {
      const changed = await change(id, (before) =>
        before.isPaused === isPaused
          ? before
          : { ...before, isPaused, ...(isPaused ? {} : { since: now(), ownerIds: [...ownerIds] }) },
      );
      if (changed === null) return null;
      if (changed.before !== changed.after) await tell(id, changed.before, changed.after);
      return changed.after;
    },

    async remove(id) {
      const changed = await change(id, () => null);
      if (changed === null) return null;
      await forgetBook(portal, bookOf(changed.before));
      await portal.crm.saveCursor(settledCursor(changed.before), null);
      await tell(id, changed.before, null);
      return changed.before;
    },

    async sendNow(id) {
      const changed = await change(id, (before) => ({ ...before, ownerIds: [...ownerIds] }));
      const subscription = changed?.after ?? null;
      if (subscription === null) return null;
      // Two clicks in a minute are one wish.
      const key = `subscription:${id}:asked:${Math.floor(now() / MINUTE_MS)}`;
      const report = await sendCopy(options, subscription, { key, isAsked: true });
      if (typeof report === 'string') return report;
      return report.outcome === 'nothing-new' ? 'nothing-new' : 'queued';
    },
  };
}
