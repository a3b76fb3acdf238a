import { z } from 'zod';
import type { LiveObject } from '../live-object.ts';
import { invalid } from '../problems.ts';
import { createdProperty, isNumberText, modifiedProperty } from '../property-catalogue.ts';
import { recordWriter } from '../record-json.ts';
import { objectScopes } from '../scopes.ts';
import { bodyAs, type Route, typeIn, VERSION } from '../stand-in-call.ts';

const LARGEST_PAGE = 200;
/** Search never goes further into its results than this. */
const DEEPEST = 10_000;
const OPERATORS = [
  'EQ',
  'NEQ',
  'LT',
  'LTE',
  'GT',
  'GTE',
  'BETWEEN',
  'IN',
  'NOT_IN',
  'HAS_PROPERTY',
  'NOT_HAS_PROPERTY',
  'CONTAINS_TOKEN',
  'NOT_CONTAINS_TOKEN',
] as const;

const text = z.union([z.string(), z.number()]).transform(String);
const filter = z.object({
  propertyName: z.string(),
  operator: z.enum(OPERATORS),
  value: text.optional(),
  highValue: text.optional(),
  values: z.array(text).optional(),
});
type Filter = z.infer<typeof filter>;
const sort = z.union([
  z.object({ propertyName: z.string(), direction: z.enum(['ASCENDING', 'DESCENDING']).default('ASCENDING') }),
  z.string().transform((name) => ({
    propertyName: name.replace(/^-/, ''),
    direction: name.startsWith('-') ? ('DESCENDING' as const) : ('ASCENDING' as const),
  })),
]);
const body = z.object({
  filterGroups: z
    .array(z.object({ filters: z.array(filter).max(6, 'a group holds 6 filters at most') }))
    .max(5, '5 filter groups are the most')
    .default([]),
  sorts: z.array(sort).max(1, 'one sort is the most').default([]),
  query: z.string().max(3000).optional(),
  properties: z.array(z.string()).default([]),
  limit: z.number().int().min(1).default(10),
  after: text.optional(),
});

type Test = (row: number) => boolean;

const search: Route = {
  method: 'POST',
  path: new RegExp(`^/crm/objects/${VERSION}/([^/]+)/search$`),
  pool: 'search',
  scopes: ({ parts }) => objectScopes(typeIn(parts[0]), 'read'),
  run(call) {
    const type = typeIn(call.parts[0]);
    const asked = bodyAs(body, call.body);
    if (asked.limit > LARGEST_PAGE)
      throw invalid(`Invalid limit ${asked.limit}: the most that one page holds is ${LARGEST_PAGE}`);
    const start = Number(asked.after ?? 0);
    if (!Number.isInteger(start) || start < 0) throw invalid(`Invalid after '${asked.after}'`);
    if (start + asked.limit > DEEPEST) {
      throw invalid(`Search results end at ${DEEPEST}: ${start} + ${asked.limit} lies beyond; narrow the filters`);
    }
    const object = call.crm.object(type);
    const groups = asked.filterGroups.map(({ filters }) => filters.map((one) => testOf(object, one)));
    const words = asked.query === undefined ? null : wordsTest(object, asked.query);
    const newest = call.crm.now() - call.options.searchLagMs;
    const rows: number[] = [];
    for (let row = 0; row < object.rows; row++) {
      if (object.state(row) !== 'live') continue;
      if (call.options.searchLagMs > 0 && object.isTouched(row) && object.updatedAt(row) > newest) continue;
      if (groups.length > 0 && !groups.some((tests) => tests.every((test) => test(row)))) continue;
      if (words === null || words(row)) rows.push(row);
    }
    if (asked.sorts.length > 0) sortRows(object, rows, asked.sorts[0]!);
    const write = recordWriter(call.crm, type, { properties: asked.properties });
    const results = rows.slice(start, start + asked.limit).map((row) => write(row));
    const after = start + asked.limit;
    const paging = after < rows.length ? `,"paging":{"next":{"after":"${after}"}}` : '';
    return { status: 200, json: `{"total":${rows.length},"results":[${results.join(',')}]${paging}}` };
  },
};

/** The value of a property as search compares it: a number for numbers, instants and ids, small letters for texts. */
function comparable(
  object: LiveObject,
  property: string,
): { read: (row: number) => number | string | null; of: (value: string) => number | string } {
  const definition = object.catalogue.properties.get(property);
  const kind = definition?.type ?? 'string';
  if (property === modifiedProperty(object.type)) return { read: (row) => object.updatedAt(row), of: instantOf };
  if (property === createdProperty(object.type)) return { read: (row) => object.createdAt(row), of: instantOf };
  const read = object.reader(property);
  if (read === null) return { read: () => null, of: (value) => value.toLowerCase() };
  if (kind === 'number') {
    return { read: (row) => numberOrNull(read(row)), of: (value) => numberOf(value, property) };
  }
  if (kind === 'datetime' || kind === 'date') {
    return { read: (row) => instantOrNull(read(row)), of: instantOf };
  }
  return { read: (row) => read(row)?.toLowerCase() ?? null, of: (value) => value.toLowerCase() };
}

function numberOrNull(value: string | null): number | null {
  return value === null ? null : Number(value);
}

function instantOrNull(value: string | null): number | null {
  return value === null ? null : instantOf(value);
}

function numberOf(value: string, property: string): number {
  if (!isNumberText(value)) throw invalid(`'${value}' is not a number, and ${property} holds numbers`);
  return Number(value);
}

/** Epoch milliseconds or ISO 8601. */
function instantOf(value: string): number {
  const at = /^-?\d+$/.test(value) ? Number(value) : Date.parse(value);
  if (Number.isNaN(at)) throw invalid(`'${value}' is neither epoch milliseconds nor an ISO 8601 instant`);
  return at;
}

function testOf(object: LiveObject, one: Filter): Test {
  // The wrong modified date is nothing to search by, and HubSpot says so by finding nothing.
  const { read, of } = comparable(object, one.propertyName);
  const given = (key: 'value' | 'highValue'): number | string => {
    const value = one[key];
    if (value === undefined)
      throw invalid(`The operator ${one.operator} needs a ${key} (property ${one.propertyName})`);
    return of(value);
  };
  const list = (): Set<number | string> => {
    if (one.values === undefined || one.values.length === 0) throw invalid(`The operator ${one.operator} needs values`);
    return new Set(one.values.map(of));
  };
  const compared = (test: (found: number | string) => boolean): Test => {
    return (row) => {
      const found = read(row);
      return found !== null && test(found);
    };
  };
  switch (one.operator) {
    case 'EQ': {
      const value = given('value');
      return compared((found) => found === value);
    }
    case 'NEQ': {
      const value = given('value');
      return compared((found) => found !== value);
    }
    case 'LT': {
      const value = given('value');
      return compared((found) => found < value);
    }
    case 'LTE': {
      const value = given('value');
      return compared((found) => found <= value);
    }
    case 'GT': {
      const value = given('value');
      return compared((found) => found > value);
    }
    case 'GTE': {
      const value = given('value');
      return compared((found) => found >= value);
    }
    case 'BETWEEN': {
      const low = given('value');
      const high = given('highValue');
      return compared((found) => found >= low && found <= high);
    }
    case 'IN': {
      const values = list();
      return compared((found) => values.has(found));
    }
    case 'NOT_IN': {
      const values = list();
      return compared((found) => !values.has(found));
    }
    case 'HAS_PROPERTY':
      return (row) => read(row) !== null;
    case 'NOT_HAS_PROPERTY':
      return (row) => read(row) === null;
    case 'CONTAINS_TOKEN': {
      const token = String(given('value'));
      return compared((found) => hasToken(String(found), token));
    }
    case 'NOT_CONTAINS_TOKEN': {
      const token = String(given('value'));
      return compared((found) => !hasToken(String(found), token));
    }
  }
}

/** Whole words, with `*` at an end standing for the rest of one. */
function hasToken(value: string, token: string): boolean {
  const wanted = token.toLowerCase();
  const core = wanted.replace(/^\*|\*$/g, '');
  return value.split(/[^\p{L}\p{N}]+/u).some((word) => {
    if (wanted.startsWith('*') && wanted.endsWith('*')) return word.includes(core);
    if (wanted.startsWith('*')) return word.endsWith(core);
    if (wanted.endsWith('*')) return word.startsWith(core);
    return word === core;
  });
}

function wordsTest(object: LiveObject, query: string): Test {
  const names = ['name', 'domain', 'email', 'firstname', 'lastname', 'dealname', 'subject', 'hs_sku'];
  const readers = names.flatMap((name) => object.reader(name) ?? []);
  const words = query
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  return (row) => {
    const all = readers
      .map((read) => read(row) ?? '')
      .join(' ')
      .toLowerCase();
    return words.every((word) => all.includes(word));
  };
}

function sortRows(object: LiveObject, rows: number[], by: { propertyName: string; direction: string }): void {
  const sign = by.direction === 'DESCENDING' ? -1 : 1;
  if (by.propertyName === 'hs_object_id') {
    // Rows are in the order of ids already.
    if (sign < 0) rows.reverse();
    return;
  }
  const { read } = comparable(object, by.propertyName);
  const keys = new Map(rows.map((row) => [row, read(row)]));
  rows.sort((a, b) => {
    const x = keys.get(a)!;
    const y = keys.get(b)!;
    if (x === y) return a - b;
    if (x === null) return 1;
    if (y === null) return -1;
    return x < y ? -sign : sign;
  });
}

export const searchRoutes: readonly Route[] = [search];
