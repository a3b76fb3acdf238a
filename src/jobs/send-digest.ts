import { z } from 'zod';
import type { Digest, Edition as DigestEdition } from '../digests/digest.ts';
import { findingButtons } from '../digests/finding-buttons.ts';
import type { CrmAccount, Instant } from '../domain/crm.ts';
import type { Viewer } from '../domain/people.ts';
import { createFindings, type Finding, type FindingRecord, type Findings, SILENT_MS } from '../ledger/findings.ts';
import type { MessageKind, Outbox } from '../ledger/outbox.ts';
import { KithError } from '../lib/errors.ts';
import type { Language, Text } from '../lib/text.ts';
import { createReader } from '../privacy/create-reader.ts';
import { digestViewer } from '../privacy/viewer.ts';
import type { Report } from '../report/report.ts';
import { DEPARTMENT_NAMES } from '../state/department-names.ts';
import type { PortalState } from '../state/portal-state.ts';
import type { PortalStore } from '../store/portal-store.ts';
import { periodOf } from './period.ts';

export interface SendDigestReport {
  readonly outcome: 'queued' | 'already-sent' | 'nothing-new' | 'no-channel';
  /** The outbox's key: `<digest>:<period>`. */
  readonly key: string;
  /** One line for the run record. */
  readonly note: Text;
}

const memorySchema = z.object({ key: z.string(), at: z.number(), memory: z.unknown() });
const findingSchema = z.object({
  key: z.string(),
  customerId: z.string(),
  band: z.string(),
  money: z.string().nullable(),
}) satisfies z.ZodType<Finding>;
/** An edition that is about to be queued, and what is to be remembered of it once it is. */
const editionSchema = memorySchema.extend({
  actor: z.string(),
  told: z.array(findingSchema),
  resolved: z.array(z.object({ finding: findingSchema, note: z.string() })),
  /** When each of them was recorded last, as the edition was built. */
  before: z.record(z.string(), z.number()).default({}),
});
type Edition = z.infer<typeof editionSchema>;

/** What a digest is made from, and where it goes. */
interface Sending {
  readonly portal: PortalStore;
  readonly account: CrmAccount;
  /** As it is when it is asked for: it may name somebody who is forgotten meanwhile. */
  readonly state: () => PortalState;
  readonly digest: Digest;
  readonly outbox: Pick<Outbox, 'enqueue' | 'knows'>;
  readonly now: () => Instant;
}

/** Who gets an edition, and with whose rights it is made. */
export interface Recipient {
  /** Under which name its memory and its findings are kept: a copy neither silences nor repeats another one. */
  readonly book: string;
  /** The outbox's key. */
  readonly key: string;
  readonly channelId: string;
  readonly kind: MessageKind;
  readonly viewer: Viewer;
  readonly language: Language;
  readonly timeZone: string;
  /** The last touch before it is queued. */
  adapt(report: Report): Report;
}

/**
 * Builds a digest for its department's channel and puts it into the outbox. The key is the digest and the period in the
 * portal's time zone, so that a second run in the same period posts nothing. KithError('no-results') before the first run.
 */
export async function sendDigest(options: Sending): Promise<SendDigestReport> {
  const { account, digest, now } = options;
  const state = options.state();
  const key = `${digest.name}:${periodOf(digest.period, now(), account.timeZone)}`;
  const channelId = state.channels[digest.department];
  if (channelId === undefined) {
    return {
      outcome: 'no-channel',
      key,
      note: {
        en: `No channel is set for ${digest.department}, so the ${digest.name} digest was not posted: set channels.${digest.department} in the settings`,
        zh: `${DEPARTMENT_NAMES[digest.department].zh}尚未指定频道，因此未发布“${digest.title.zh}”：请在设置中填写 channels.${digest.department}`,
      },
    };
  }
  return sendEdition(options, {
    book: digest.name,
    key,
    channelId,
    kind: 'digest',
    viewer: digestViewer(digest.name, digest.department, channelId),
    language: state.language,
    timeZone: account.timeZone,
    adapt: (report) => report,
  });
}

/**
 * Builds an edition for a recipient and puts it into the outbox, once for a key. What it tells is noted before it is queued and
 * recorded after, so that a stop in between neither forgets what was said nor takes for said what was not.
 * KithError('no-results') before the first run.
 */
export async function sendEdition(options: Sending, recipient: Recipient): Promise<SendDigestReport> {
  const { portal, account, digest, outbox, now } = options;
  const { book, key, channelId, kind, viewer, language, timeZone } = recipient;
  const findings = createFindings(portal, now);
  // What a stop left out of the last edition; like what follows, nothing of people who are forgotten meanwhile.
  await portal.erasures.apart(() => settle({ portal, findings, outbox, book }));
  return portal.erasures.fresh(
    async () => {
      const last = parseMemory(memorySchema, await portal.crm.cursor(memoryCursor(book)), book);
      if (last?.key === key) return 'already-sent' as const;
      const before = await findings.of(book);
      const state = options.state();
      const edition = await digest.build({
        reader: createReader({ portal, account, state, viewer }),
        state,
        language,
        timeZone,
        now: now(),
        memory: last?.memory ?? null,
        findings: before,
        takenElsewhere: await takenElsewhere(findings, digest.name, now()),
      });
      return edition === null ? ('nothing-new' as const) : { edition, before };
    },
    async (made): Promise<SendDigestReport> => {
      if (made === 'nothing-new')
        return {
          outcome: made,
          key,
          note: { en: `${book}: nothing changed since the last one`, zh: `${book}：与上一期相比没有变化` },
        };
      if (made === 'already-sent' || (await outbox.knows(key)))
        return { outcome: 'already-sent', key, note: { en: `${key} was posted before`, zh: `${key} 此前已发布` } };
      const { edition, before } = made;
      const noted = notedEdition(edition, before, { key, at: now(), actor: `digest:${digest.name}` });
      await portal.crm.saveCursor(editionCursor(book), JSON.stringify(noted));
      const report = recipient.adapt(withFindingButtons(edition.report, book));
      await outbox.enqueue({ key, channelId, kind, report });
      await settle({ portal, findings, outbox, book });
      // Not what it says: the record of a job is shown to whoever asks how Kith is doing.
      return { outcome: 'queued', key, note: { en: `${key} queued`, zh: `${key} 已加入发送队列` } };
    },
  );
}

function notedEdition(
  { told, resolved, memory }: DigestEdition,
  before: readonly FindingRecord[],
  of: Pick<Edition, 'key' | 'at' | 'actor'>,
): Edition {
  const named = new Set([...told, ...resolved.map(({ finding }) => finding)].map((finding) => finding.key));
  return {
    ...of,
    memory,
    told: [...told],
    resolved: [...resolved],
    before: Object.fromEntries(before.flatMap((record) => (named.has(record.key) ? [[record.key, record.at]] : []))),
  };
}

/** Whom the people of another digest said to look after lately. A copy of a digest is named `<digest>@…`: it is the same digest. */
async function takenElsewhere(findings: Findings, digest: string, now: Instant): Promise<ReadonlySet<string>> {
  const taken = await findings.acknowledged(now - SILENT_MS);
  const isOther = (book: string): boolean => book.split('@')[0] !== digest;
  return new Set(taken.flatMap((one) => (one.customerId !== '' && isOther(one.digest) ? [one.customerId] : [])));
}

/** What people may do about each thing that is told, kept in the book that told it. */
function withFindingButtons(report: Report, book: string): Report {
  return {
    ...report,
    parts: report.parts.map((part) => {
      if (part.kind !== 'item' || part.finding === undefined) return part;
      const { finding, ...item } = part;
      return { ...item, actions: [...(item.actions ?? []), ...findingButtons(report.language, book, finding)] };
    }),
  };
}

/** Forgets what a book remembers: its copy is not sent any more. What it told stays in the ledger. */
export async function forgetBook(portal: PortalStore, book: string): Promise<void> {
  await portal.crm.saveCursors({ [memoryCursor(book)]: null, [editionCursor(book)]: null });
}

const memoryCursor = (book: string): string => `digest:${book}`;
const editionCursor = (book: string): string => `digest-edition:${book}`;

/** Records what a noted edition told, if it was queued: whatever a stop left out of it, and nothing twice. */
async function settle(options: {
  portal: PortalStore;
  findings: Findings;
  outbox: Pick<Outbox, 'knows'>;
  book: string;
}): Promise<void> {
  const { portal, findings, outbox, book } = options;
  const edition = parseMemory(editionSchema, await portal.crm.cursor(editionCursor(book)), book);
  if (edition === null) return;
  if (await outbox.knows(edition.key)) await recordEdition(portal, findings, book, edition);
  await portal.crm.saveCursor(editionCursor(book), null);
}

async function recordEdition(
  portal: PortalStore,
  findings: Findings,
  book: string,
  { key, at, memory, actor, told, resolved, before }: Edition,
): Promise<void> {
  const recordedAt = new Map((await findings.of(book)).map((record) => [record.key, record.at]));
  // What happened to a finding since then is this record of it, or what a person did about it. Not by the clock, which may be set back.
  const isOpen = (finding: Finding): boolean => recordedAt.get(finding.key) === before[finding.key];
  for (const { finding, note } of resolved) {
    if (isOpen(finding)) await findings.record(book, [finding], { state: 'resolved', actor, note });
  }
  await findings.record(book, told.filter(isOpen), { state: 'new', actor, note: key });
  await portal.crm.saveCursor(memoryCursor(book), JSON.stringify({ key, at, memory }));
}

function parseMemory<Schema extends z.ZodType>(
  schema: Schema,
  stored: string | null,
  book: string,
): z.output<Schema> | null {
  if (stored === null) return null;
  try {
    return schema.parse(JSON.parse(stored));
  } catch (cause) {
    throw new KithError(
      'store-damaged',
      {
        en: `What the ${book} digest remembers of its last edition cannot be read: restore the data folder from a backup`,
        zh: `摘要 ${book} 的上期记录无法读取：请从备份恢复数据文件夹`,
      },
      {
        cause,
      },
    );
  }
}
