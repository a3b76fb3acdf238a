import { z } from 'zod';
import type { DecimalText, Instant } from '../domain/crm.ts';
import type { PortalStore } from '../store/portal-store.ts';
import { createEventSequence } from './event-sequence.ts';

/** Something a digest tells: the key is stable, so that the same thing next week is known to be the same. */
export interface Finding {
  /** `at-risk:<customerId>`, `segment:<id>` */
  readonly key: string;
  /** '' when it is not about one customer. */
  readonly customerId: string;
  readonly band: string;
  /** What it is about, in the portal's currency; null when there is no money in it. */
  readonly money: DecimalText | null;
}

const FINDING_STATES = ['new', 'acknowledged', 'snoozed', 'not-useful', 'resolved'] as const;
export type FindingState = (typeof FINDING_STATES)[number];

export interface FindingRecord extends Finding {
  readonly digest: string;
  readonly state: FindingState;
  /** When it was last told or changed. */
  readonly at: Instant;
  readonly actor: string;
  readonly note: string;
  /** It is put off until then; absent unless it is snoozed. */
  readonly snoozedUntil?: Instant;
}

/** What happened to findings; `snoozedUntil` goes with the state 'snoozed'. */
export interface FindingChange {
  readonly state: FindingState;
  readonly actor: string;
  readonly note: string;
  readonly snoozedUntil?: Instant;
}

export interface Findings {
  /** Every finding of a digest, in the state that it is in now, the newest first. */
  of(digest: string): Promise<readonly FindingRecord[]>;
  /** Every finding, of whatever digest, that somebody said to look after since an instant and nobody has changed since. */
  acknowledged(since: Instant): Promise<readonly FindingRecord[]>;
  /** Appends a state for each; `note` says why or where. */
  record(digest: string, findings: readonly Finding[], change: FindingChange): Promise<void>;
}

export const SILENT_MS = 14 * 24 * 60 * 60 * 1000;

/**
 * Whether a finding is worth saying (again): a new one is; one that was said within 14 days only when it crossed a band or
 * its money doubled; one that somebody called not useful only when it crossed a band; one that was put off then too, or once its
 * time is over. What was resolved and is back is new.
 */
export function isWorthTelling(finding: Finding, last: FindingRecord | undefined, now: Instant): boolean {
  if (last === undefined || last.state === 'resolved') return true;
  if (last.band !== finding.band) return true;
  if (last.state === 'not-useful') return false;
  if (last.state === 'snoozed' && last.snoozedUntil !== undefined) return now >= last.snoozedUntil;
  if (isDoubled(last.money, finding.money)) return true;
  return now - last.at >= SILENT_MS;
}

// Only the comparison leaves the exact decimal, and a factor of two needs no more than a float.
function isDoubled(before: DecimalText | null, after: DecimalText | null): boolean {
  return before !== null && after !== null && Number(before) > 0 && Number(after) >= 2 * Number(before);
}

const rowSchema = z.object({
  key: z.string(),
  book: z.string(),
  customer: z.string(),
  last_band: z.string(),
  last_money: z.string().nullable(),
  last_state: z.enum(FINDING_STATES),
  at_ms: z.coerce.number(),
  last_actor: z.string(),
  last_note: z.string(),
  until_ms: z.coerce.number(),
});

/** The findings of one portal; an append-only log in which the newest event of a key is its state. */
export function createFindings(portal: PortalStore, now: () => Instant): Findings {
  const sequence = createEventSequence(portal, 'findings');

  async function read(
    where: string,
    having: string,
    parameters: Record<string, string | number>,
  ): Promise<readonly FindingRecord[]> {
    const rows = await portal.query(
      // An alias may not be called like the column that it is made of: the filter would then mean the alias.
      `SELECT key, digest AS book, argMax(customer_id, seq) AS customer, argMax(band, seq) AS last_band,
          argMax(tuple(toString(money)), seq).1 AS last_money, argMax(state, seq) AS last_state,
          toUnixTimestamp64Milli(argMax(at, seq)) AS at_ms, argMax(actor, seq) AS last_actor, argMax(note, seq) AS last_note,
          toUnixTimestamp64Milli(ifNull(argMax(tuple(snoozed_until), seq).1, toDateTime64(0, 3, 'UTC'))) AS until_ms
        FROM {db:Identifier}.findings WHERE ${where} GROUP BY digest, key HAVING ${having} ORDER BY at_ms DESC, key`,
      parameters,
    );
    return rows.map((raw) => {
      const row = rowSchema.parse(raw);
      return {
        key: row.key,
        digest: row.book,
        customerId: row.customer,
        band: row.last_band,
        money: row.last_money,
        state: row.last_state,
        at: row.at_ms,
        actor: row.last_actor,
        note: row.last_note,
        ...(row.until_ms === 0 ? {} : { snoozedUntil: row.until_ms }),
      };
    });
  }
  return {
    of: (digest) => read('digest = {digest:String}', '1', { digest }),
    acknowledged: (since) => read('1', `last_state = 'acknowledged' AND at_ms >= {since:Int64}`, { since }),

    async record(digest, findings, change) {
      if (findings.length === 0) return;
      const first = await sequence.take(findings.length);
      const at = new Date(now()).toISOString();
      await portal.insert(
        'findings',
        findings.map((finding, index) => ({
          key: finding.key,
          seq: first + index,
          at,
          state: change.state,
          digest,
          customer_id: finding.customerId,
          band: finding.band,
          money: finding.money,
          actor: change.actor,
          note: change.note,
          snoozed_until: change.snoozedUntil === undefined ? null : new Date(change.snoozedUntil).toISOString(),
        })),
      );
    },
  };
}
