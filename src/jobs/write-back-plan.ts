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

/** A value that is somebody's own: it stays as it is. */
export interface LeftAlone {
  readonly id: string;
  readonly property: string;
  readonly theirs: string;
  readonly ours: string;
  /** Changed since Kith wrote it, or there although nothing says that Kith ever wrote it. */
  readonly reason: 'edited' | 'unknown';
}

interface WriteBackPlan {
  readonly writes: readonly PlannedWrite[];
  readonly leftAlone: readonly LeftAlone[];
  /** Customers whose record is gone from the CRM. */
  readonly missing: readonly string[];
  /** Customers who had a tier or a segment of Kith's before … */
  readonly annotated: number;
  /** … and those of them for whom it would change. */
  readonly moved: number;
}

/** The property that says when the others were computed; written only along with one of them. */
export const SCORED_AT = {
  name: 'kith_scored_at',
  label: 'Kith scored at',
  description: 'When Kith computed the values of the other Kith properties',
  type: 'datetime',
} as const;

/** What people plan by: when it changes for many customers at once, something is wrong more often than not. */
export const STEADY: readonly string[] = ['kith_loyalty_tier', 'kith_segment'];

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
  /** The integration that gave each value its newest version, as far as the CRM tells; '' for a person. */
  readonly authors: ReadonlyMap<string, Readonly<Record<string, string>>>;
}

/**
 * What to write: values that differ from what the record holds by more than their property minds. A null never clears a
 * value, and a value that is not the one Kith left there is somebody's own and stays.
 */
export function planWriteBack(input: PlanInput): WriteBackPlan {
  const writes: PlannedWrite[] = [];
  const leftAlone: LeftAlone[] = [];
  const missing: string[] = [];
  let annotated = 0;
  let moved = 0;
  const scoredAt = new Date(input.scoredAt).toISOString();
  for (const id of input.customerIds) {
    const record = input.current.get(id);
    if (record === undefined) {
      missing.push(id);
      continue;
    }
    const changes: PlannedChange[] = [];
    let hadSteady = false;
    for (const { run, properties, scores } of input.analyses) {
      const score = scores.get(id);
      for (const property of score === undefined ? [] : properties) {
        const after = score === undefined ? null : property.value(score, run);
        const before = record[property.name] ?? '';
        const isSteady = before !== '' && STEADY.includes(property.name);
        if (after === null || after === '' || isNear(property, before, after)) {
          hadSteady ||= isSteady;
          continue;
        }
        const origin = originOf(input, id, property, before);
        if (origin === 'ours') {
          hadSteady ||= isSteady;
          changes.push({ property: property.name, before, after });
        } else {
          leftAlone.push({ id, property: property.name, theirs: before, ours: after, reason: origin });
        }
      }
    }
    if (hadSteady) annotated += 1;
    if (changes.some(({ property, before }) => before !== '' && STEADY.includes(property))) moved += 1;
    if (changes.length > 0) {
      const before = record[SCORED_AT.name] ?? '';
      const origin = originOf(input, id, SCORED_AT, before);
      if (origin === 'ours') changes.push({ property: SCORED_AT.name, before, after: scoredAt });
      else leftAlone.push({ id, property: SCORED_AT.name, theirs: before, ours: scoredAt, reason: origin });
      writes.push({ id, changes });
    }
  }
  return { writes, leftAlone, missing, annotated, moved };
}

/**
 * Whose value it is. The log knows it; where the log is lost or older than the CRM, a value is Kith's if the integration that
 * gave it is the one that said when it was scored, which nobody else writes.
 */
export function originOf(
  input: Pick<PlanInput, 'lastWritten' | 'authors'>,
  id: string,
  property: { readonly name: string; readonly type: AnalysisProperty['type'] },
  before: string,
): 'ours' | LeftAlone['reason'] {
  const ours = input.lastWritten.get(id)?.get(property.name);
  if (ours === undefined && before === '') return 'ours';
  if (ours?.some((value) => isEqual(property.type, before, value)) === true) return 'ours';
  const authors = input.authors.get(id);
  const author = authors?.[property.name] ?? '';
  if (author !== '' && author === authors?.[SCORED_AT.name]) return 'ours';
  return ours === undefined ? 'unknown' : 'edited';
}

/** How far a value moves, from 0 (nothing was there) to 1; to tell large moves from small ones. */
export function moveSize(property: AnalysisProperty | undefined, before: string, after: string): number {
  if (before === '' || property === undefined || after === '') return 0;
  if (property.type === 'number') {
    const [from, to] = [Number(before), Number(after)];
    const largest = Math.max(Math.abs(from), Math.abs(to));
    return largest === 0 || Number.isNaN(largest) ? 0 : Math.min(1, Math.abs(to - from) / largest);
  }
  const options = property.options ?? [];
  const [from, to] = [before, after].map((value) => options.findIndex((option) => option.value === value));
  if (options.length < 2 || from === undefined || to === undefined || from < 0 || to < 0) return 0.5;
  return Math.abs(to - from) / (options.length - 1);
}

function isNear(property: AnalysisProperty, before: string, after: string): boolean {
  return before !== '' && (isEqual(property.type, before, after) || (property.isSame?.(before, after) ?? false));
}

/** Equality as the CRM sees it: it writes numbers and instants in its own way. */
function isEqual(type: AnalysisProperty['type'], a: string, b: string): boolean {
  return a === b || ((type === 'number' || type === 'datetime') && isSameValue(a, b));
}

/** Whether two texts are one value, where the type is not known: the same text, number or instant. */
export function isSameValue(a: string, b: string): boolean {
  if (a === b) return true;
  if (a.trim() === '' || b.trim() === '') return false;
  return Number(a) === Number(b) || (instantOf(a) !== null && instantOf(a) === instantOf(b));
}
