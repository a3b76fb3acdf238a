import type { Association, ObjectType, RejectedRecord } from '../../src/domain/crm.ts';
import { batches } from '../../src/lib/batches.ts';
import { checked } from './checked.ts';
import type { Governor } from './governor.ts';
import { inHalves } from './in-halves.ts';
import { ASSOCIATION_INPUTS, paths } from './paths.ts';
import { associationSchema, batchSchema } from './schemas.ts';

/** Primary links that HubSpot defines, for accounts whose labels are not in English. */
const PRIMARY_TYPE_IDS: Readonly<Record<string, number>> = {
  'contacts>companies': 1,
  'deals>companies': 5,
  'tickets>companies': 26,
};

interface AssociationsOf {
  readonly links: readonly Association[];
  readonly rejected: readonly RejectedRecord[];
}

/**
 * Every association of `ids` towards `toType`, following each id's own paging. `object` is the name of `fromType` in
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
  let open: { id: string; after?: string }[] = ids.map((id) => ({ id }));
  while (open.length > 0) {
    const unfinished: { id: string; after?: string }[] = [];
    const run = async (inputs: readonly { id: string; after?: string }[], isShrinkable: boolean) => {
      const bucket = 'associations' as const;
      const request = { method: 'POST', path, body: { inputs }, bucket, isIdempotent: true, isShrinkable } as const;
      const answer = checked(batchSchema, await governor.call(request, signal), path);
      for (const raw of answer.results) {
        const result = checked(associationSchema, raw, path);
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
      // That a record has no association, or is not there any more, is told as an error too.
      for (const error of answer.errors.filter((e) => !isNothingThere(e))) {
        const failed = [...error.context.ids, ...error.context.fromObjectId];
        for (const id of failed.length > 0 ? failed : untold(inputs, answer.results)) {
          reject(id, error.message);
        }
      }
    };
    for (const inputs of batches(open, ASSOCIATION_INPUTS)) {
      await inHalves(inputs, run, ({ id }, reason) => reject(id, reason));
    }
    open = unfinished;
  }
  return { links: [...links.values()], rejected };
}

function isNothingThere(error: { category: string; subCategory?: unknown }): boolean {
  return error.category === 'OBJECT_NOT_FOUND' || /NO_ASSOCIATIONS/.test(String(error.subCategory));
}

/** The inputs of which an answer says nothing: an error that names no id may be any of theirs. */
function untold(inputs: readonly { id: string }[], results: readonly unknown[]): string[] {
  const told = new Set(results.map((result) => associationSchema.safeParse(result).data?.from.id));
  return inputs.flatMap(({ id }) => (told.has(id) ? [] : [id]));
}
