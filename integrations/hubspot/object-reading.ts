import type { CrmRecords, ObjectType, RejectedRecord } from '../../src/domain/crm.ts';
import { wellFormed } from '../../src/lib/well-formed.ts';
import { firstProblem } from './checked.ts';
import { ENGAGEMENT_OBJECTS, type EngagementObject, engagementOf, engagementProperties } from './engagement-mapping.ts';
import { type ListedType, MAPPINGS, recordOf } from './mapping.ts';
import { UnreadableProperty } from './property-reading.ts';
import { anyIdSchema, type HubspotRecord, recordSchema } from './schemas.ts';

/** How one of HubSpot's objects is read as records of one of Kith's types. */
export interface ObjectReading<T extends ObjectType> {
  readonly type: T;
  /** Its name in HubSpot's paths. */
  readonly object: string;
  readonly properties: readonly string[];
  /** The property that says when a record last changed; searching by another one finds nothing. */
  readonly modifiedProperty: string;
  /** The id under which Kith keeps the record. */
  idOf(id: string): string;
  /** Throws UnreadableProperty. */
  recordOf(raw: HubspotRecord): CrmRecords[T];
}

/** Types whose records are found by when they changed. */
export type ChangingType = ListedType | 'engagements';

export function isChangingType(type: ObjectType): type is ChangingType {
  return type === 'engagements' || type in MAPPINGS;
}

/** `copied`: further properties that the portal wants. */
export function listedReading<T extends ListedType>(type: T, copied: readonly string[] = []): ObjectReading<T> {
  return {
    type,
    object: type,
    properties: [...new Set([...MAPPINGS[type].properties, ...copied])],
    modifiedProperty: type === 'contacts' ? 'lastmodifieddate' : 'hs_lastmodifieddate',
    idOf: (id) => id,
    recordOf: (raw) => ({ ...recordOf(type, raw), extra: extraOf(raw, copied) }),
  };
}

function extraOf(raw: HubspotRecord, copied: readonly string[]): Readonly<Record<string, string>> {
  const entries = copied.map((name) => [name, wellFormed(raw.properties[name] ?? '')] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== ''));
}

export function engagementReading(object: EngagementObject): ObjectReading<'engagements'> {
  return {
    type: 'engagements',
    object,
    properties: engagementProperties(object),
    modifiedProperty: 'hs_lastmodifieddate',
    idOf: (id) => `${object}/${id}`,
    recordOf: (raw) => engagementOf(object, raw),
  };
}

/** HubSpot's objects behind a type: one, or an engagement's four. */
export function readingsOf<T extends ChangingType>(
  type: T,
  copied: readonly string[] = [],
): readonly ObjectReading<T>[] {
  const readings =
    type === 'engagements' ? ENGAGEMENT_OBJECTS.map(engagementReading) : [listedReading(type as ListedType, copied)];
  // They are of the type that was asked for; TypeScript does not narrow a type parameter.
  return readings as unknown as readonly ObjectReading<T>[];
}

/** A raw record with its own id, and the record of it. */
export interface Converted<T extends ObjectType> {
  readonly found: readonly { readonly id: string; readonly record: CrmRecords[T] }[];
  readonly rejected: readonly RejectedRecord[];
}

/** Raw results as records; those that cannot be read are set aside with the reason. */
export function convert<T extends ObjectType>(
  reading: ObjectReading<T>,
  results: readonly unknown[],
  path: string,
): Converted<T> {
  const found: { id: string; record: CrmRecords[T] }[] = [];
  const rejected: RejectedRecord[] = [];
  const reject = (id: string, reason: string) =>
    rejected.push({ objectType: reading.type, recordId: id === '' ? '' : reading.idOf(id), place: path, reason });
  for (const result of results) {
    const raw = recordSchema.safeParse(result);
    if (!raw.success) {
      reject(anyIdSchema.safeParse(result).data?.id ?? '', firstProblem(raw.error));
      continue;
    }
    try {
      found.push({ id: raw.data.id, record: reading.recordOf(raw.data) });
    } catch (error) {
      if (!(error instanceof UnreadableProperty)) {
        throw error;
      }
      reject(raw.data.id, error.message);
    }
  }
  return { found, rejected };
}
