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
}

export interface Findings {
  /** Every finding of a digest, in the state that it is in now, the newest first. */
  of(digest: string): Promise<readonly FindingRecord[]>;
  /** Appends a state for each; `note` says why or where. */
  record(
    digest: string,
    findings: readonly Finding[],
    change: { state: FindingState; actor: string; note: string },
  ): Promise<void>;
}

const SILENT_MS = 14 * 24 * 60 * 60 * 1000;

/**
 * Whether a finding is worth saying (again): a new one is; one that was said within 14 days only when it crossed a band or
 * its money doubled; one that somebody called not useful only when it crossed a band. What was resolved and is back is new.
 */
export function isWorthTelling(finding: Finding, last: FindingRecord | undefined, now: Instant): boolean {
  if (last === undefined || last.state === 'resolved') return true;
  if (last.band !== finding.band) return true;
  if (last.state === 'not-useful') return false;
  if (isDoubled(last.money, finding.money)) return true;
  return now - last.at >= SILENT_MS;
}

// Only the comparison leaves the exact decimal, and a factor of two needs no more than a float.
function isDoubled(before: DecimalText | null, after: DecimalText | null): boolean {
  return before !== null && after !== null && Number(before) > 0 && Number(after) >= 2 * Number(before);
}

const rowSchema = z.object({
  key: z.string(),
  customer: z.string(),
  last_band: z.string(),
  last_money: z.string().nullable(),
  last_state: z.enum(FINDING_STATES),
  at_ms: z.coerce.number(),
  last_actor: z.string(),
  last_note: z.string(),
});

/** The findings of one portal; an append-only log in which the newest event of a key is its state. */
export function createFindings(portal: PortalStore, now: () => Instant): Findings {
  const sequence = createEventSequence(portal, 'findings');
  return {
    async of(digest) {
      const rows = await portal.query(
        // An alias may not be called like the column that it is made of: the filter would then mean the alias.
        `SELECT key, argMax(customer_id, seq) AS customer, argMax(band, seq) AS last_band,
            argMax(tuple(toString(money)), seq).1 AS last_money, argMax(state, seq) AS last_state,
            toUnixTimestamp64Milli(argMax(at, seq)) AS at_ms, argMax(actor, seq) AS last_actor, argMax(note, seq) AS last_note
          FROM {db:Identifier}.findings WHERE digest = {digest:String} GROUP BY key ORDER BY at_ms DESC, key`,
        { digest },
      );
      return rows.map((raw) => {
        const row = rowSchema.parse(raw);
        return {
          key: row.key,
          digest,
          customerId: row.customer,
          band: row.last_band,
          money: row.last_money,
          state: row.last_state,
          at: row.at_ms,
          actor: row.last_actor,
          note: row.last_note,
        };
      });
    },

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
        })),
      );
    },
  };
}
