import type { CrmAccount, Instant } from '../domain/crm.ts';
import type { Outbox } from '../ledger/outbox.ts';
import { type Language, say } from '../lib/text.ts';
import { formatCount, formatInstant, plural } from '../report/format.ts';
import type { Report } from '../report/report.ts';
import type { PortalState } from '../state/portal-state.ts';
import type { PortalStore } from '../store/portal-store.ts';
import { operatorsChannel } from './operators-channel.ts';
import { periodOf } from './period.ts';

const KIND = 'not-taken-back';
const MOST_LISTED = 20;

interface Standing {
  readonly channelId: string;
  readonly messageId: string;
  readonly fileIds: readonly string[];
  readonly seq: string;
  /** When it was sent; null where that is not known any more. */
  readonly sentAt: string | null;
}

/**
 * Tells those who look after Kith which messages about people who were forgotten the chat did not let it take back: each once, by
 * channel and time, so that a person can. Gives back how many are told for the first time.
 */
export async function tellNotTakenBack(at: {
  readonly portal: PortalStore;
  readonly account: CrmAccount;
  readonly state: PortalState;
  readonly outbox: Pick<Outbox, 'enqueue'>;
  /** What the chat calls its channels and people, by id; those that it does not tell are absent. */
  readonly names: (ids: readonly string[]) => Promise<ReadonlyMap<string, string>>;
  readonly now: () => Instant;
}): Promise<number> {
  const { portal, account, state, outbox, names, now } = at;
  const standing = await portal.query<Standing>(
    `SELECT channel_id AS channelId, message_id AS messageId, file_ids AS fileIds, seq, sent.at AS sentAt
     FROM {db:Identifier}.retractions AS r FINAL
     LEFT JOIN (SELECT sent_channel, message_id, toNullable(toUnixTimestamp64Milli(min(outbox.at))) AS at FROM {db:Identifier}.outbox
       WHERE outbox.state = 'sent' GROUP BY sent_channel, message_id) AS sent
       ON sent.sent_channel = r.channel_id AND sent.message_id = r.message_id
     WHERE state = 'refused' ORDER BY seq, messageId`,
  );
  const channelId = operatorsChannel(state);
  if (standing.length === 0 || channelId === null) return 0;
  const day = periodOf('day', now(), account.timeZone);
  const which = standing.map((one) => `${one.channelId} ${one.messageId}`).join(',');
  // Queued first, under a key that the same ones have again: a stop in between tells them once.
  await outbox.enqueue({
    key: `${KIND}:${day}:${(await portal.crm.keyedHash('outbox', which)).slice(0, 24)}`,
    channelId,
    kind: KIND,
    report: standingReport(
      state.language,
      account.timeZone,
      standing,
      await names([...new Set(standing.map((one) => one.channelId))]),
    ),
  });
  await portal.insert(
    'retractions',
    standing.map((one) => ({
      channel_id: one.channelId,
      message_id: one.messageId,
      seq: Number(one.seq) + 1,
      at: new Date(now()).toISOString(),
      state: 'told',
      file_ids: one.fileIds,
    })),
  );
  return standing.length;
}

function standingReport(
  language: Language,
  timeZone: string,
  standing: readonly Standing[],
  names: ReadonlyMap<string, string>,
): Report {
  const messages = plural(language, standing.length, { one: 'message', other: 'messages' }, ' 条消息');
  const others = standing.length - MOST_LISTED;
  return {
    language,
    headline: say(language, {
      en: `${messages} about people who were forgotten could not be taken back`,
      zh: `${messages}涉及已被删除的人，但未能撤回`,
    }),
    parts: [
      {
        kind: 'table',
        title: say(language, { en: 'Still standing', zh: '仍然存在' }),
        columns: [
          { label: say(language, { en: 'Channel', zh: '频道' }), align: 'left' },
          { label: say(language, { en: 'Posted', zh: '发布时间' }), align: 'left' },
          { label: say(language, { en: 'Files', zh: '文件' }), align: 'right' },
        ],
        rows: standing
          .slice(0, MOST_LISTED)
          .map(({ channelId, sentAt, fileIds }) => [
            names.get(channelId) ?? channelId,
            sentAt === null
              ? say(language, { en: 'unknown', zh: '未知' })
              : formatInstant(language, Number(sentAt), timeZone),
            formatCount(language, fileIds.length),
          ]),
      },
      {
        kind: 'text',
        text: say(language, {
          en: `${others > 0 ? `${formatCount(language, others)} more are not listed. ` : ''}Slack did not let Kith delete them, as in an archived channel. An erasure is complete once somebody who may delete them has: each message, with its files.`,
          zh: `${others > 0 ? `另有 ${formatCount(language, others)} 条未列出。` : ''}Slack 不允许 Kith 删除（例如频道已归档）。请由有权限的人员逐条删除这些消息及其文件，删除工作才算完成。`,
        }),
      },
    ],
    trust: '',
  };
}
