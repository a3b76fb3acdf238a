import type { Instant } from '../domain/crm.ts';
import { KithError } from '../lib/errors.ts';
import type { PortalStore, QueryParameters } from '../store/portal-store.ts';
import { createSerial } from '../store/serial.ts';
import { createEventSequence } from './event-sequence.ts';
import { documentSchema, reportSchema, type StoredDocument, type StoredReport } from './report-schema.ts';

/** What messages there are: whoever tells of one must have a name for each. */
export type MessageKind =
  | 'asked'
  | 'band-crossed'
  | 'crm-limit'
  | 'digest'
  | 'erasure'
  | 'missed-jobs'
  | 'monthly-report'
  | 'not-taken-back'
  | 'playbook'
  | 'subscription'
  | 'undelivered'
  | 'write-back';

/**
 * pending → sending → sent, refused, uncertain, or pending again when nothing was sent; withdrawn: somebody whom it named was
 * forgotten, so that it is not sent, or is taken back. One that was being sent just then is settled once more.
 */
export type OutboxState = 'pending' | 'sending' | 'sent' | 'refused' | 'uncertain' | 'withdrawn';

export interface OutboxEntry {
  readonly key: string;
  readonly channelId: string;
  /** A MessageKind, or one that an earlier version wrote. */
  readonly kind: string;
  readonly state: OutboxState;
  readonly report: StoredReport;
  readonly queuedAt: Instant;
  /** When it came into its state. */
  readonly changedAt: Instant;
  readonly messageId: string;
  /** The channel that the chat put it into; '' before it was sent. */
  readonly sentChannelId: string;
  readonly fileIds: readonly string[];
  readonly chartBytes: number;
  readonly note: string;
  /** What goes with it as a file; null for nothing. */
  readonly document: StoredDocument | null;
  /** The key of the message in whose thread it is said; '' for one of its own. */
  readonly threadKey: string;
  /** The key of the message that it takes the place of; ''. */
  readonly replacesKey: string;
}

export interface Settlement {
  readonly state: 'sent' | 'refused' | 'pending' | 'uncertain';
  readonly messageId: string;
  readonly sentChannelId: string;
  readonly fileIds: readonly string[];
  readonly chartBytes: number;
  readonly note: string;
}

/** What is to be said. */
export interface NewMessage {
  readonly key: string;
  readonly channelId: string;
  readonly kind: MessageKind;
  readonly report: StoredReport;
  readonly document?: StoredDocument;
  readonly threadKey?: string;
  readonly replacesKey?: string;
}

export interface Outbox {
  /** 'known' when a message of this key was ever queued, in whatever state: two messages with one key are one message. */
  enqueue(message: NewMessage): Promise<'queued' | 'known'>;
  /** Whether a message of this key was ever queued, in whatever state. */
  knows(key: string): Promise<boolean>;
  /** A message by its key; null when none was ever queued. */
  byKey(key: string): Promise<OutboxEntry | null>;
  /**
   * The first message since an instant whose key begins so: what later ones of its kind may follow. None that was refused,
   * withdrawn or may never have arrived.
   */
  firstSince(prefix: string, since: Instant): Promise<OutboxEntry | null>;
  /** Refused or uncertain ones that came into that state since an instant, the oldest first. */
  troubled(since: Instant): Promise<readonly OutboxEntry[]>;
  /** What is to be sent, the oldest first. */
  pending(): Promise<readonly OutboxEntry[]>;
  /**
   * Marks a pending message as being sent, and gives it back as it is now: what was read before may name somebody who was
   * forgotten since. KithError('job-busy') when it is in any other state.
   */
  claim(key: string): Promise<OutboxEntry>;
  /** What became of a claimed message. One that was withdrawn meanwhile is taken back where it arrived. */
  settle(key: string, settlement: Settlement): Promise<void>;
  /**
   * Changes stored messages while none is queued, claimed or settled. `markUnderWay` withdraws one that is being sent; it must
   * be called before the message gets another key.
   */
  withdraw<Result>(change: (markUnderWay: (key: string) => Promise<void>) => Promise<Result>): Promise<Result>;
  /**
   * After a restart: messages that were being sent when the process ended may have arrived, so they become 'uncertain' and
   * are never repeated by themselves. Returns how many.
   */
  recover(): Promise<number>;
  /** The newest first, in any state. */
  recent(limit: number): Promise<readonly OutboxEntry[]>;
}

interface StateRow {
  message_key: string;
  channel: string;
  message_kind: string;
  last_state: OutboxState;
  stored_report: string;
  queued: string;
  changed: string;
  message: string;
  bytes: number;
  last_note: string;
  last_channel: string;
  files: string[];
  thread: string;
  replaced: string;
  stored_document: string;
}

// The first event of a key carries the message, the newest its state.
const STATES = `SELECT key AS message_key, argMin(channel_id, seq) AS channel, argMin(kind, seq) AS message_kind,
    argMax(state, seq) AS last_state, argMin(report, seq) AS stored_report,
    toUnixTimestamp64Milli(argMin(at, seq)) AS queued, toUnixTimestamp64Milli(argMax(at, seq)) AS changed,
    argMax(message_id, seq) AS message, argMax(chart_bytes, seq) AS bytes, argMax(note, seq) AS last_note, argMax(sent_channel, seq) AS last_channel, argMax(file_ids, seq) AS files,
    argMin(thread_key, seq) AS thread, argMin(replaces_key, seq) AS replaced,
    argMin(document, seq) AS stored_document,
    min(seq) AS first_event, max(seq) AS last_event
  FROM {db:Identifier}.outbox`;

const WITHDRAWN = 'somebody whom it named was forgotten';

/** The key that a message gets when its own says who was forgotten. */
export async function erasedKey(portal: PortalStore, key: string): Promise<string> {
  return `erased:${(await portal.crm.keyedHash('outbox', key)).slice(0, 24)}`;
}

/** Messages that are to be taken back, as soon as the chat is reached; each until the chat says what became of it. */
export async function askToRetract(
  portal: PortalStore,
  messages: readonly Pick<Settlement, 'messageId' | 'sentChannelId' | 'fileIds'>[],
  now: Instant,
): Promise<void> {
  if (messages.length === 0) return;
  const [newest] = await portal.query<{ seq: string }>('SELECT max(seq) AS seq FROM {db:Identifier}.retractions');
  const at = new Date(now).toISOString();
  await portal.insert(
    'retractions',
    messages.map(({ sentChannelId, messageId, fileIds }, i) => ({
      channel_id: sentChannelId,
      message_id: messageId,
      seq: Number(newest?.seq ?? 0) + 1 + i,
      at,
      state: 'waiting',
      file_ids: fileIds,
    })),
  );
}

/** What Kith says unasked, event by event: the table only grows. */
export function createOutbox(portal: PortalStore, now: () => Instant): Outbox {
  const sequence = createEventSequence(portal, 'outbox');
  // Looking at a state and changing it must not interleave.
  const serially = createSerial();

  async function read(rest: string, parameters?: QueryParameters): Promise<OutboxEntry[]> {
    return (await portal.query<StateRow>(`${STATES} ${rest}`, parameters)).map(asEntry);
  }

  async function stateOf(key: string): Promise<OutboxState | null> {
    const [row] = await portal.query<{ last_state: OutboxState; events: string }>(
      'SELECT argMax(state, seq) AS last_state, count() AS events FROM {db:Identifier}.outbox WHERE key = {key:String}',
      { key },
    );
    return row === undefined || Number(row.events) === 0 ? null : row.last_state;
  }

  async function write(
    event: { key: string; state: OutboxState } & Partial<Record<string, string | number | readonly string[]>>,
  ): Promise<void> {
    const empty = { channel_id: '', kind: '', report: '', message_id: '', chart_bytes: 0, note: '' };
    await portal.insert('outbox', [
      { ...empty, seq: await sequence.take(1), at: new Date(now()).toISOString(), ...event },
    ]);
  }

  function expectState(key: string, state: OutboxState | null, expected: OutboxState): void {
    if (state === expected) return;
    throw new KithError(
      'job-busy',
      state === null
        ? { en: `There is no message ${key} in the outbox`, zh: `发件箱中没有消息 ${key}` }
        : {
            en: `The message ${key} is ${state}, not ${expected}; another delivery has it, or it is finished`,
            zh: `消息 ${key} 的状态是 ${state}，而不是 ${expected}；它正由另一次投递处理，或已完成`,
          },
    );
  }

  /** What became of a message that was withdrawn while it was being sent, under the key that it has now. */
  async function settleWithdrawn(key: string, settlement: Settlement): Promise<void> {
    const { state, messageId, sentChannelId, fileIds } = settlement;
    // Asked first: after a stop in between, the message is of unknown outcome, which is told.
    if (state === 'sent') await askToRetract(portal, [settlement], now());
    const arrived = { message_id: messageId, sent_channel: sentChannelId, file_ids: fileIds };
    await write({ key, state: state === 'uncertain' ? state : 'withdrawn', ...arrived, note: WITHDRAWN });
  }

  return {
    enqueue: ({ key, channelId, kind, report, document, threadKey = '', replacesKey = '' }) =>
      serially(async () => {
        if ((await stateOf(key)) !== null) return 'known';
        const follows = {
          thread_key: threadKey,
          replaces_key: replacesKey,
          ...(document === undefined ? {} : { document: JSON.stringify(document) }),
        };
        await write({ key, state: 'pending', channel_id: channelId, kind, report: JSON.stringify(report), ...follows });
        return 'queued';
      }),

    knows: async (key) => (await stateOf(key)) !== null,

    byKey: async (key) => (await read('WHERE key = {key:String} GROUP BY key', { key }))[0] ?? null,

    firstSince: async (prefix, since) => {
      const rest = `WHERE startsWith(key, {prefix:String}) GROUP BY key HAVING queued >= {since:Int64}
        AND last_state NOT IN ('refused', 'uncertain', 'withdrawn') ORDER BY first_event LIMIT 1`;
      return (await read(rest, { prefix, since }))[0] ?? null;
    },

    troubled: (since) =>
      read(
        `GROUP BY key HAVING last_state IN ('refused', 'uncertain') AND changed >= {since:Int64} ORDER BY last_event`,
        { since },
      ),

    pending: () => read(`GROUP BY key HAVING last_state = 'pending' ORDER BY first_event`),

    claim: (key) =>
      serially(async () => {
        const [entry] = await read('WHERE key = {key:String} GROUP BY key', { key });
        expectState(key, entry?.state ?? null, 'pending');
        await write({ key, state: 'sending' });
        return { ...entry!, state: 'sending' };
      }),

    settle: (key, settlement) =>
      serially(async () => {
        const { state, messageId, sentChannelId, fileIds, chartBytes, note } = settlement;
        let [name, was] = [key, await stateOf(key)];
        if (was === null) {
          name = await erasedKey(portal, key);
          was = await stateOf(name);
        }
        if (was === 'withdrawn') return settleWithdrawn(name, settlement);
        expectState(key, was, 'sending');
        const sent = { message_id: messageId, sent_channel: sentChannelId, file_ids: fileIds, chart_bytes: chartBytes };
        await write({ key: name, state, ...sent, note });
      }),

    withdraw: (change) =>
      serially(() => change((key) => write({ key, state: 'withdrawn', note: WITHDRAWN, about: [] }))),

    recover: () =>
      serially(async () => {
        // One that was withdrawn while it was being sent has one such event, and a second one once it is settled.
        const cut = await read(`GROUP BY key HAVING last_state = 'sending'
          OR (last_state = 'withdrawn' AND has(groupArray(state), 'sending') AND countIf(state = 'withdrawn') = 1)
          ORDER BY first_event`);
        for (const { key } of cut) {
          await write({ key, state: 'uncertain', note: 'Kith stopped while it was being sent' });
        }
        return cut.length;
      }),

    recent: (limit) => read('GROUP BY key ORDER BY last_event DESC LIMIT {limit:UInt32}', { limit }),
  };
}

function asEntry(row: StateRow): OutboxEntry {
  const parsed = reportSchema.safeParse(JSON.parse(row.stored_report));
  const document = row.stored_document === '' ? null : documentSchema.safeParse(JSON.parse(row.stored_document));
  if (!parsed.success || document?.success === false) {
    throw new KithError(
      'store-damaged',
      {
        en: `The message ${row.message_key} in the outbox is not one that Kith wrote; restore the data folder from a backup`,
        zh: `发件箱中的消息 ${row.message_key} 不是 Kith 写入的；请从备份恢复数据文件夹`,
      },
      { cause: parsed.error ?? document?.error },
    );
  }
  return {
    key: row.message_key,
    channelId: row.channel,
    kind: row.message_kind,
    state: row.last_state,
    report: parsed.data,
    document: document?.data ?? null,
    queuedAt: Number(row.queued),
    changedAt: Number(row.changed),
    messageId: row.message,
    chartBytes: row.bytes,
    note: row.last_note,
    sentChannelId: row.last_channel,
    fileIds: row.files,
    threadKey: row.thread,
    replacesKey: row.replaced,
  };
}
