import { z } from 'zod';
import type { CrmAccount, Instant } from '../domain/crm.ts';
import type { Outbox, OutboxEntry } from '../ledger/outbox.ts';
import { type Language, say } from '../lib/text.ts';
import { plural } from '../report/format.ts';
import type { Report } from '../report/report.ts';
import { undeliveredTable } from '../report/undelivered-table.ts';
import type { PortalState } from '../state/portal-state.ts';
import type { PortalStore } from '../store/portal-store.ts';
import { operatorsChannel } from './operators-channel.ts';
import { periodOf } from './period.ts';
import { LOOK_BACK_MS, undeliveredMessage } from './undelivered-message.ts';

const CURSOR = 'undelivered-told';
const KIND = 'undelivered';
const DAY_MS = 86_400_000;

const toldSchema = z.array(z.string());

/**
 * Tells those who look after Kith which messages the chat refused, and of which it is not known whether they arrived: each once,
 * in a channel that works, those of a day in one message that grows. Where that message itself is refused, it is told in the next
 * channel. Gives back how many are told for the first time.
 */
export async function tellUndelivered(at: Telling): Promise<number> {
  // Keys of messages may be about people.
  return at.portal.erasures.apart(() => tellFresh(at));
}

interface Telling {
  readonly portal: PortalStore;
  readonly account: CrmAccount;
  readonly state: PortalState;
  readonly outbox: Pick<Outbox, 'troubled' | 'enqueue' | 'firstSince'>;
  /** What the chat calls its channels and people, by id; those that it does not tell are absent. */
  readonly names: (ids: readonly string[]) => Promise<ReadonlyMap<string, string>>;
  readonly now: () => Instant;
}

async function tellFresh(at: Telling): Promise<number> {
  const { portal, account, state, outbox, now } = at;
  // Of its own messages only refused ones: told again, one of unknown outcome would be told without end.
  const troubled = (await outbox.troubled(now() - LOOK_BACK_MS)).filter(
    (entry) => entry.kind !== KIND || entry.state === 'refused',
  );
  const saved = await portal.crm.cursor(CURSOR);
  const before = saved === null ? [] : toldSchema.parse(JSON.parse(saved));
  const fresh = troubled.filter(({ key }) => !before.includes(key));
  if (fresh.length === 0) return 0;
  const refusing = troubled.filter((entry) => entry.state === 'refused').map((entry) => entry.channelId);
  const channelId = operatorsChannel(state, new Set(refusing));
  if (channelId === null) return 0;
  const dayOf = (instant: Instant): string => periodOf('day', instant, account.timeZone);
  const today = dayOf(now());
  const day = `${KIND}:${today}`;
  const first = await outbox.firstSince(`${day}:`, now() - 2 * DAY_MS);
  const listed = troubled.filter((entry) => fresh.includes(entry) || dayOf(entry.changedAt) === today);
  // Queued first, under a key that the same ones have again: a stop in between tells them once.
  await outbox.enqueue({
    key: `${day}:${fresh.map(({ key }) => key).join(',')}`,
    channelId,
    kind: KIND,
    report: undeliveredReport(state.language, account.timeZone, listed, await at.names(channelsOf(listed))),
    ...(first === null ? {} : { replacesKey: first.key }),
  });
  // Only what may be looked at again needs to be remembered.
  await portal.crm.saveCursor(CURSOR, JSON.stringify(troubled.map(({ key }) => key)));
  return fresh.length;
}

function channelsOf(entries: readonly OutboxEntry[]): string[] {
  return [...new Set(entries.map(({ channelId }) => channelId))];
}

function undeliveredReport(
  language: Language,
  timeZone: string,
  troubled: readonly OutboxEntry[],
  names: ReadonlyMap<string, string>,
): Report {
  const messages = plural(language, troubled.length, { one: 'message', other: 'messages' }, ' 条消息');
  return {
    language,
    headline: say(language, {
      en: `${messages} did not arrive, or may not have`,
      zh: `${messages}未送达或无法确认是否送达`,
    }),
    parts: [
      undeliveredTable(troubled.map(undeliveredMessage), {
        language,
        timeZone,
        title: { en: 'Not delivered for certain', zh: '未确认送达' },
        called: (channelId) => names.get(channelId) ?? channelId,
      }),
      {
        kind: 'text',
        text: say(language, {
          en: 'Nothing is sent twice by itself. Look into the channel: what is missing there comes with the next edition, once the reason is gone. `/kith doctor` says what to do.',
          zh: 'Kith 不会自动重复发送。请查看相应频道：问题解决后，缺少的内容会随下一期一并发送。可用 `/kith doctor` 查看处理办法。',
        }),
      },
    ],
    trust: '',
  };
}
