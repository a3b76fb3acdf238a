import { KithError } from '../../src/lib/errors.ts';
import type { PropertyDefinition } from '../../src/ports/crm.ts';
import { checked } from './checked.ts';
import { type Governor, isRefusal } from './governor.ts';
import { paths } from './paths.ts';
import { listSchema, namedSchema, propertySchema } from './schemas.ts';

const GROUP = { name: 'kith', label: 'Kith' } as const;
const PREFIX = 'kith_';
/** HubSpot's field type for each of ours. */
const FIELD_TYPES = { string: 'text', number: 'number', datetime: 'date', enumeration: 'select' } as const;

/**
 * Makes sure that the record type has Kith's property group and these properties. What is there is checked, never changed:
 * a property of the same name and another type stops the write-back with a clear error.
 */
export async function prepareProperties(
  governor: Governor,
  type: 'companies' | 'contacts',
  properties: readonly PropertyDefinition[],
): Promise<void> {
  const foreign = properties.find(({ name }) => !name.startsWith(PREFIX));
  if (foreign !== undefined) {
    throw new KithError(
      'write-back-refused',
      `Kith writes only properties of its own; "${foreign.name}" does not start with ${PREFIX}`,
    );
  }
  const groups = await list(governor, paths.propertyGroups(type));
  if (!groups.some((group) => namedSchema.safeParse(group).data?.name === GROUP.name)) {
    await create(governor, paths.propertyGroups(type), { ...GROUP, displayOrder: -1 });
  }
  const existing = new Map(
    (await list(governor, paths.properties(type))).flatMap((raw) => {
      const property = propertySchema.safeParse(raw).data;
      return property === undefined ? [] : [[property.name, property] as const];
    }),
  );
  for (const property of properties) {
    const found = existing.get(property.name);
    if (found === undefined) {
      await create(governor, paths.properties(type), bodyOf(property));
    } else {
      checkDrift(type, property, found);
    }
  }
}

function checkDrift(
  type: string,
  property: PropertyDefinition,
  found: { type: string; options: readonly { value: string }[] },
): void {
  if (found.type !== property.type) {
    throw new KithError(
      'write-back-refused',
      `The ${type} property ${property.name} is of type ${found.type} in HubSpot, not ${property.type}; rename or remove it there, and Kith makes its own`,
    );
  }
  const missing = (property.options ?? []).filter(
    ({ value }) => !found.options.some((option) => option.value === value),
  );
  if (property.type === 'enumeration' && missing.length > 0) {
    throw new KithError(
      'write-back-refused',
      `The ${type} property ${property.name} lacks the options ${missing.map(({ value }) => value).join(', ')} in HubSpot; add them there`,
    );
  }
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
