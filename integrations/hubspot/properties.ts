import type { z } from 'zod';
import { KithError } from '../../src/lib/errors.ts';
import type { PropertyDefinition, PropertyDrift } from '../../src/ports/crm.ts';
import { checked } from './checked.ts';
import { type Governor, isRefusal } from './governor.ts';
import { paths } from './paths.ts';
import { listSchema, namedSchema, propertySchema } from './schemas.ts';

const GROUP = { name: 'kith', label: 'Kith' } as const;
const PREFIX = 'kith_';
/** HubSpot's field type for each of ours. */
const FIELD_TYPES = { string: 'text', number: 'number', datetime: 'date', enumeration: 'select' } as const;

/**
 * Makes sure that the record type has Kith's property group and these properties. Options that one of them lacks are added,
 * nothing is taken away; a property of the same name and another type stops the write-back with a clear error.
 */
export async function prepareProperties(
  governor: Governor,
  type: 'companies' | 'contacts',
  properties: readonly PropertyDefinition[],
): Promise<void> {
  const foreign = properties.find(({ name }) => !name.startsWith(PREFIX));
  if (foreign !== undefined) {
    throw new KithError('write-back-refused', {
      en: `Kith writes only properties of its own; "${foreign.name}" does not start with ${PREFIX}`,
      zh: `Kith 只写入自己的属性；“${foreign.name}”不以 ${PREFIX} 开头`,
    });
  }
  const groups = await list(governor, paths.propertyGroups(type));
  if (!groups.some((group) => namedSchema.safeParse(group).data?.name === GROUP.name)) {
    await create(governor, paths.propertyGroups(type), { ...GROUP, displayOrder: -1 });
  }
  const existing = await definitions(governor, type);
  for (const property of properties) {
    const found = existing.get(property.name);
    if (found === undefined) {
      await create(governor, paths.properties(type), bodyOf(property));
    } else {
      if (found.type !== property.type) throw otherType(type, property, found);
      await completeOptions(governor, type, property, found);
    }
  }
}

/** What somebody changed of these properties' definitions. Only reads. */
export async function propertyDrift(
  governor: Governor,
  type: 'companies' | 'contacts',
  properties: readonly PropertyDefinition[],
): Promise<readonly PropertyDrift[]> {
  return driftOf(await definitions(governor, type), properties);
}

/** How properties that exist differ from Kith's definitions of them. */
export function driftOf(
  existing: ReadonlyMap<string, Definition>,
  properties: readonly PropertyDefinition[],
): readonly PropertyDrift[] {
  return properties.flatMap((property): PropertyDrift[] => {
    const found = existing.get(property.name);
    if (found === undefined) return [];
    if (found.type !== property.type) return [{ property: property.name, kind: 'type', found: found.type }];
    const missing = missingOptions(property, found).map(({ value }) => value);
    return missing.length === 0 ? [] : [{ property: property.name, kind: 'options', found: missing.join(', ') }];
  });
}

type Definition = z.infer<typeof propertySchema>;

async function definitions(governor: Governor, type: string): Promise<ReadonlyMap<string, Definition>> {
  return definitionsIn(await list(governor, paths.properties(type)));
}

export function definitionsIn(results: readonly unknown[]): ReadonlyMap<string, Definition> {
  return new Map(
    results.flatMap((raw) => {
      const property = propertySchema.safeParse(raw).data;
      return property === undefined ? [] : [[property.name, property] as const];
    }),
  );
}

function missingOptions(property: PropertyDefinition, found: Definition) {
  if (property.type !== 'enumeration') return [];
  return (property.options ?? []).filter(({ value }) => !found.options.some((option) => option.value === value));
}

function otherType(type: string, property: PropertyDefinition, found: Definition): KithError {
  return new KithError('write-back-refused', {
    en: `The ${type} property ${property.name} is of type ${found.type} in HubSpot, not ${property.type}; rename or remove it there, and Kith makes its own`,
    zh: `HubSpot 中 ${type} 的属性 ${property.name} 类型为 ${found.type}，而不是 ${property.type}；请在那里改名或删除它，Kith 会自行创建`,
  });
}

/** Adds the options that Kith's own property lacks; the portal's own stay, in their order. */
async function completeOptions(
  governor: Governor,
  type: string,
  property: PropertyDefinition,
  found: Definition,
): Promise<void> {
  const missing = missingOptions(property, found);
  if (missing.length === 0) return;
  const labels = new Set(found.options.map(({ label }) => label));
  const added = missing.map(({ value, label }, place) => ({
    value,
    // Two options of one label would be refused.
    label: labels.has(label) ? `${label} (Kith)` : label,
    displayOrder: found.options.length + place,
    hidden: false,
  }));
  const body = { options: [...found.options, ...added] };
  const path = paths.property(type, property.name);
  await governor.call({ method: 'PATCH', path, body, bucket: 'general', isIdempotent: true });
}

function bodyOf(property: PropertyDefinition): object {
  return {
    name: property.name,
    label: property.label,
    description: property.description,
    type: property.type,
    fieldType: FIELD_TYPES[property.type],
    groupName: GROUP.name,
    formField: false,
    ...(property.options === undefined
      ? {}
      : {
          options: property.options.map(({ value, label }, displayOrder) => ({
            value,
            label,
            displayOrder,
            hidden: false,
          })),
        }),
  };
}

async function list(governor: Governor, path: string): Promise<readonly unknown[]> {
  const answer = await governor.call({ method: 'GET', path, bucket: 'general', isIdempotent: true });
  return checked(listSchema, answer, path).results;
}

/** Creating what is there already is answered with 409, so that a repeated creation is no different from one. */
async function create(governor: Governor, path: string, body: object): Promise<void> {
  try {
    await governor.call({ method: 'POST', path, body, bucket: 'general', isIdempotent: true });
  } catch (error) {
    if (!isRefusal(error, 409)) {
      throw error;
    }
  }
}
