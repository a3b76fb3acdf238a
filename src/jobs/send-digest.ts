import { z } from 'zod';
import type { Digest } from '../digests/digest.ts';
import type { CrmAccount, Instant } from '../domain/crm.ts';
import { createFindings } from '../ledger/findings.ts';
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

/**
 * Builds a digest for its department's channel and puts it into the outbox. The key is the digest and the period in the
 * portal's time zone, so that a second run in the same period posts nothing. KithError('no-results') before the first run.
 */
export async function sendDigest(options: {
  portal: PortalStore;
  account: CrmAccount;
  state: PortalState;
  digest: Digest;
  outbox: Pick<Outbox, 'enqueue'>;
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
  const last = parseMemory(await portal.crm.cursor(cursor), digest.name);
  if (last?.key === key) return { outcome: 'already-sent', key, note: `${key} was posted before` };

  const findings = createFindings(portal, now);
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

  const queued = await outbox.enqueue({ key, channelId, kind: 'digest', report: edition.report });
  if (queued === 'known') return { outcome: 'already-sent', key, note: `${key} was posted before` };
  // Only now, so that what was never queued is not taken for said.
  const actor = viewer.userId;
  for (const { finding, note } of edition.resolved) {
    await findings.record(digest.name, [finding], { state: 'resolved', actor, note });
  }
  await findings.record(digest.name, edition.told, { state: 'new', actor, note: key });
  await portal.crm.saveCursor(cursor, JSON.stringify({ key, at: now(), memory: edition.memory }));
  return { outcome: 'queued', key, note: `${key}: ${edition.report.headline}` };
}

function parseMemory(stored: string | null, digest: string): z.infer<typeof memorySchema> | null {
  if (stored === null) return null;
  try {
    return memorySchema.parse(JSON.parse(stored));
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
