import type { Association, Instant, ObjectType, RejectedRecord } from '../../src/domain/crm.ts';
import { KithError } from '../../src/lib/errors.ts';
import { groupBy } from '../../src/lib/group-by.ts';
import type { CrmById, CrmChanges, CrmPage } from '../../src/ports/crm.ts';
import { readAssociations } from './associations.ts';
import type { Governor } from './governor.ts';
import { modifiedRecords } from './modified-records.ts';
import { type ChangingType, isChangingType, type ObjectReading, readingsOf } from './object-reading.ts';
import { recordIds } from './record-ids.ts';
import { recordsById } from './records-by-id.ts';

/** `copied`: further properties that the portal wants of a type. */
export function createHubspotChanges(
  governor: Governor,
  types: readonly ObjectType[],
  copied: (type: ObjectType) => readonly string[],
): CrmChanges {
  const changing = types.filter(isChangingType);
  return {
    types: changing,
    // Each is of the type that was asked for; TypeScript does not narrow a type parameter.
    modified: <T extends ObjectType>(
      type: T,
      window: { from: Instant; to: Instant },
      options: { afterId?: string; signal?: AbortSignal } = {},
    ) =>
      modifiedOf(
        governor,
        readingsOf(changingType(type), copied(type)),
        window,
        options.afterId ?? null,
        options.signal,
      ) as AsyncIterable<CrmPage<never>> as AsyncIterable<CrmPage<T>>,
    byId: async <T extends ObjectType>(type: T, ids: readonly string[], signal?: AbortSignal) =>
      (await byIdOf(
        governor,
        changingType(type),
        readingsOf(changingType(type), copied(type)),
        ids,
        signal,
      )) as CrmById<never> as CrmById<T>,
    ids: (type, state, signal) => recordIds(governor, changingType(type), state, signal),
    async associations(fromType, toType, ids, signal) {
      const links: Association[] = [];
      const rejected: RejectedRecord[] = [];
      for (const { reading, rawIds } of cutIds(readingsOf(changingType(fromType)), ids).known) {
        const answer = await readAssociations(governor, reading, toType, rawIds, signal);
        rejected.push(...answer.rejected);
        links.push(...answer.links);
      }
      // What is not known must not look like "has none", nor like all there is.
      const isUnknown = new Set(rejected.map(({ recordId }) => recordId));
      return { links: isUnknown.size === 0 ? links : links.filter(({ fromId }) => !isUnknown.has(fromId)), rejected };
    },
  };
}

function changingType(type: ObjectType): ChangingType {
  if (!isChangingType(type)) {
    throw new KithError('crm-answer', {
      en: `HubSpot keeps no modification instants of ${type}; read them as a whole`,
      zh: `HubSpot 不保存 ${type} 的修改时间；请整体读取`,
    });
  }
  return type;
}

/** One object after the other. An id to go on after names its object, so the ones before it are done. */
async function* modifiedOf<T extends ChangingType>(
  governor: Governor,
  readings: readonly ObjectReading<T>[],
  window: { from: Instant; to: Instant },
  afterId: string | null,
  signal: AbortSignal | undefined,
): AsyncGenerator<CrmPage<T>> {
  const [start] = afterId === null ? [] : cutIds(readings, [afterId]).known;
  const first = start === undefined ? 0 : readings.findIndex(({ object }) => object === start.reading.object);
  for (const [index, reading] of readings.entries()) {
    if (index < first) {
      continue;
    }
    const isLastObject = index === readings.length - 1;
    let position = index === first ? (start?.rawIds[0] ?? null) : null;
    for await (const page of modifiedRecords(governor, reading, window, position, signal)) {
      if (page.next !== null || isLastObject) {
        yield page;
        continue;
      }
      // The object's last page, with others to come: one goes on after its highest id.
      position = page.records.map(({ id }) => rawIdOf(reading, id)).reduce(higher, position);
      if (page.records.length + page.rejected.length > 0) {
        yield { ...page, next: reading.idOf(position ?? '0') };
      }
    }
  }
}

async function byIdOf<T extends ChangingType>(
  governor: Governor,
  type: T,
  readings: readonly ObjectReading<T>[],
  ids: readonly string[],
  signal: AbortSignal | undefined,
): Promise<CrmById<T>> {
  const { known, unknown } = cutIds(readings, ids);
  const parts: CrmById<T>[] = [];
  for (const { reading, rawIds } of known) {
    parts.push(await recordsById(governor, reading, rawIds, signal));
  }
  const refused = unknown.map((recordId) => ({
    objectType: type,
    recordId,
    place: 'hubspot',
    reason: `"${recordId}" is no id of a ${type} record at HubSpot`,
  }));
  return {
    records: parts.flatMap((part) => part.records),
    associations: parts.flatMap((part) => part.associations),
    rejected: [...parts.flatMap((part) => part.rejected), ...refused],
    merged: parts.flatMap((part) => part.merged),
    missing: parts.flatMap((part) => part.missing),
  };
}

/** Kith's ids by the object of HubSpot that they belong to, as HubSpot has them. */
function cutIds<T extends ChangingType>(
  readings: readonly ObjectReading<T>[],
  ids: readonly string[],
): { known: { reading: ObjectReading<T>; rawIds: string[] }[]; unknown: string[] } {
  const readingOf = (id: string) => readings.find((reading) => id === reading.idOf(rawIdOf(reading, id))) ?? null;
  const groups = groupBy(ids, readingOf);
  return {
    known: [...groups].flatMap(([reading, group]) =>
      reading === null ? [] : [{ reading, rawIds: group.map((id) => rawIdOf(reading, id)) }],
    ),
    unknown: groups.get(null) ?? [],
  };
}

/** What stands behind the object's name, where the type's ids have it. */
function rawIdOf(reading: ObjectReading<ChangingType>, id: string): string {
  return id.slice(reading.idOf('').length);
}

function higher(a: string | null, b: string): string {
  return a === null || Number(b) > Number(a) ? b : a;
}
