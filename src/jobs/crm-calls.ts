import { z } from 'zod';
import type { CrmAccount, Instant } from '../domain/crm.ts';
import type { Outbox } from '../ledger/outbox.ts';
import { say } from '../lib/text.ts';
import type { CrmBudget } from '../ports/crm.ts';
import { formatCount, formatInstant } from '../report/format.ts';
import type { Report } from '../report/report.ts';
import type { PortalState } from '../state/portal-state.ts';
import type { PortalStore } from '../store/portal-store.ts';
import { operatorsChannel } from './operators-channel.ts';
import { periodOf } from './period.ts';

const count = z.number().nonnegative().nullable();
const callsSchema = z.object({
  /** When the CRM was last talked to. */
  at: z.number(),
  limit: count,
  remaining: count,
  reserve: count,
  closedUntil: z.number().nullable(),
});

/** Where the calls stand that the CRM allows in a day; null is what it has not told. */
export interface CallsOfDay {
  /** When the CRM was last talked to. */
  readonly at: Instant;
  readonly limit: number | null;
  readonly used: number | null;
  /** The last calls of a day, which are kept for people's commands. */
  readonly reserve: number | null;
  /** The CRM takes no calls before this instant; null while it does. */
  readonly closedUntil: Instant | null;
}

const CURSOR = 'crm-calls';
const KIND = 'crm-limit';

/**
 * Keeps where the day's calls stand, for whoever asks later, and tells those who look after Kith when none are left: once on a
 * day of the account. `isRefused`: the work just done ended because no call might be taken.
 */
export async function noteCalls(
  at: {
    readonly portal: PortalStore;
    readonly account: CrmAccount;
    readonly state: PortalState;
    readonly outbox: Pick<Outbox, 'enqueue'>;
    readonly now: () => Instant;
  },
  budget: CrmBudget | null,
  isRefused: boolean,
): Promise<void> {
  const { portal, account, state, outbox, now } = at;
  if (budget !== null) {
    const { dailyLimit: limit, dailyRemaining: remaining, reserve, closedUntil } = budget;
    const calls: z.infer<typeof callsSchema> = { at: now(), limit, remaining, reserve, closedUntil };
    await portal.crm.saveCursor(CURSOR, JSON.stringify(calls));
  }
  const closedUntil = budget?.closedUntil ?? null;
  if (closedUntil === null && !isRefused) return;
  const channelId = operatorsChannel(state);
  if (channelId === null) return;
  const key = `${KIND}:${periodOf('day', now(), account.timeZone)}`;
  await outbox.enqueue({ key, channelId, kind: KIND, report: noCallsLeft(state, account, budget) });
}

/** Where the calls of the account's present day stand; null when the CRM was not talked to on it. */
export async function callsOfDay(
  portal: PortalStore,
  { timeZone }: CrmAccount,
  now: Instant,
): Promise<CallsOfDay | null> {
  const saved = await portal.crm.cursor(CURSOR);
  const calls = saved === null ? undefined : callsSchema.safeParse(JSON.parse(saved)).data;
  if (calls === undefined) return null;
  const { at, limit, remaining, reserve } = calls;
  const closedUntil = calls.closedUntil !== null && calls.closedUntil > now ? calls.closedUntil : null;
  if (closedUntil === null && periodOf('day', at, timeZone) !== periodOf('day', now, timeZone)) return null;
  return { at, limit, used: limit === null || remaining === null ? null : limit - remaining, reserve, closedUntil };
}

function noCallsLeft({ language }: PortalState, { timeZone }: CrmAccount, budget: CrmBudget | null): Report {
  const until = budget?.closedUntil ?? null;
  const start =
    until === null
      ? { en: 'after the account’s midnight', zh: '账户当地时间午夜之后' }
      : {
          en: `at ${formatInstant('en', until, timeZone)} (${timeZone})`,
          zh: `${formatInstant('zh', until, timeZone)}（${timeZone}）`,
        };
  const limit = budget?.dailyLimit ?? null;
  const facts = [
    ...(limit === null
      ? []
      : [
          {
            label: say(language, { en: 'Calls allowed in a day', zh: '每日允许的调用次数' }),
            value: formatCount(language, limit),
          },
        ]),
    { label: say(language, { en: 'Kith goes on', zh: 'Kith 恢复时间' }), value: say(language, start) },
  ];
  return {
    language,
    headline: say(language, {
      en: 'The CRM takes no more calls from Kith’s jobs for now: its limit is reached',
      zh: 'CRM 暂不接受 Kith 任务的调用：已达上限',
    }),
    parts: [
      { kind: 'facts', facts },
      {
        kind: 'text',
        text: say(language, {
          en: 'Until then answers are made from what was copied so far. Nothing is lost: what was cut short goes on by itself. If this comes back, see in `/kith status` what is scheduled, or which other apps use the account’s calls.',
          zh: '在此之前，回答均基于已同步的数据。不会丢失任何内容，中断的工作会自动继续。如果反复出现，请用 `/kith status` 查看定时任务，或检查还有哪些应用在使用该账户的调用次数。',
        }),
      },
    ],
    trust: '',
  };
}
