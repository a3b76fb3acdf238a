import { z } from 'zod';

/** HubSpot's answers, as far as Kith reads them. What else they hold is ignored. */

const idSchema = z.union([z.string().min(1), z.number().transform(String)]);
const pagingSchema = z.object({ next: z.object({ after: idSchema }).optional() }).nullish();

/** One CRM record; its properties are texts or null. */
export const recordSchema = z.object({
  id: idSchema,
  properties: z.record(z.string(), z.string().nullable()),
  createdAt: z.string().optional(),
  updatedAt: z.string().optional(),
  archived: z.boolean().optional(),
});
export type HubspotRecord = z.infer<typeof recordSchema>;

/** A page whose records are checked one by one, so that a bad one does not spoil the others. */
export const listSchema = z.object({ results: z.array(z.unknown()), paging: pagingSchema });

/** All that is wanted of a record that cannot be read otherwise. */
export const anyIdSchema = z.object({ id: idSchema });

/** A record of a list that is read for its ids. */
export const listedIdSchema = z.object({ id: idSchema, updatedAt: z.string().nullish().catch(null) });

/** Whose associations an answer tells, where it cannot be read otherwise. */
export const anyFromSchema = z.object({ from: anyIdSchema });

export const searchSchema = z.object({
  total: z.number().optional().catch(undefined),
  results: z.array(z.unknown()),
  paging: pagingSchema,
});

export const ownerSchema = z.object({
  id: idSchema,
  email: z.string().nullish(),
  firstName: z.string().nullish(),
  lastName: z.string().nullish(),
  archived: z.boolean().optional(),
  createdAt: z.string().optional(),
  updatedAt: z.string().optional(),
});

const textOrFlag = z.union([z.string(), z.boolean().transform(String), z.number().transform(String)]);
export const pipelineSchema = z.object({
  id: idSchema,
  label: z.string(),
  archived: z.boolean().optional(),
  stages: z.array(
    z.object({
      id: idSchema,
      label: z.string(),
      archived: z.boolean().optional(),
      metadata: z.record(z.string(), textOrFlag.nullish()).default({}),
      createdAt: z.string().optional(),
      updatedAt: z.string().optional(),
    }),
  ),
});

const batchErrorSchema = z.object({
  message: z.string().catch('no reason given'),
  subCategory: z.unknown().optional(),
  category: z.string().catch(''),
  context: z
    .object({ ids: z.array(z.string()).catch([]), fromObjectId: z.array(z.string()).catch([]) })
    .catch({ ids: [], fromObjectId: [] }),
});

/** What a batch call answers, whether with 200 or 207: the body decides what went wrong. */
export const batchSchema = z.object({
  results: z.array(z.unknown()).default([]),
  numErrors: z.number().optional(),
  errors: z.array(batchErrorSchema).default([]),
});

export const associationSchema = z.object({
  from: z.object({ id: idSchema }),
  to: z.array(
    z.object({
      toObjectId: idSchema,
      associationTypes: z.array(z.object({ typeId: z.number(), label: z.string().nullish() })).default([]),
    }),
  ),
  paging: pagingSchema,
});

export const accountSchema = z.object({
  portalId: z.number(),
  timeZone: z.string(),
  companyCurrency: z.string(),
  uiDomain: z.string().default('app.hubspot.com'),
});

/** The calls of the day, one entry a limit. */
export const usageSchema = z.object({
  results: z.array(z.object({ usageLimit: z.number().positive(), currentUsage: z.number().nonnegative() })),
});

export const namedSchema = z.object({ name: z.string() });

/** An option is handed back whole when others are added to it. */
const optionSchema = z.looseObject({ value: z.string(), label: z.string().catch('') });
export const propertySchema = z.object({
  name: z.string(),
  type: z.string(),
  options: z.array(optionSchema).default([]),
});

/** Every version of some properties of a record, the newest first. */
export const historySchema = z.object({
  id: idSchema,
  propertiesWithHistory: z
    .record(
      z.string(),
      z.array(z.object({ sourceType: z.string().nullish(), sourceId: z.union([z.string(), z.number()]).nullish() })),
    )
    .default({}),
});
