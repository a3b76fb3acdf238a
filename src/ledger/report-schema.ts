import { z } from 'zod';
import { LANGUAGES } from '../lib/text.ts';

/** Checks a report that comes back from the outbox; the same shape as report/report.ts, which a test holds against it. */
const formatSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('count') }),
  z.object({ kind: z.literal('percent') }),
  z.object({ kind: z.literal('days') }),
  z.object({ kind: z.literal('times') }),
  z.object({ kind: z.literal('money'), currency: z.string() }),
]);

const chartBase = {
  title: z.string(),
  subtitle: z.string().exactOptional(),
  alt: z.string(),
  format: formatSchema,
  xTitle: z.string().exactOptional(),
  yTitle: z.string().exactOptional(),
};

const chartSchema = z.discriminatedUnion('kind', [
  z.object({
    ...chartBase,
    kind: z.enum(['bar', 'horizontal-bar', 'line', 'area', 'pie']),
    labels: z.array(z.string()).readonly(),
    series: z.array(z.object({ name: z.string(), values: z.array(z.number().nullable()).readonly() })).readonly(),
  }),
  z.object({
    ...chartBase,
    kind: z.literal('heatmap'),
    columns: z.array(z.string()).readonly(),
    rows: z.array(z.string()).readonly(),
    values: z.array(z.array(z.number().nullable()).readonly()).readonly(),
  }),
  z.object({
    ...chartBase,
    kind: z.literal('scatter'),
    yScale: z.literal('log').exactOptional(),
    groups: z
      .array(
        z.object({
          name: z.string(),
          points: z.array(z.object({ x: z.number(), y: z.number(), label: z.string().exactOptional() })).readonly(),
        }),
      )
      .readonly(),
  }),
  z.object({
    ...chartBase,
    kind: z.literal('fan'),
    labels: z.array(z.string()).readonly(),
    series: z.array(z.object({ name: z.string(), values: z.array(z.number().nullable()).readonly() })).readonly(),
    bands: z
      .array(
        z.object({
          name: z.string(),
          low: z.array(z.number().nullable()).readonly(),
          high: z.array(z.number().nullable()).readonly(),
        }),
      )
      .readonly(),
    marks: z.array(z.number()).readonly(),
  }),
  z.object({
    ...chartBase,
    kind: z.literal('waterfall'),
    from: z.object({ name: z.string(), value: z.number() }),
    steps: z.array(z.object({ name: z.string(), change: z.number() })).readonly(),
    to: z.object({ name: z.string(), value: z.number() }),
  }),
  z.object({
    ...chartBase,
    kind: z.literal('calibration'),
    points: z
      .array(
        z.object({
          name: z.string(),
          predicted: z.number(),
          observed: z.number(),
          low: z.number(),
          high: z.number(),
          count: z.number(),
        }),
      )
      .readonly(),
    countTitle: z.string(),
  }),
  z.object({
    ...chartBase,
    kind: z.literal('flow'),
    fromTitle: z.string(),
    toTitle: z.string(),
    valueTitle: z.string(),
    noteTitle: z.string(),
    arrows: z.array(z.object({ from: z.string(), to: z.string(), value: z.number(), note: z.string() })).readonly(),
  }),
  z.object({
    ...chartBase,
    kind: z.literal('progress'),
    steps: z.array(z.object({ name: z.string(), from: z.number() })).readonly(),
    rows: z.array(z.object({ name: z.string(), value: z.number(), note: z.string() })).readonly(),
    noteTitle: z.string(),
  }),
  z.object({
    ...chartBase,
    kind: z.literal('part-bar'),
    labels: z.array(z.string()).readonly(),
    part: z.object({ name: z.string(), values: z.array(z.number().nullable()).readonly() }),
    whole: z.object({ name: z.string(), values: z.array(z.number().nullable()).readonly() }),
  }),
]);

const actionSchema = z.object({
  action: z.string(),
  label: z.string(),
  value: z.string(),
  style: z.enum(['primary', 'danger']).exactOptional(),
  confirm: z.object({ title: z.string(), text: z.string(), yes: z.string(), no: z.string() }).exactOptional(),
});

const partSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('text'), text: z.string() }),
  z.object({ kind: z.literal('heading'), text: z.string() }),
  z.object({
    kind: z.literal('facts'),
    facts: z.array(z.object({ label: z.string(), value: z.string() })).readonly(),
  }),
  z.object({
    kind: z.literal('table'),
    title: z.string(),
    columns: z.array(z.object({ label: z.string(), align: z.enum(['left', 'right']) })).readonly(),
    rows: z.array(z.array(z.string()).readonly()).readonly(),
  }),
  z.object({ kind: z.literal('chart'), chart: chartSchema }),
  z.object({
    kind: z.literal('item'),
    title: z.string(),
    text: z.string(),
    owner: z.object({ id: z.string(), name: z.string(), email: z.string(), mention: z.boolean() }).exactOptional(),
    link: z.string().exactOptional(),
    actions: z.array(actionSchema).readonly().exactOptional(),
    finding: z.string().exactOptional(),
  }),
]);

export const reportSchema = z.object({
  language: z.enum(LANGUAGES),
  headline: z.string(),
  parts: z.array(partSchema).readonly(),
  trust: z.string(),
  actions: z.array(actionSchema).readonly().exactOptional(),
});

/** Several reports to be read away from the screen; the same shape as report/document.ts. */
export const documentSchema = z.object({
  title: z.string(),
  subtitle: z.string(),
  language: z.enum(LANGUAGES),
  sections: z.array(z.object({ heading: z.string(), report: reportSchema })).readonly(),
});

/** A Report as the ledger knows it: report/ is not below it, so it has the shape and not the name. */
export type StoredReport = Readonly<z.infer<typeof reportSchema>>;
export type StoredDocument = Readonly<z.infer<typeof documentSchema>>;
