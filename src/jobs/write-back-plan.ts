import type { AnalysisProperty } from '../analyses/analysis.ts';
import type { Instant } from '../domain/crm.ts';
import type { Run, Score } from '../domain/results.ts';
import { instantOf } from '../lib/instant.ts';

/** One property's change on one record. */
interface PlannedChange {
  readonly property: string;
  /** What the record holds now; '' when it holds nothing. */
  readonly before: string;
  readonly after: string;
}

export interface PlannedWrite {
  readonly id: string;
  readonly changes: readonly PlannedChange[];
}

/** A value that somebody changed since Kith wrote it: it stays as it is. */
export interface LeftAlone {
  readonly id: string;
  readonly property: string;
  readonly theirs: string;
  readonly ours: string;
}

interface WriteBackPlan {
  readonly writes: readonly PlannedWrite[];
  readonly leftAlone: readonly LeftAlone[];
  /** Customers whose record is gone from the CRM. */
  readonly missing: readonly string[];
}

/** The property that says when the others were computed; written only along with one of them. */
export const SCORED_AT = {
  name: 'kith_scored_at',
  label: 'Kith scored at',
  description: 'When Kith computed the values of the other Kith properties',
  type: 'datetime',
} as const;

export interface PlanInput {
  /** When the newest of the scores were computed. */
  readonly scoredAt: Instant;
  readonly customerIds: readonly string[];
  /** The properties of each analysis, and its scores by customer with the run that they are from. */
  readonly analyses: readonly {
    readonly run: Run;
    readonly properties: readonly AnalysisProperty[];
    readonly scores: ReadonlyMap<string, Score>;
  }[];
  /** What the records hold now; a record that is not in it no longer exists. */
  readonly current: ReadonlyMap<string, Readonly<Record<string, string>>>;
  /** Every value that Kith may have left on the record the last time, by record and property. */
  readonly lastWritten: ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;
}

/**
 * What to write: values that differ from what the record holds by more than their property minds. A null never clears a
 * value, and a value that is not the one Kith left there is somebody's own and stays.
 */
export function planWriteBack(input: PlanInput): WriteBackPlan {
  const writes: PlannedWrite[] = [];
  const leftAlone: LeftAlone[] = [];
  const missing: string[] = [];
  const scoredAt = new Date(input.scoredAt).toISOString();
  for (const id of input.customerIds) {
    const record = input.current.get(id);
    if (record === undefined) {
      missing.push(id);
      continue;
    }
    const changes: PlannedChange[] = [];
    for (const { run, properties, scores } of input.analyses) {
      const score = scores.get(id);
      for (const property of score === undefined ? [] : properties) {
        const after = score === undefined ? null : property.value(score, run);
        const before = record[property.name] ?? '';
        if (after === null || after === '' || isSameValue(property, before, after)) {
          continue;
        }
        const ours = input.lastWritten.get(id)?.get(property.name);
        if (ours !== undefined && !ours.some((value) => isEqual(property.type, before, value))) {
          leftAlone.push({ id, property: property.name, theirs: before, ours: after });
        } else {
          changes.push({ property: property.name, before, after });
        }
      }
    }
    if (changes.length > 0) {
      changes.push({ property: SCORED_AT.name, before: record[SCORED_AT.name] ?? '', after: scoredAt });
      writes.push({ id, changes });
    }
  }
  return { writes, leftAlone, missing };
}

function isSameValue(property: AnalysisProperty, before: string, after: string): boolean {
  return before !== '' && (isEqual(property.type, before, after) || (property.isSame?.(before, after) ?? false));
}

/** Equality as the CRM sees it: it writes numbers and instants in its own way. */
function isEqual(type: AnalysisProperty['type'], a: string, b: string): boolean {
  if (a === b) {
    return true;
  }
  if (a === '' || b === '') {
    return false;
  }
  return (
    (type === 'number' && Number(a) === Number(b)) ||
    (type === 'datetime' && instantOf(a) !== null && instantOf(a) === instantOf(b))
  );
}
