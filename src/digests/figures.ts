import { z } from 'zod';

/** One group of customers as a digest compares it with the last edition's. */
export const groupSchema = z.object({ id: z.string(), name: z.string(), customers: z.number(), value: z.number() });
export type Group = z.infer<typeof groupSchema>;

export interface Move {
  readonly group: Group;
  /** Since the last edition; the whole group when it is new. */
  readonly customers: number;
  readonly value: number;
}

/** The groups whose count changed, the most money first; a group that is gone counts as empty. */
export function movesBetween(before: readonly Group[], now: readonly Group[]): Move[] {
  const old = new Map(before.map((group) => [group.id, group]));
  const present = new Set(now.map((group) => group.id));
  const gone = before.filter((group) => !present.has(group.id)).map((group) => ({ ...group, customers: 0, value: 0 }));
  return [...now, ...gone]
    .map((group) => {
      const was = old.get(group.id);
      return { group, customers: group.customers - (was?.customers ?? 0), value: group.value - (was?.value ?? 0) };
    })
    .filter((move) => move.customers !== 0)
    .sort((a, b) => Math.abs(b.value) - Math.abs(a.value) || Math.abs(b.customers) - Math.abs(a.customers));
}
