import {
  ASSOCIATION_TYPES,
  type Association,
  type CrmRecords,
  type ObjectType,
  type RejectedRecord,
} from '../../src/domain/crm.ts';
import { readAssociations } from './associations.ts';
import type { Governor } from './governor.ts';
import type { Converted, ObjectReading } from './object-reading.ts';

interface LinkedRecords<T extends ObjectType> {
  readonly records: readonly CrmRecords[T][];
  readonly associations: readonly Association[];
  readonly rejected: readonly RejectedRecord[];
}

/** Records with all their associations; one whose associations cannot be read is set aside as a whole. */
export async function withAssociations<T extends ObjectType>(
  governor: Governor,
  reading: ObjectReading<T>,
  converted: Converted<T>,
  signal?: AbortSignal,
): Promise<LinkedRecords<T>> {
  // HubSpot tells the associations of live records only.
  const ids = converted.found.filter(({ record }) => !record.archived).map(({ id }) => id);
  const targets = ASSOCIATION_TYPES.filter(([from]) => from === reading.type).map(([, to]) => to);
  const answers = await Promise.all(targets.map((to) => readAssociations(governor, reading, to, ids, signal)));
  const unlinked = answers.flatMap((answer) => answer.rejected);
  const isSetAside = new Set(unlinked.map(({ recordId }) => recordId));
  const records = converted.found.map(({ record }) => record);
  const links = answers.flatMap((answer) => answer.links);
  return {
    records: isSetAside.size === 0 ? records : records.filter(({ id }) => !isSetAside.has(id)),
    associations: isSetAside.size === 0 ? links : links.filter(({ fromId }) => !isSetAside.has(fromId)),
    rejected: [...converted.rejected, ...unlinked],
  };
}
