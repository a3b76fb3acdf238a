import { createHash } from 'node:crypto';
import type { Instant } from '../domain/crm.ts';
import type { PortalStore } from '../store/portal-store.ts';
import { createSerial } from '../store/serial.ts';

export interface AuditRecord {
  /** A chat's user id, 'command line: <the operating system's user>', 'scheduler', 'digest:<name>'. */
  readonly actor: string;
  /** 'asked', 'wrote-back', 'changed-settings' … */
  readonly act: string;
  /** What it was done to: a command, a batch, an id. Never a person's data. */
  readonly subject: string;
  readonly details: unknown;
}

export interface Audit {
  append(record: AuditRecord): Promise<void>;
  /** Recomputes the chain; `brokenAt` is the number of the first entry that does not fit. */
  verify(): Promise<{ readonly ok: boolean; readonly entries: number; readonly brokenAt: number | null }>;
}

interface StoredEntry {
  seq: string;
  at_ms: string;
  actor: string;
  act: string;
  subject: string;
  details: string;
  previous_hash: string;
  hash: string;
}

const PAGE = 5_000;

/**
 * Who did what, as a chain: every entry's SHA-256 covers its content and the hash before it, so that an entry changed,
 * removed from the middle, put in or moved breaks the chain from there on. (Cutting off the newest entries does not.)
 */
export function createAudit(portal: PortalStore, now: () => Instant): Audit {
  // Each entry needs the hash of the one before it.
  const serially = createSerial();

  return {
    append: ({ actor, act, subject, details }) =>
      serially(async () => {
        const [newest] = await portal.query<{ seq: string; hash: string }>(
          'SELECT seq, hash FROM {db:Identifier}.audit ORDER BY seq DESC LIMIT 1',
        );
        const entry = {
          seq: Number(newest?.seq ?? 0) + 1,
          at: Math.trunc(now()),
          actor,
          act,
          subject,
          details: JSON.stringify(details ?? null),
          previousHash: newest?.hash ?? '',
        };
        const { previousHash, at, ...rest } = entry;
        await portal.insert('audit', [
          { ...rest, at: new Date(at).toISOString(), previous_hash: previousHash, hash: hashOf(entry) },
        ]);
      }),

    async verify() {
      let previousHash = '';
      let entries = 0;
      let brokenAt: number | null = null;
      for (;;) {
        const page = await portal.query<StoredEntry>(
          `SELECT seq, toUnixTimestamp64Milli(at) AS at_ms, actor, act, subject, details, previous_hash, hash
           FROM {db:Identifier}.audit ORDER BY seq LIMIT {page:UInt32} OFFSET {start:UInt64}`,
          { page: PAGE, start: entries },
        );
        for (const row of page) {
          entries += 1;
          const { actor, act, subject, details } = row;
          const expected = hashOf({ seq: entries, at: Number(row.at_ms), actor, act, subject, details, previousHash });
          const fits = Number(row.seq) === entries && row.previous_hash === previousHash && row.hash === expected;
          if (!fits) brokenAt ??= entries;
          previousHash = row.hash;
        }
        if (page.length < PAGE) return { ok: brokenAt === null, entries, brokenAt };
      }
    },
  };
}

/** The same log, in which whatever is done was done by one actor. */
export function auditAs(audit: Audit, actor: string): Audit {
  return { ...audit, append: (record) => audit.append({ ...record, actor }) };
}

function hashOf(entry: {
  seq: number;
  at: number;
  actor: string;
  act: string;
  subject: string;
  details: string;
  previousHash: string;
}): string {
  const { seq, at, actor, act, subject, details, previousHash } = entry;
  // As a JSON array, so that no two different entries are the same text.
  return createHash('sha256')
    .update(JSON.stringify([seq, at, actor, act, subject, details, previousHash]))
    .digest('hex');
}
