import { z } from 'zod';
import type { CrmObjectType } from '../../portal/portal-data.ts';
import { targetTypeOf } from '../association-kinds.ts';
import { invalid } from '../problems.ts';
import { recordWriter } from '../record-json.ts';
import { objectScopes } from '../scopes.ts';
import {
  bodyAs,
  flagIn,
  limitIn,
  namesIn,
  type Route,
  recordNotFound,
  type ScopeRule,
  type StandInCall,
  typeIn,
  VERSION,
} from '../stand-in-call.ts';
import { INTEGRATION, refuseWrongValues } from '../value-rules.ts';

const BASE = `/crm/objects/${VERSION}/([^/]+)`;
const reads: ScopeRule = ({ parts }) => objectScopes(typeIn(parts[0]), 'read');
const writes: ScopeRule = ({ parts }) => objectScopes(typeIn(parts[0]), 'write');

const newRecord = z.object({
  properties: z.record(z.string(), z.string()),
  associations: z
    .array(
      z.object({
        to: z.object({ id: z.coerce.string() }),
        types: z.array(z.object({ associationCategory: z.string(), associationTypeId: z.number() })).min(1),
      }),
    )
    .optional(),
});
const changedRecord = z.object({ properties: z.record(z.string(), z.string()) });

const list: Route = {
  method: 'GET',
  path: new RegExp(`^${BASE}$`),
  pool: 'general',
  scopes: reads,
  run(call) {
    const type = typeIn(call.parts[0]);
    const withHistory = namesIn(call.query, 'propertiesWithHistory');
    const limit = limitIn(call.query, 10, withHistory.length > 0 ? 50 : 100);
    const after = call.query.get('after');
    if (after !== null && !/^\d+$/.test(after))
      throw invalid(`Invalid after '${after}': hand back what the page before gave`);
    const wanted = flagIn(call.query, 'archived') ? 'archived' : 'live';
    const object = call.crm.object(type);
    const write = recordWriter(call.crm, type, { ...shapeOf(call), withHistory });
    const records: string[] = [];
    // `after` is the id of the next record, so a page starts with it.
    let row = after === null ? 0 : object.rowFrom(after);
    for (; row < object.rows && records.length < limit; row++) {
      if (object.state(row) === wanted) records.push(write(row));
    }
    while (row < object.rows && object.state(row) !== wanted) row++;
    const paging = row < object.rows ? `,"paging":{"next":${nextPage(call, object.idAt(row))}}` : '';
    return { status: 200, json: `{"results":[${records.join(',')}]${paging}}` };
  },
};

function nextPage(call: StandInCall, after: string): string {
  const query = new URLSearchParams(call.query);
  query.set('after', after);
  return JSON.stringify({ after, link: `https://api.hubapi.com${call.path}?${query}` });
}

function shapeOf(call: StandInCall): { properties: string[]; associations?: CrmObjectType[] } {
  const associations = namesIn(call.query, 'associations').map((name) => typeIn(name));
  return {
    properties: namesIn(call.query, 'properties'),
    ...(associations.length > 0 ? { associations } : {}),
  };
}

const read: Route = {
  method: 'GET',
  path: new RegExp(`^${BASE}/([^/]+)$`),
  pool: 'general',
  scopes: reads,
  run(call) {
    const type = typeIn(call.parts[0]);
    const object = call.crm.object(type);
    const row = rowNamed(call, type, call.parts[1]!);
    const wanted = flagIn(call.query, 'archived') ? 'archived' : 'live';
    if (row < 0 || object.state(row) !== wanted) throw recordNotFound(type, call.parts[1]!);
    const shape = { ...shapeOf(call), withHistory: namesIn(call.query, 'propertiesWithHistory') };
    return { status: 200, json: recordWriter(call.crm, type, shape)(row) };
  },
};

/** The row of a record by its id, or by the value of the unique property that `idProperty` names. */
export function rowNamed(
  call: Pick<StandInCall, 'crm' | 'query'>,
  type: CrmObjectType,
  name: string,
  idProperty?: string,
): number {
  const object = call.crm.object(type);
  const property = idProperty ?? call.query.get('idProperty') ?? 'hs_object_id';
  if (property === 'hs_object_id') return object.rowOf(name);
  const definition = object.catalogue.properties.get(property);
  if (!definition?.hasUniqueValue) {
    throw invalid(`Property '${property}' is not a unique property of ${type}`, {
      subCategory: 'crm.objects.NOT_UNIQUE_PROPERTY',
    });
  }
  const readValue = object.reader(property)!;
  for (let row = 0; row < object.rows; row++) {
    if (object.state(row) === 'live' && readValue(row)?.toLowerCase() === name.toLowerCase()) return row;
  }
  return -1;
}

const create: Route = {
  method: 'POST',
  path: new RegExp(`^${BASE}$`),
  pool: 'general',
  scopes: writes,
  run(call) {
    const type = typeIn(call.parts[0]);
    const body = bodyAs(newRecord, call.body);
    refuseWrongValues(call.crm, type, [{ row: null, properties: body.properties }]);
    // A record that cannot be associated as asked is not made.
    const targets = (body.associations ?? []).map(({ to, types }) =>
      associationTarget(call, type, types[0]!.associationTypeId, to.id),
    );
    const object = call.crm.object(type);
    const row = object.create({}, call.crm.now(), INTEGRATION);
    call.crm.write(type, row, body.properties, INTEGRATION);
    for (const target of targets) call.crm.links.link(type, row, target.type, target.row, target.isPrimary);
    return { status: 201, json: recordWriter(call.crm, type, { properties: Object.keys(body.properties) })(row) };
  },
};

function associationTarget(call: StandInCall, from: CrmObjectType, typeId: number, id: string) {
  const found = targetTypeOf(from, typeId);
  if (found === null) throw invalid(`No association type ${typeId} goes from ${from}`);
  const row = call.crm.object(found.type).rowOf(id);
  if (row < 0) throw recordNotFound(found.type, id);
  return { ...found, row };
}

const update: Route = {
  method: 'PATCH',
  path: new RegExp(`^${BASE}/([^/]+)$`),
  pool: 'general',
  scopes: writes,
  run(call) {
    const type = typeIn(call.parts[0]);
    const object = call.crm.object(type);
    const row = rowNamed(call, type, call.parts[1]!);
    if (row < 0 || object.state(row) !== 'live') throw recordNotFound(type, call.parts[1]!);
    const { properties } = bodyAs(changedRecord, call.body);
    refuseWrongValues(call.crm, type, [{ row, properties }]);
    call.crm.write(type, row, properties, INTEGRATION);
    return { status: 200, json: recordWriter(call.crm, type, { properties: Object.keys(properties) })(row) };
  },
};

const archive: Route = {
  method: 'DELETE',
  path: new RegExp(`^${BASE}/([^/]+)$`),
  pool: 'general',
  scopes: writes,
  run(call) {
    const type = typeIn(call.parts[0]);
    const row = rowNamed(call, type, call.parts[1]!);
    // Archiving what is already gone is no error.
    if (row >= 0 && call.crm.object(type).state(row) === 'live') call.crm.object(type).archive(row, call.crm.now());
    return { status: 204, json: null };
  },
};

const mergeBody = z.object({ primaryObjectId: z.coerce.string(), objectIdToMerge: z.coerce.string() });

const merge: Route = {
  method: 'POST',
  path: new RegExp(`^/crm/objects/${VERSION}/(contacts|companies|deals|tickets)/merge$`),
  pool: 'general',
  scopes: writes,
  run(call) {
    const type = typeIn(call.parts[0]);
    const { primaryObjectId, objectIdToMerge } = bodyAs(mergeBody, call.body);
    const object = call.crm.object(type);
    for (const id of [primaryObjectId, objectIdToMerge]) {
      const row = object.rowOf(id);
      if (row < 0 || object.state(row) !== 'live') throw recordNotFound(type, id);
    }
    if (object.rowOf(primaryObjectId) === object.rowOf(objectIdToMerge))
      throw invalid('A record cannot be merged with itself');
    const id = call.crm.merge(type, primaryObjectId, objectIdToMerge, call.options.mergeKeepsPrimary);
    return {
      status: 200,
      json: recordWriter(call.crm, type, { properties: ['hs_merged_object_ids'] })(object.rowOf(id)),
    };
  },
};

const forgetBody = z.object({ objectId: z.coerce.string(), idProperty: z.string().optional() });

const forget: Route = {
  method: 'POST',
  path: new RegExp(`^/crm/objects/${VERSION}/(contacts)/gdpr-delete$`),
  pool: 'general',
  scopes: writes,
  run(call) {
    const { objectId, idProperty } = bodyAs(forgetBody, call.body);
    const row = rowNamed(call, 'contacts', objectId, idProperty);
    if (row < 0) throw recordNotFound('contacts', objectId);
    call.crm.purge('contacts', call.crm.object('contacts').idAt(row));
    return { status: 204, json: null };
  },
};

export const objectRoutes: readonly Route[] = [merge, forget, list, read, create, update, archive];
