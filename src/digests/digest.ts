import type { Instant } from '../domain/crm.ts';
import type { Department } from '../domain/people.ts';
import type { Finding, FindingRecord } from '../ledger/findings.ts';
import type { Language, Text } from '../lib/text.ts';
import type { PrivacyReader } from '../privacy/privacy-reader.ts';
import type { Report } from '../report/report.ts';
import type { PortalState } from '../state/portal-state.ts';

/** What a digest works with. Rows come from `reader` only. */
export interface DigestContext {
  readonly reader: PrivacyReader;
  readonly state: PortalState;
  readonly language: Language;
  readonly timeZone: string;
  readonly now: Instant;
  /** What the last posted edition remembered, null for the first one; checked by the digest's own schema. */
  readonly memory: unknown;
  /** Every finding that this digest told, in the state that it is in now. */
  readonly findings: readonly FindingRecord[];
  /** Customers whom somebody of another department said to look after, by id: two departments do not both run after one. */
  readonly takenElsewhere: ReadonlySet<string>;
}

/** One edition of a digest, and what to remember once it is queued. */
export interface Edition {
  readonly report: Report;
  /** At most MAX_FINDINGS. */
  readonly told: readonly Finding[];
  readonly resolved: readonly { readonly finding: Finding; readonly note: string }[];
  /** JSON, handed back to the next edition. */
  readonly memory: unknown;
}

/**
 * What one department is told by itself. An edition says, in this order: what changed since the last one; who should act;
 * what became of the last one's items; one chart.
 */
export interface Digest {
  readonly name: string;
  readonly department: Department;
  readonly title: Text;
  /** Which of the portal's schedules starts it. */
  readonly schedule: keyof PortalState['schedules'];
  /** At most one edition per calendar week or day of the portal. */
  readonly period: 'week' | 'day';
  /** Null when nothing changed since the last edition. KithError('no-results') before the first run. */
  build(context: DigestContext): Promise<Edition | null>;
}

export const MAX_FINDINGS = 5;
