import type { z } from 'zod';
import type { Association, ObjectType, RejectedRecord } from '../../src/domain/crm.ts';
import { batches } from '../../src/lib/batches.ts';
import { KithError } from '../../src/lib/errors.ts';
import { checked, firstProblem } from './checked.ts';
import type { Governor } from './governor.ts';
import { inHalves } from './in-halves.ts';
import { ASSOCIATION_INPUTS, paths } from './paths.ts';
import { anyFromSchema, associationSchema, batchSchema } from './schemas.ts';

/** Primary links that HubSpot defines, for accounts whose labels are not in English. */
const PRIMARY_TYPE_IDS: Readonly<Record<string, number>> = {
  'contacts>companies': 1,
  'deals>companies': 5,
  'tickets>companies': 26,
};

/** Single records whose answers are wholly unreadable: more of them are no matter of records any more. */
const MOST_UNREADABLE = 20;

interface AssociationsOf {
  readonly links: readonly Association[];
  readonly rejected: readonly RejectedRecord[];
}

/**
 * Every association of `ids` towards `toType`, following each id's own paging. An id of which HubSpot gives no readable answer
 * is rejected, and the others are read on. `object` is the name of `fromType` in
 * HubSpot's paths, and `idOf` the id under which Kith keeps the record.
 */
export async function readAssociations(
  governor: Governor,
  from: { type: ObjectType; object: string; idOf: (id: string) => string },
  toType: ObjectType,
  ids: readonly string[],
  signal?: AbortSignal,
): Promise<AssociationsOf> {
  const links = new Map<string, Association>();
  const rejected: RejectedRecord[] = [];
  const path = paths.associations(from.object, toType);
  const isPrimary = (type: { typeId: number; label?: string | null | undefined }) =>
    type.label?.toLowerCase() === 'primary' || type.typeId === PRIMARY_TYPE_IDS[`${from.object}>${toType}`];
  const reject = (id: string, reason: string) =>
    rejected.push({
      objectType: from.type,
      recordId: from.idOf(id),
      place: path,
      reason: `associations: ${reason}`,
    });
  let unreadable = 0;
  let open: { id: string; after?: string }[] = ids.map((id) => ({ id }));
  while (open.length > 0) {
    const unfinished: { id: string; after?: string }[] = [];
    const run = async (inputs: readonly { id: string; after?: string }[], isShrinkable: boolean) => {
      const bucket = 'associations' as const;
      const request = { method: 'POST', path, body: { inputs }, bucket, isIdempotent: true, isShrinkable } as const;
      const answer = checked(batchSchema, await governor.call(request, signal), path);
      let anonymous: string | null = null;
      for (const raw of answer.results) {
        const { data: result, error } = associationSchema.safeParse(raw);
        if (result === undefined) {
          const reason = `HubSpot's answer is not as its API describes: ${firstProblem(error)}`;
          const id = anyFromSchema.safeParse(raw).data?.from.id;
          if (id === undefined) anonymous = reason;
          else reject(id, reason);
          continue;
        }
        for (const { toObjectId, associationTypes } of result.to) {
          const fromId = from.idOf(result.from.id);
          // One link may be listed once per label, and over two pages: it is primary when any of its types is.
          const key = `${fromId}\n${toObjectId}`;
          const wasPrimary = links.get(key)?.isPrimary ?? false;
          links.set(key, {
            fromType: from.type,
            fromId,
            toType,
            toId: toObjectId,
            isPrimary: wasPrimary || associationTypes.some(isPrimary),
          });
        }
        const after = result.paging?.next?.after;
        if (after !== undefined) {
          unfinished.push({ id: result.from.id, after });
        }
      }
      // An answer that does not say whose it is may be that of any input without one.
      if (anonymous !== null) {
        for (const id of untold(inputs, answer)) reject(id, anonymous);
      }
      // That a record has no association, or is not there any more, is told as an error too.
      for (const error of answer.errors.filter((e) => !isNothingThere(e))) {
        const failed = [...error.context.ids, ...error.context.fromObjectId];
        for (const id of failed.length > 0 ? failed : untold(inputs, answer)) {
          reject(id, error.message);
        }
      }
    };
    for (const inputs of batches(open, ASSOCIATION_INPUTS)) {
      const onRefused = ({ id }: { id: string }, reason: string, error: unknown) => {
        if (isUnreadable(error) && ++unreadable > MOST_UNREADABLE) throw error;
        reject(id, reason);
      };
      await inHalves(inputs, run, onRefused, isUnreadable);
    }
    open = unfinished;
  }
  return { links: [...links.values()], rejected };
}

function isUnreadable(error: unknown): boolean {
  return error instanceof KithError && error.code === 'crm-answer';
}

function isNothingThere(error: { category: string; subCategory?: unknown }): boolean {
  return error.category === 'OBJECT_NOT_FOUND' || /NO_ASSOCIATIONS/.test(String(error.subCategory));
}

/** The inputs of which an answer says nothing: an error that names no id may be any of theirs. */
function untold(inputs: readonly { id: string }[], { results, errors }: z.output<typeof batchSchema>): string[] {
  const named = errors.flatMap(({ context }) => [...context.ids, ...context.fromObjectId]);
  const told = new Set([...named, ...results.map((result) => anyFromSchema.safeParse(result).data?.from.id)]);
  return inputs.flatMap(({ id }) => (told.has(id) ? [] : [id]));
}
