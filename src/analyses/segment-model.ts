import { z } from 'zod';
import { SEGMENT_FEATURES } from '../features/segment-features.ts';
import type { Text } from '../lib/text.ts';
import { agglomerate } from '../models/agglomerative.ts';
import { type KMeansModel, predictKMeans } from '../models/k-means.ts';
import { squaredDistance } from '../models/lloyd.ts';
import { fitWinsorScaler, scaleRows, type WinsorScaler } from '../models/winsor-scaler.ts';
import { chooseSegments } from './choose-segments.ts';
import { matchSegments, type SegmentChange } from './match-segments.ts';
import { nameSegments, type SegmentCentre } from './segment-names.ts';
import { membershipSchema } from './steady-segments.ts';

export const textSchema = z.object({ en: z.string(), zh: z.string() });
const numbers = z.array(z.number());

/** A candidate's figures as they are stored: JSON has no infinity. */
const candidateSchema = z.object({
  k: z.number(),
  silhouette: z.number(),
  calinskiHarabasz: z.number().nullable(),
  stability: z.number(),
});
export const segmentQualitySchema = z.object({
  word: z.enum(['clear', 'overlapping', 'weak']),
  chosen: candidateSchema,
  candidates: z.array(candidateSchema),
});
export type SegmentQuality = z.infer<typeof segmentQualitySchema>;

export const segmentChangeSchema = z.object({
  kind: z.enum(['new', 'split', 'merged', 'gone']),
  id: z.string(),
  other: z.string(),
});

/** Frozen segments: scaler, centroids, ids and names, until a refit. */
export const segmentModelSchema = z.object({
  kind: z.literal('k-means'),
  fittedDay: z.number(),
  /** Columns of SEGMENT_FEATURES that were not constant. */
  keep: numbers,
  scaler: z.object({ low: numbers, high: numbers, mean: numbers, deviation: numbers }),
  kMeans: z.object({ k: z.number(), columns: z.number(), centroids: numbers, sizes: numbers, inertia: z.number() }),
  ids: z.array(z.string()),
  names: z.array(textSchema),
  nextId: z.number(),
  /** Mean squared distance to the own centroid when it was fitted, in scaled units. */
  spread: z.number(),
  quality: segmentQualitySchema,
  /** What became of the segments before, when these were drawn up. */
  changes: z.array(segmentChangeSchema).default([]),
  /** Who was in which segment after the run that left this model; null in one that was stored before this was kept. */
  members: membershipSchema.nullable().default(null),
});
export type SegmentModel = z.infer<typeof segmentModelSchema>;

export interface Segmentation {
  readonly model: SegmentModel;
  /** The nearest segment (position in the model's ids) of each row. */
  readonly segmentOf: Int32Array;
  /** Whether the model was drawn up on an earlier day: a second run of one day says what the first said. */
  readonly isFrozen: boolean;
  /** Of the model, on the day on which it was drawn up. */
  readonly changes: readonly SegmentChange[];
}

/** A model is used as it is for this many days. */
const FROZEN_DAYS = 28;
/**
 * It is fitted anew before that when it explains this share less of the variance than at the fit, or when the population
 * stability index of the segments' shares is above what is commonly read as a changed population (Siddiqi 2006).
 */
const DRIFTED_VARIANCE = 0.25;
const DRIFTED_STABILITY = 0.25;

/**
 * Puts every row of `values` (n × SEGMENT_FEATURES, row-major) into a segment: with the previous model while it is young and
 * still fits, else with a new one whose segments keep the ids and names of the old ones they continue. Null when the rows
 * are too alike for three segments.
 */
export function segmentCustomers(
  values: Float64Array,
  previous: SegmentModel | null,
  asOfDay: number,
  seed: number,
): Segmentation | null {
  const columns = SEGMENT_FEATURES.length;
  const old = previous === null ? null : applyModel(previous, values);
  if (previous !== null && old !== null) {
    const age = asOfDay - previous.fittedDay;
    if (age >= 0 && age < FROZEN_DAYS && !hasDrifted(previous, old)) {
      const isFrozen = age > 0;
      return { model: previous, segmentOf: old.segmentOf, isFrozen, changes: isFrozen ? [] : previous.changes };
    }
  }

  const scaler = fitWinsorScaler(values, columns);
  const keep = [...scaler.deviation.keys()].filter((j) => scaler.deviation[j]! > 0);
  if (keep.length === 0) return null;
  const scaled = scaleRows(scaler, values, columns, keep);
  const choice = chooseSegments(scaled, keep.length, seed, previous?.kMeans.k ?? null);
  if (choice === null) return null;
  const { model: kMeans, chosen, candidates } = choice;
  const segmentOf = predictKMeans(kMeans, scaled);
  const matched =
    previous === null || old === null
      ? { ids: kMeans.sizes.map((_, c) => `s${c + 1}`), nextId: kMeans.k + 1, changes: [] }
      : matchSegments(old.segmentOf, previous.ids, segmentOf, kMeans.k, previous.nextId);
  const oldNames = new Map(previous?.ids.map((id, i) => [id, previous.names[i]!]));
  const centres = kMeans.sizes.map((_, c) => centreOf({ kMeans, keep, scaler }, c));
  const fresh = matched.ids.map((id, c) => ({ id, centre: centres[c]! })).filter(({ id }) => !oldNames.has(id));
  const given = nameSegments(
    fresh.map(({ centre }) => centre),
    matched.ids.flatMap((id) => oldNames.get(id) ?? []),
  );
  fresh.forEach(({ id }, i) => {
    oldNames.set(id, given[i]!);
  });
  const model: SegmentModel = {
    kind: 'k-means',
    fittedDay: asOfDay,
    keep,
    scaler: { low: [...scaler.low], high: [...scaler.high], mean: [...scaler.mean], deviation: [...scaler.deviation] },
    kMeans: { ...kMeans, centroids: [...kMeans.centroids], sizes: [...kMeans.sizes] },
    ids: matched.ids,
    names: matched.ids.map((id): Text => oldNames.get(id)!),
    nextId: matched.nextId,
    spread: kMeans.inertia / segmentOf.length,
    quality: {
      word: wordFor(chosen.silhouette, chosen.stability),
      chosen: storable(chosen),
      candidates: candidates.map(storable),
    },
    changes: matched.changes,
    members: null,
  };
  return { model, segmentOf, isFrozen: false, changes: matched.changes };
}

/** The middle of a segment (its position in the model's ids), in standard deviations and in days since the last purchase. */
export function centreOf(
  model: { kMeans: Pick<KMeansModel, 'centroids'>; keep: readonly number[]; scaler: WinsorScaler },
  segment: number,
): SegmentCentre {
  const profile = SEGMENT_FEATURES.map((_feature, j) => {
    const column = model.keep.indexOf(j);
    return column < 0 ? 0 : model.kMeans.centroids[segment * model.keep.length + column]!;
  });
  const recency = SEGMENT_FEATURES.indexOf('recency');
  const logDays = model.scaler.mean[recency]! + profile[recency]! * model.scaler.deviation[recency]!;
  return { profile, recencyDays: Math.expm1(logDays) };
}

/** The rows of `values` (n × SEGMENT_FEATURES, row-major) as the model measures them: n × its kept columns. */
export function scaledBy(model: SegmentModel, values: Float64Array): Float64Array {
  return scaleRows(model.scaler, values, SEGMENT_FEATURES.length, model.keep);
}

/** The segment (position in the model's ids) of each row of `values` under a model that is not drawn up again. */
export function segmentsUnder(model: SegmentModel, values: Float64Array): Int32Array {
  return predictKMeans(model.kMeans, scaledBy(model, values));
}

/** The two segments whose middles are nearest to each other. */
export function closestSegments(model: SegmentModel): [string, string] {
  const { merges } = agglomerate(Float64Array.from(model.kMeans.centroids), model.keep.length, 'average');
  const [first, second] = merges[0]!;
  return [model.ids[first]!, model.ids[second]!];
}

function applyModel(model: SegmentModel, values: Float64Array): { segmentOf: Int32Array; spread: number } {
  const p = model.keep.length;
  const scaled = scaledBy(model, values);
  const segmentOf = predictKMeans(model.kMeans, scaled);
  const centroids = Float64Array.from(model.kMeans.centroids);
  let sum = 0;
  for (let i = 0; i < segmentOf.length; i++) sum += squaredDistance(scaled, i * p, centroids, segmentOf[i]! * p, p);
  return { segmentOf, spread: sum / segmentOf.length };
}

function hasDrifted(model: SegmentModel, now: { segmentOf: Int32Array; spread: number }): boolean {
  // Every scaled column has a variance of 1 at the fit.
  if (now.spread - model.spread > DRIFTED_VARIANCE * model.keep.length) return true;
  const fitted = model.kMeans.sizes.reduce((sum, size) => sum + size, 0);
  const members = new Float64Array(model.kMeans.k);
  for (const segment of now.segmentOf) members[segment]! += 1;
  const stability = model.kMeans.sizes.reduce((sum, size, s) => {
    // An empty segment counts as half a customer, or the logarithm has no value.
    const share = Math.max(0.5, members[s]!) / now.segmentOf.length;
    return sum + (share - size / fitted) * Math.log(share / (size / fitted));
  }, 0);
  return stability > DRIFTED_STABILITY;
}

/**
 * Kaufman and Rousseeuw's reading of the mean silhouette (above 0.5 a reasonable structure, below 0.25 none), lowered where
 * another sample would have given other segments.
 */
function wordFor(width: number, stability: number): SegmentQuality['word'] {
  if (width >= 0.5 && stability >= 0.75) return 'clear';
  return width >= 0.25 && stability >= 0.5 ? 'overlapping' : 'weak';
}

function storable(candidate: { k: number; silhouette: number; calinskiHarabasz: number; stability: number }) {
  const { calinskiHarabasz } = candidate;
  return { ...candidate, calinskiHarabasz: Number.isFinite(calinskiHarabasz) ? calinskiHarabasz : null };
}
