import type { Digest } from '../digests/digest.ts';
import type { CrmAccount, Instant } from '../domain/crm.ts';
import type { Viewer } from '../domain/people.ts';
import type { Outbox } from '../ledger/outbox.ts';
import { when } from '../lib/errors.ts';
import { say } from '../lib/text.ts';
import { viewerFor } from '../privacy/viewer.ts';
import type { Report } from '../report/report.ts';
import type { PortalState, Subscription } from '../state/portal-state.ts';
import type { PortalStore } from '../store/portal-store.ts';
import { dueDay } from './due-subscription.ts';
import { personalEdition } from './personal-edition.ts';
import { type SendDigestReport, sendEdition } from './send-digest.ts';

export interface SubscriptionsAt {
  readonly portal: PortalStore;
  readonly account: CrmAccount;
  readonly state: () => PortalState;
  readonly outbox: Pick<Outbox, 'enqueue' | 'knows'>;
  readonly digests: readonly Digest[];
  readonly now: () => Instant;
}

export interface SubscriptionsReport {
  readonly sent: number;
  /** Nothing had changed for them. */
  readonly silent: number;
  /** To a digest that there is not any more. */
  readonly gone: number;
}

/** The copy's memory and findings. */
export function bookOf({ digest, id }: Pick<Subscription, 'digest' | 'id'>): string {
  return `${digest}@${id}`;
}

/** The last day whose edition was made or had nothing to tell. */
export function settledCursor({ id }: Pick<Subscription, 'id'>): string {
  return `subscription-day:${id}`;
}

/**
 * Sends every copy whose time has come, once a day each: what was missed is made up for within the day. A day on which nothing
 * changed is settled too. What fails for one person does not keep the others waiting; the first failure is thrown at the end.
 */
export async function sendSubscriptions(at: SubscriptionsAt): Promise<SubscriptionsReport> {
  const { portal, state, now } = at;
  const count = { sent: 0, silent: 0, gone: 0 };
  let failure: { readonly error: unknown } | null = null;
  for (const subscription of state().subscriptions) {
    const day = subscription.isPaused ? null : dueDay(subscription, now());
    if (day === null || (await portal.crm.cursor(settledCursor(subscription))) === day) continue;
    try {
      const report = await sendCopy(at, subscription, {
        key: `subscription:${subscription.id}:${day}`,
        isAsked: false,
      });
      // Nothing was ever analysed: it may be before the day is over.
      if (report === 'no-results') continue;
      if (report === 'gone') count.gone += 1;
      else if (report.outcome === 'queued') count.sent += 1;
      else if (report.outcome === 'nothing-new') count.silent += 1;
      await portal.crm.saveCursor(settledCursor(subscription), day);
    } catch (error) {
      failure ??= { error };
    }
  }
  if (failure !== null) throw failure.error;
  return count;
}

/** One person's copy, made with their rights as they are now. `isAsked`: they want it at once. */
export async function sendCopy(
  at: SubscriptionsAt,
  subscription: Subscription,
  { key, isAsked }: { readonly key: string; readonly isAsked: boolean },
): Promise<SendDigestReport | 'no-results' | 'gone'> {
  const { outbox, digests } = at;
  const { userId, language, timeZone } = subscription;
  const state = at.state();
  const digest = digests.find(({ name }) => name === subscription.digest);
  if (digest === undefined) {
    const report = goneReport(subscription);
    await outbox.enqueue({
      key: `subscription:${subscription.id}:gone`,
      channelId: userId,
      kind: 'subscription',
      report,
    });
    return 'gone';
  }
  const book = bookOf(subscription);
  return sendEdition(
    { ...at, digest },
    {
      book,
      key,
      channelId: userId,
      kind: isAsked ? 'asked' : 'subscription',
      viewer: subscriberOf(subscription, state),
      language,
      timeZone,
      adapt: (report) => personalEdition(report, digest, subscription),
    },
  ).catch(when('no-results', () => 'no-results' as const));
}

/**
 * The person as the policy sees them now, in a place where names of people are masked: what waits in the outbox is not encrypted,
 * and stays when somebody is erased.
 */
function subscriberOf({ userId, ownerIds }: Subscription, state: PortalState): Viewer {
  const origin = { userId, userEmail: '', channelId: '', channelKind: 'direct' } as const;
  const viewer = viewerFor(origin, state, []);
  return {
    ...viewer,
    ownerIds: viewer.ownerIds.length > 0 ? viewer.ownerIds : ownerIds,
    place: { kind: 'channel', channelId: userId },
  };
}

function goneReport({ language, digest }: Subscription): Report {
  return {
    language,
    headline: say(language, {
      en: `Kith has no digest called ${digest} any more, so your copy of it has ended`,
      zh: `Kith 已不再提供名为 ${digest} 的摘要，您的订阅已停止`,
    }),
    parts: [
      {
        kind: 'text',
        text: say(language, {
          en: '`/kith subscribe` lists those that there are.',
          zh: '可用 `/kith subscribe` 查看现有的摘要。',
        }),
      },
    ],
    trust: '',
  };
}
