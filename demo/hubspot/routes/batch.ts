import { z } from 'zod';
import type { CrmObjectType } from '../../portal/portal-data.ts';
import { singular } from '../association-kinds.ts';
import { invalid } from '../problems.ts';
import { recordWriter } from '../record-json.ts';
import { objectScopes } from '../scopes.ts';
import {
  bodyAs,
  flagIn,
  type Route,
  type RouteAnswer,
  type ScopeRule,
  type StandInCall,
  typeIn,
  VERSION,
} from '../stand-in-call.ts';
import { INTEGRATION, refuseWrongValues, wrongValues } from '../value-rules.ts';
import { rowNamed } from './objects.ts';

const MOST = 100;
const path = (verb: string): RegExp => new RegExp(`^/crm/objects/${VERSION}/([^/]+)/batch/${verb}$`);
const reads: ScopeRule = ({ parts }) => objectScopes(typeIn(parts[0]), 'read');
const writes: ScopeRule = ({ parts }) => objectScopes(typeIn(parts[0]), 'write');

const id = z.union([z.string(), z.number()]).transform(String);
const values = z.record(z.string(), z.string());

interface BatchError {
  readonly status: 'error';
  readonly category: string;
  readonly message: string;
  readonly context: Readonly<Record<string, readonly string[]>>;
}

/** The answer to a batch: what was done, and what was not beside it. */
export function batchAnswer(
  call: StandInCall,
  results: readonly string[],
  errors: readonly unknown[],
  status = 200,
): RouteAnswer {
  const at = new Date(call.crm.now()).toISOString();
  const failed = errors.length === 0 ? '' : `,"numErrors":${errors.length},"errors":${JSON.stringify(errors)}`;
  return {
    status: errors.length === 0 ? status : call.options.partialStatus,
    json: `{"status":"COMPLETE","results":[${results.join(',')}]${failed},"startedAt":"${at}","completedAt":"${at}"}`,
  };
}

/** One error names all the ids that were not found, as HubSpot's does. */
function notFoundErrors(type: CrmObjectType, ids: readonly string[]): BatchError[] {
  if (ids.length === 0) return [];
  const message = `Could not get some ${singular(type).toUpperCase()} objects, they may be deleted or not exist. Check that ids are valid.`;
  return [{ status: 'error', category: 'OBJECT_NOT_FOUND', message, context: { ids } }];
}

function refuseTooMany(inputs: readonly unknown[]): void {
  if (inputs.length === 0) throw invalid('The batch holds no inputs');
  if (inputs.length > MOST) throw invalid(`The batch holds ${inputs.length} inputs; the most is ${MOST}`);
}

function refuseRepeated(ids: readonly string[]): void {
  const repeated = ids.filter((one, place) => ids.indexOf(one) !== place);
  if (repeated.length > 0)
    throw invalid(`Duplicate IDs found in batch input: [${[...new Set(repeated)].join(', ')}]. IDs must be unique`);
}

const readBody = z.object({
  inputs: z.array(z.object({ id })),
  properties: z.array(z.string()).default([]),
  propertiesWithHistory: z.array(z.string()).default([]),
  idProperty: z.string().optional(),
});

const read: Route = {
  method: 'POST',
  path: path('read'),
  pool: 'general',
  scopes: reads,
  run(call) {
    const type = typeIn(call.parts[0]);
    const body = bodyAs(readBody, call.body);
    refuseTooMany(body.inputs);
    if (body.propertiesWithHistory.length > 0 && body.inputs.length > 50) {
      throw invalid(`The batch holds ${body.inputs.length} inputs; with property history the most is 50`);
    }
    const wanted = flagIn(call.query, 'archived') ? 'archived' : 'live';
    const object = call.crm.object(type);
    const write = recordWriter(call.crm, type, {
      properties: body.properties,
      withHistory: body.propertiesWithHistory,
    });
    const missing: string[] = [];
    const rows = new Set<number>();
    for (const input of body.inputs) {
      const row = rowNamed(call, type, input.id, body.idProperty);
      if (row < 0 || object.state(row) !== wanted) missing.push(input.id);
      else rows.add(row);
    }
    // The order of the answer is the CRM's, not the caller's.
    const results = [...rows].sort((a, b) => a - b).map((row) => write(row));
    return batchAnswer(call, results, notFoundErrors(type, missing));
  },
};

const updateBody = z.object({
  inputs: z.array(
    z.object({ id, properties: values, objectWriteTraceId: z.string().optional(), idProperty: z.string().optional() }),
  ),
});

const update: Route = {
  method: 'POST',
  path: path('update'),
  pool: 'general',
  scopes: writes,
  run(call) {
    const type = typeIn(call.parts[0]);
    const { inputs } = bodyAs(updateBody, call.body);
    refuseTooMany(inputs);
    refuseRepeated(inputs.map((input) => input.id));
    const object = call.crm.object(type);
    const found = inputs.map((input) => ({ ...input, row: rowNamed(call, type, input.id, input.idProperty) }));
    const live = found.filter(({ row }) => row >= 0 && object.state(row) === 'live');
    const missing = found.filter((input) => !live.includes(input)).map((input) => input.id);
    // With a trace id on every input each is judged alone; without, one wrong value refuses them all.
    const isTraced = inputs.every((input) => input.objectWriteTraceId !== undefined);
    if (!isTraced) refuseWrongValues(call.crm, type, live);
    const errors: BatchError[] = notFoundErrors(type, missing);
    const results: string[] = [];
    for (const { row, properties, objectWriteTraceId } of live) {
      const wrong = isTraced ? wrongValues(call.crm, type, row, properties) : [];
      if (wrong.length > 0) {
        errors.push({
          status: 'error',
          category: 'VALIDATION_ERROR',
          message: wrong.map((one) => `${one.error}: ${one.message}`).join('; '),
          context: { objectWriteTraceId: [objectWriteTraceId!], ids: [object.idAt(row)] },
        });
        continue;
      }
      call.crm.write(type, row, properties, INTEGRATION);
      results.push(recordWriter(call.crm, type, { properties: Object.keys(properties) })(row));
    }
    return batchAnswer(call, results, errors);
  },
};

const createBody = z.object({ inputs: z.array(z.object({ properties: values })) });

const create: Route = {
  method: 'POST',
  path: path('create'),
  pool: 'general',
  scopes: writes,
  run(call) {
    const type = typeIn(call.parts[0]);
    const { inputs } = bodyAs(createBody, call.body);
    refuseTooMany(inputs);
    refuseWrongValues(
      call.crm,
      type,
      inputs.map(({ properties }) => ({ row: null, properties })),
    );
    const results = inputs.map(({ properties }) => {
      const row = call.crm.object(type).create({}, call.crm.now(), INTEGRATION);
      call.crm.write(type, row, properties, INTEGRATION);
      return recordWriter(call.crm, type, { properties: Object.keys(properties) })(row);
    });
    return batchAnswer(call, results, [], 201);
  },
};

const upsertBody = z.object({
  inputs: z.array(z.object({ id, idProperty: z.string(), properties: values })),
});

const upsert: Route = {
  method: 'POST',
  path: path('upsert'),
  pool: 'general',
  scopes: writes,
  run(call) {
    const type = typeIn(call.parts[0]);
    const { inputs } = bodyAs(upsertBody, call.body);
    refuseTooMany(inputs);
    refuseRepeated(inputs.map((input) => input.id));
    const object = call.crm.object(type);
    const found = inputs.map((input) => {
      const row = rowNamed(call, type, input.id, input.idProperty);
      // The unique value that named the record is part of what is written.
      const properties =
        input.idProperty === 'hs_object_id' ? input.properties : { [input.idProperty]: input.id, ...input.properties };
      return { row: row >= 0 && object.state(row) === 'live' ? row : null, properties };
    });
    refuseWrongValues(call.crm, type, found);
    const results = found.map(({ row: known, properties }) => {
      const row = known ?? object.create({}, call.crm.now(), INTEGRATION);
      call.crm.write(type, row, properties, INTEGRATION);
      const json = recordWriter(call.crm, type, { properties: Object.keys(properties) })(row);
      return `${json.slice(0, -1)},"new":${known === null}}`;
    });
    return batchAnswer(call, results, []);
  },
};

const archiveBody = z.object({ inputs: z.array(z.object({ id })) });

const archive: Route = {
  method: 'POST',
  path: path('archive'),
  pool: 'general',
  scopes: writes,
  run(call) {
    const type = typeIn(call.parts[0]);
    const { inputs } = bodyAs(archiveBody, call.body);
    refuseTooMany(inputs);
    const object = call.crm.object(type);
    for (const input of inputs) {
      const row = object.rowOf(input.id);
      if (row >= 0 && object.state(row) === 'live') object.archive(row, call.crm.now());
    }
    return { status: 204, json: null };
  },
};

export const batchRoutes: readonly Route[] = [read, update, create, upsert, archive];
