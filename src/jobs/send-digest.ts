import { z } from 'zod';
import type { Digest } from '../digests/digest.ts';
import type { CrmAccount, Instant } from '../domain/crm.ts';
import { createFindings, type Finding, type Findings } from '../ledger/findings.ts';
import type { Outbox } from '../ledger/outbox.ts';
import { KithError } from '../lib/errors.ts';
import { createReader } from '../privacy/create-reader.ts';
import { digestViewer } from '../privacy/viewer.ts';
import type { PortalState } from '../state/portal-state.ts';
import type { PortalStore } from '../store/portal-store.ts';
import { periodOf } from './period.ts';

export interface SendDigestReport {
  readonly outcome: 'queued' | 'already-sent' | 'nothing-new' | 'no-channel';
  /** The outbox's key: `<digest>:<period>`. */
  readonly key: string;
  /** One line for the run record. */
  readonly note: string;
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
});
type Edition = z.infer<typeof editionSchema>;

/**
 * Builds a digest for its department's channel and puts it into the outbox. The key is the digest and the period in the
 * portal's time zone, so that a second run in the same period posts nothing. What the edition tells is noted before it is
 * queued and recorded after, so that a stop in between neither forgets what was said nor takes for said what was not. KithError('no-results') before the first run.
 */
export async function sendDigest(options: {
  portal: PortalStore;
  account: CrmAccount;
  state: PortalState;
  digest: Digest;
  outbox: Pick<Outbox, 'enqueue' | 'knows'>;
  now: () => Instant;
}): Promise<SendDigestReport> {
  const { portal, account, state, digest, outbox, now } = options;
  const key = `${digest.name}:${periodOf(digest.period, now(), account.timeZone)}`;
  const channelId = state.channels[digest.department];
  if (channelId === undefined) {
    return {
      outcome: 'no-channel',
      key,
      note: `No channel is set for ${digest.department}, so the ${digest.name} digest was not posted: set channels.${digest.department} in the settings`,
    };
  }

  const cursor = `digest:${digest.name}`;
  const findings = createFindings(portal, now);
  await settle({ portal, findings, outbox, digest: digest.name });
  const last = parseMemory(memorySchema, await portal.crm.cursor(cursor), digest.name);
  if (last?.key === key) return { outcome: 'already-sent', key, note: `${key} was posted before` };

  const viewer = digestViewer(digest.name, digest.department, channelId);
  const edition = await digest.build({
    reader: createReader({ portal, account, state, viewer }),
    state,
    language: state.language,
    timeZone: account.timeZone,
    now: now(),
    memory: last?.memory ?? null,
    findings: await findings.of(digest.name),
  });
  if (edition === null)
    return { outcome: 'nothing-new', key, note: `${digest.name}: nothing changed since the last one` };

  if (await outbox.knows(key)) return { outcome: 'already-sent', key, note: `${key} was posted before` };
  const { told, resolved, memory } = edition;
  const noted = { key, at: now(), memory, actor: viewer.userId, told, resolved };
  await portal.crm.saveCursor(editionCursor(digest.name), JSON.stringify(noted));
  await outbox.enqueue({ key, channelId, kind: 'digest', report: edition.report });
  await settle({ portal, findings, outbox, digest: digest.name });
  return { outcome: 'queued', key, note: `${key}: ${edition.report.headline}` };
}

const editionCursor = (digest: string): string => `digest-edition:${digest}`;

/** Records what a noted edition told, if it was queued: whatever a stop left out of it, and nothing twice. */
async function settle(options: {
  portal: PortalStore;
  findings: Findings;
  outbox: Pick<Outbox, 'knows'>;
  digest: string;
}): Promise<void> {
  const { portal, findings, outbox, digest } = options;
  const edition = parseMemory(editionSchema, await portal.crm.cursor(editionCursor(digest)), digest);
  if (edition === null) return;
  if (await outbox.knows(edition.key)) await recordEdition(portal, findings, digest, edition);
  await portal.crm.saveCursor(editionCursor(digest), null);
}

async function recordEdition(
  portal: PortalStore,
  findings: Findings,
  digest: string,
  { key, at, memory, actor, told, resolved }: Edition,
): Promise<void> {
  const recordedAt = new Map((await findings.of(digest)).map((record) => [record.key, record.at]));
  // What happened to a finding since then is this record of it, or what a person did about it.
  const isOpen = (finding: Finding): boolean => (recordedAt.get(finding.key) ?? Number.NEGATIVE_INFINITY) < at;
  for (const { finding, note } of resolved) {
    if (isOpen(finding)) await findings.record(digest, [finding], { state: 'resolved', actor, note });
  }
  await findings.record(digest, told.filter(isOpen), { state: 'new', actor, note: key });
  await portal.crm.saveCursor(`digest:${digest}`, JSON.stringify({ key, at, memory }));
}

function parseMemory<Schema extends z.ZodType>(
  schema: Schema,
  stored: string | null,
  digest: string,
): z.output<Schema> | null {
  if (stored === null) return null;
  try {
    return schema.parse(JSON.parse(stored));
  } catch (cause) {
    throw new KithError(
      'store-damaged',
      `What the ${digest} digest remembers of its last edition cannot be read: restore the data folder from a backup`,
      {
        cause,
      },
    );
  }
}
