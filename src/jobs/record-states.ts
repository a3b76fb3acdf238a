import { z } from 'zod';
import type { CustomerUnit, ObjectType } from '../domain/crm.ts';
import type { PortalStore } from '../store/portal-store.ts';
import { customersOf, recordHashes } from './touched-customers.ts';

/** What a record was at a moment, and whose scores it was part of; one that was not there has no hash. */
export interface RecordState {
  readonly hash?: string | undefined;
  readonly customers: readonly string[];
}

/** By record id. */
export type RecordStates = ReadonlyMap<string, RecordState>;

export async function recordStates(
  portal: PortalStore,
  type: ObjectType,
  unit: CustomerUnit,
  ids: readonly string[],
): Promise<RecordStates> {
  const hashes = await recordHashes(portal, type, ids);
  const customers = await customersOf(portal, unit, type, ids);
  return new Map(ids.map((id) => [id, { hash: hashes.get(id), customers: customers.get(id) ?? [] }]));
}

/** A cursor, JSON by type and id; an erasure cleans it. */
const BEFORE = 'states-before';
const keptSchema = z.record(
  z.string(),
  z.record(z.string(), z.object({ hash: z.string().optional(), customers: z.array(z.string()) })),
);
type Kept = z.infer<typeof keptSchema>;

/**
 * What records were before they are read again, kept until it is known whom the reading touched: after a stop in between they would
 * look unchanged, and nobody touched.
 */
export async function keepStatesBefore(
  portal: PortalStore,
  type: ObjectType,
  states: RecordStates,
): Promise<RecordStates> {
  const kept = await keptStates(portal);
  const before = new Map<string, RecordState>([...states, ...Object.entries(kept[type] ?? {})]);
  await save(portal, { ...kept, [type]: Object.fromEntries(before) });
  return before;
}

export async function dropStatesBefore(portal: PortalStore, type: ObjectType): Promise<void> {
  const { [type]: _known, ...others } = await keptStates(portal);
  await save(portal, others);
}

async function keptStates(portal: PortalStore): Promise<Kept> {
  const stored = await portal.crm.cursor(BEFORE);
  return stored === null ? {} : (keptSchema.safeParse(JSON.parse(stored)).data ?? {});
}

async function save(portal: PortalStore, kept: { readonly [type: string]: object }): Promise<void> {
  await portal.crm.saveCursor(BEFORE, Object.keys(kept).length === 0 ? null : JSON.stringify(kept));
}
