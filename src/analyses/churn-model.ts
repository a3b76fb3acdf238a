import { z } from 'zod';

/** From simple to complex: the order in which they challenge the incumbent. */
export const ENTRANTS = [
  'base-rate',
  'overdue-ratio',
  'mbg-nbd',
  'ridge-logistic',
  'textbook-logistic',
  'decision-tree',
  'random-forest',
  'gradient-boosting',
  'linear-svm',
  'neural-net',
] as const;
export type EntrantName = (typeof ENTRANTS)[number];

const name = z.enum(ENTRANTS);
const numbers = z.array(z.number()).readonly();

/** Log-odds = intercept + Σ coefficient × column of the design. */
const linearModel = z.strictObject({
  kind: z.literal('linear'),
  name,
  /** Positions among the design's columns. */
  columns: numbers,
  intercept: z.number(),
  coefficients: numbers,
  /** (columns + 1)², row-major, of intercept and coefficients; null where the method gives none. */
  covariance: numbers.nullable(),
  /** The ridge's chosen λ; null for the others. */
  penalty: z.number().nullable(),
});
export type LinearModel = z.infer<typeof linearModel>;

/** Log-odds = offset + scale × Σ of the trees' values. */
const treeModel = z.strictObject({
  kind: z.literal('trees'),
  name,
  columns: numbers,
  trees: z.array(
    z.strictObject({
      feature: numbers,
      threshold: numbers,
      left: numbers,
      right: numbers,
      missingLeft: z.array(z.boolean()).readonly(),
      value: numbers,
      cover: numbers,
    }),
  ),
  offset: z.number(),
  scale: z.number(),
});
export type TreeModel = z.infer<typeof treeModel>;

/** Log-odds = offset + slope × the log-odds of no purchase in H by the recipe's MBG/NBD. */
const buyerModel = z.strictObject({
  kind: z.literal('buyers'),
  name,
  offset: z.number(),
  slope: z.number(),
  /** 2 × 2, of offset and slope. */
  covariance: numbers,
});
export type BuyerModel = z.infer<typeof buyerModel>;

/** Every kind whose score splits into exact shares; only such a model becomes champion. */
export const churnModelSchema = z.discriminatedUnion('kind', [linearModel, treeModel, buyerModel]);
export type ChurnModel = z.infer<typeof churnModelSchema>;

/** What a run keeps of its champion, and what a later one needs to score with it. */
export const championSchema = z.object({
  model: churnModelSchema,
  recipe: z.object({
    medians: numbers,
    lows: numbers,
    highs: numbers,
    columns: z.array(z.object({ raw: z.number(), isFlag: z.boolean(), mean: z.number(), sd: z.number() })).readonly(),
    buyers: z
      .object({
        r: z.number(),
        alpha: z.number(),
        a: z.number(),
        b: z.number(),
        logLikelihood: z.number(),
        converged: z.literal(true),
        starts: z.number(),
      })
      .nullable(),
    horizonDays: z.number(),
  }),
  /** Of the eligible customers of the run: mean of each column of the design, median of each raw one (null without any). */
  centre: numbers,
  norms: z.array(z.number().nullable()),
  portfolioMedianGap: z.number(),
  horizonDays: z.number(),
  /** The raw columns' names, in order. */
  columns: z.array(z.string()),
});
export type Champion = z.infer<typeof championSchema>;
