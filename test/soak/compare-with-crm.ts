import type { LiveCrm } from '../../demo/hubspot/live-crm.ts';
import { isCrmObjectType } from '../../demo/portal/portal-data.ts';
import { ENGAGEMENT_OBJECTS, engagementOf } from '../../integrations/hubspot/engagement-mapping.ts';
import { type ListedType, MAPPINGS, recordOf } from '../../integrations/hubspot/mapping.ts';
import { ASSOCIATION_TYPES, type Contact, type CrmRecords, type ObjectType } from '../../src/domain/crm.ts';
import { recordColumns, recordValues } from '../../src/store/crm-rows.ts';
import type { CrmStore, IdentityStore } from '../../src/store/portal-store.ts';

const TYPES = [...(Object.keys(MAPPINGS) as ListedType[]), 'engagements'] as const; // its keys are all the listed types

/** As much of a portal's store as is compared: it may be in another process. */
export interface ComparedStore {
  query<Row>(sql: string): Promise<Row[]>;
  readonly crm: Pick<CrmStore, 'liveIds' | 'resolve'>;
  readonly identity: Pick<IdentityStore, 'read'>;
}

/** Everything in which the store is not what the CRM is; empty when it is the same. */
export async function differencesFromCrm(crm: LiveCrm, portal: ComparedStore): Promise<string[]> {
  const differences: string[] = [];
  for (const type of TYPES) {
    differences.push(...(await recordDifferences(crm, portal, type)), ...(await aliasDifferences(crm, portal, type)));
  }
  return [...differences, ...(await linkDifferences(crm, portal))];
}

/** The CRM's objects behind a type, and the id that Kith gives one of their records. */
function objectsOf(type: ObjectType): { object: string; idOf: (id: string) => string }[] {
  if (type !== 'engagements') return [{ object: type, idOf: (id) => id }];
  return ENGAGEMENT_OBJECTS.map((object) => ({ object, idOf: (id) => `${object}/${id}` }));
}

/** The live records straight from the stand-in's memory: no page, no search, no lane is between. */
function expectedRecords(crm: LiveCrm, type: (typeof TYPES)[number]): Map<string, CrmRecords[ObjectType]> {
  const records = new Map<string, CrmRecords[ObjectType]>();
  for (const { object, idOf } of objectsOf(type)) {
    if (!isCrmObjectType(object)) continue;
    const live = crm.object(object);
    for (const id of crm.ids(object)) {
      const row = live.rowOf(id);
      const raw = {
        id,
        properties: crm.properties(object, id) ?? {},
        createdAt: new Date(live.createdAt(row)).toISOString(),
        updatedAt: new Date(live.updatedAt(row)).toISOString(),
        archived: false,
      };
      const engagement = ENGAGEMENT_OBJECTS.find((one) => one === object);
      const record = engagement === undefined ? recordOf(type as ListedType, raw) : engagementOf(engagement, raw);
      records.set(idOf(id), record);
    }
  }
  return records;
}

async function recordDifferences(crm: LiveCrm, portal: ComparedStore, type: (typeof TYPES)[number]): Promise<string[]> {
  const expected = expectedRecords(crm, type);
  const rows = await portal.query<Record<string, unknown> & { id: string }>(
    `SELECT * FROM {db:Identifier}.${type} FINAL`,
  );
  const stored = new Map(rows.map((row) => [row.id, row]));
  const differences: string[] = [];
  for (const id of stored.keys()) if (!expected.has(id)) differences.push(`${type} ${id} is in the store alone`);
  const columns = recordColumns(type);
  for (const [id, record] of expected) {
    const row = stored.get(id);
    if (row === undefined) {
      differences.push(`${type} ${id} is in the CRM alone`);
      continue;
    }
    const values = recordValues(type, record as never, 0); // the record is of `type`
    columns.forEach((column, c) => {
      if (column === 'version' || column === 'is_deleted') return;
      if (!isSame(row[column], values[c])) {
        differences.push(`${type} ${id}.${column}: the store has ${text(row[column])}, the CRM ${text(values[c])}`);
      }
    });
  }
  const live = await portal.crm.liveIds(type);
  if (live.join() !== [...expected.keys()].sort().join()) differences.push(`${type}: liveIds are not the live ids`);
  if (type === 'contacts') differences.push(...(await identityDifferences(crm, portal, expected)));
  return differences;
}

async function identityDifferences(
  crm: LiveCrm,
  portal: ComparedStore,
  expected: ReadonlyMap<string, CrmRecords[ObjectType]>,
): Promise<string[]> {
  const differences: string[] = [];
  const identities = await portal.identity.read([...expected.keys()]);
  for (const record of expected.values()) {
    const { id, email, phone, firstName, lastName } = record as Contact; // the records are contacts
    const known = identities.get(id);
    const same =
      known?.email === email && known.phone === phone && known.firstName === firstName && known.lastName === lastName;
    if (!same) differences.push(`contacts ${id}: the identity is not the CRM's`);
  }
  const object = crm.object('contacts');
  const ids = Array.from({ length: object.rows }, (_, row) => object.idAt(row));
  const gone = ids.filter((_, row) => object.state(row) === 'gone');
  for (const id of (await portal.identity.read(gone)).keys()) {
    differences.push(`contacts ${id}: the identity of a record that is gone is still there`);
  }
  return differences;
}

/** Old ids of merged records that the store has ever had lead to the record that lives on. */
async function aliasDifferences(crm: LiveCrm, portal: ComparedStore, type: (typeof TYPES)[number]): Promise<string[]> {
  if (!isCrmObjectType(type)) return [];
  const object = crm.object(type);
  const known = await portal.query<{ id: string }>(`SELECT DISTINCT id FROM {db:Identifier}.${type}`);
  const merged = new Map<string, string>();
  for (const { id } of known) {
    const row = object.rowOf(id);
    if (row >= 0 && object.idAt(row) !== id && object.state(row) === 'live') merged.set(id, object.idAt(row));
  }
  const resolved = await portal.crm.resolve(type, [...merged.keys()]);
  return [...merged].flatMap(([from, to]) =>
    resolved.get(from) === to ? [] : [`${type} ${from} leads to ${resolved.get(from)}, in the CRM to ${to}`],
  );
}

async function linkDifferences(crm: LiveCrm, portal: ComparedStore): Promise<string[]> {
  const expected = new Set<string>();
  for (const [fromType, toType] of ASSOCIATION_TYPES) {
    if (!isCrmObjectType(toType)) continue;
    for (const { object, idOf } of objectsOf(fromType)) {
      if (!isCrmObjectType(object)) continue;
      const to = crm.object(toType);
      for (const id of crm.ids(object)) {
        for (const link of crm.links.of(object, crm.object(object).rowOf(id), toType)) {
          if (to.state(link.row) !== 'live') continue;
          expected.add(`${fromType} ${idOf(id)} > ${toType} ${to.idAt(link.row)}${link.isPrimary ? ' primary' : ''}`);
        }
      }
    }
  }
  const rows = await portal.query<{ link: string }>(
    `SELECT concat(from_type, ' ', from_id, ' > ', to_type, ' ', to_id, if(is_primary, ' primary', '')) AS link
     FROM {db:Identifier}.associations FINAL`,
  );
  const stored = new Set(rows.map(({ link }) => link));
  return [
    ...[...expected].filter((link) => !stored.has(link)).map((link) => `${link}: in the CRM alone`),
    ...[...stored].filter((link) => !expected.has(link)).map((link) => `${link}: in the store alone`),
  ];
}

/** Equal as values: the engine writes decimals with other zeros, and flags as it likes. */
function isSame(stored: unknown, expected: unknown): boolean {
  const [a, b] = [text(stored), text(expected)];
  return a === b || (typeof stored !== 'boolean' && a !== '' && b !== '' && a !== 'null' && Number(a) === Number(b));
}

function text(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
