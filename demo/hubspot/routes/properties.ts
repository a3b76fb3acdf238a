import { z } from 'zod';
import type { CrmObjectType } from '../../portal/portal-data.ts';
import { invalid, notFound, Refusal } from '../problems.ts';
import { FIELD_TYPES, PROPERTY_TYPES, type PropertyDefinition, type PropertyGroup } from '../property-catalogue.ts';
import { schemaScopes } from '../scopes.ts';
import { bodyAs, ok, type Route, type ScopeRule, type StandInCall, typeIn, VERSION } from '../stand-in-call.ts';

const BASE = `/crm/properties/${VERSION}/([^/]+)`;
const reads: ScopeRule = ({ parts }) => schemaScopes(typeIn(parts[0]), 'read');
const writes: ScopeRule = ({ parts }) => schemaScopes(typeIn(parts[0]), 'write');

const option = z.object({
  label: z.string().min(1),
  value: z.string().min(1),
  displayOrder: z.number().int(),
  hidden: z.boolean(),
  description: z.string().optional(),
});
const name = z
  .string()
  .regex(/^[a-z][a-z0-9_]*$/, 'a name starts with a letter and holds small letters, digits and underscores');
const newProperty = z.object({
  name,
  label: z.string().min(1),
  type: z.enum(PROPERTY_TYPES),
  fieldType: z.string(),
  groupName: z.string(),
  description: z.string().default(''),
  options: z.array(option).default([]),
  displayOrder: z.number().int().default(-1),
  hasUniqueValue: z.boolean().default(false),
  hidden: z.boolean().default(false),
  formField: z.boolean().default(false),
});
const changedProperty = newProperty.omit({ name: true, hasUniqueValue: true }).partial();
const newGroup = z.object({ name, label: z.string().min(1), displayOrder: z.number().int().default(-1) });
const changedGroup = z.object({ label: z.string().min(1), displayOrder: z.number().int() }).partial();

function catalogueIn(call: StandInCall) {
  return call.crm.object(typeIn(call.parts[0])).catalogue;
}

function propertyAnswer(definition: PropertyDefinition): unknown {
  const { readOnly, createdAt, updatedAt, ...shown } = definition;
  return {
    ...shown,
    ...(createdAt === null ? {} : { createdAt: new Date(createdAt).toISOString() }),
    ...(updatedAt === null ? {} : { updatedAt: new Date(updatedAt).toISOString() }),
    archived: false,
    modificationMetadata: {
      archivable: !definition.hubspotDefined,
      readOnlyDefinition: definition.hubspotDefined,
      readOnlyValue: readOnly,
    },
  };
}

/** What HubSpot checks of a definition beyond its shape. */
function refuseWrongDefinition(
  call: StandInCall,
  definition: Pick<PropertyDefinition, 'type' | 'fieldType' | 'groupName' | 'options'>,
): void {
  const type: CrmObjectType = typeIn(call.parts[0]);
  if (!catalogueIn(call).groups.has(definition.groupName)) {
    throw invalid(`Property group '${definition.groupName}' does not exist for ${type}`, {
      subCategory: 'PropertyGroupError.GROUP_DOES_NOT_EXIST',
    });
  }
  if (!FIELD_TYPES[definition.type].includes(definition.fieldType)) {
    throw invalid(
      `'${definition.fieldType}' is not a field type of '${definition.type}': ${FIELD_TYPES[definition.type].join(', ')}`,
      {
        subCategory: 'PropertyValidationError.INVALID_FIELD_TYPE',
      },
    );
  }
  const isChoice = definition.type === 'enumeration' && definition.fieldType !== 'calculation_equation';
  if (isChoice && definition.options.length === 0) {
    throw invalid('Enumeration properties must have at least one option', {
      subCategory: 'PropertyValidationError.NO_OPTIONS',
    });
  }
  if (definition.type !== 'enumeration' && definition.type !== 'bool' && definition.options.length > 0) {
    throw invalid(`A property of type '${definition.type}' has no options`);
  }
  for (const key of ['value', 'label'] as const) {
    const texts = definition.options.map((one) => one[key]);
    const repeated = texts.find((text, place) => texts.indexOf(text) !== place);
    if (repeated !== undefined) throw invalid(`Property option ${key}s must be unique: '${repeated}' comes twice`);
  }
}

const list: Route = {
  method: 'GET',
  path: new RegExp(`^${BASE}$`),
  pool: 'general',
  scopes: reads,
  run: (call) => ok({ results: [...catalogueIn(call).properties.values()].map(propertyAnswer) }),
};

const create: Route = {
  method: 'POST',
  path: new RegExp(`^${BASE}$`),
  pool: 'general',
  scopes: writes,
  run(call) {
    const asked = bodyAs(newProperty, call.body);
    const { properties } = catalogueIn(call);
    refuseWrongDefinition(call, asked);
    if (properties.has(asked.name)) {
      throw new Refusal(409, 'OBJECT_ALREADY_EXISTS', `A property named '${asked.name}' already exists.`, {
        subCategory: 'Properties.PROPERTY_EXISTS',
      });
    }
    const now = call.crm.now();
    const definition: PropertyDefinition = {
      ...asked,
      options: asked.options.map(({ description: _, ...kept }) => kept),
      hubspotDefined: false,
      calculated: false,
      readOnly: false,
      externalOptions: false,
      createdAt: now,
      updatedAt: now,
    };
    properties.set(definition.name, definition);
    return ok(propertyAnswer(definition), 201);
  },
};

function propertyIn(call: StandInCall): PropertyDefinition {
  const definition = catalogueIn(call).properties.get(call.parts[1]!);
  if (definition === undefined) throw notFound(`The property '${call.parts[1]}' does not exist`);
  return definition;
}

const read: Route = {
  method: 'GET',
  path: new RegExp(`^${BASE}/([^/]+)$`),
  pool: 'general',
  scopes: reads,
  run: (call) => ok(propertyAnswer(propertyIn(call))),
};

const update: Route = {
  method: 'PATCH',
  path: new RegExp(`^${BASE}/([^/]+)$`),
  pool: 'general',
  scopes: writes,
  run(call) {
    const definition = propertyIn(call);
    const asked = bodyAs(changedProperty, call.body);
    if (definition.hubspotDefined)
      throw invalid(`'${definition.name}' is HubSpot's own property; its definition is read-only`);
    const given = Object.fromEntries(Object.entries(asked).filter(([key]) => key in (call.body as object)));
    const changed: PropertyDefinition = { ...definition, ...given, updatedAt: call.crm.now() };
    refuseWrongDefinition(call, changed);
    catalogueIn(call).properties.set(changed.name, changed);
    return ok(propertyAnswer(changed));
  },
};

const remove: Route = {
  method: 'DELETE',
  path: new RegExp(`^${BASE}/([^/]+)$`),
  pool: 'general',
  scopes: writes,
  run(call) {
    const definition = propertyIn(call);
    if (definition.hubspotDefined)
      throw invalid(`'${definition.name}' is HubSpot's own property and cannot be archived`);
    catalogueIn(call).properties.delete(definition.name);
    return { status: 204, json: null };
  },
};

const listGroups: Route = {
  method: 'GET',
  path: new RegExp(`^${BASE}/groups$`),
  pool: 'general',
  scopes: reads,
  run: (call) => ok({ results: [...catalogueIn(call).groups.values()] }),
};

const createGroup: Route = {
  method: 'POST',
  path: new RegExp(`^${BASE}/groups$`),
  pool: 'general',
  scopes: writes,
  run(call) {
    const asked = bodyAs(newGroup, call.body);
    const { groups } = catalogueIn(call);
    if (groups.has(asked.name)) {
      throw new Refusal(409, 'OBJECT_ALREADY_EXISTS', `A property group named '${asked.name}' already exists.`, {
        subCategory: 'PropertyGroupError.GROUP_EXISTS',
      });
    }
    const group: PropertyGroup = { ...asked, archived: false };
    groups.set(group.name, group);
    return ok(group, 201);
  },
};

const updateGroup: Route = {
  method: 'PATCH',
  path: new RegExp(`^${BASE}/groups/([^/]+)$`),
  pool: 'general',
  scopes: writes,
  run(call) {
    const group = catalogueIn(call).groups.get(call.parts[1]!);
    if (group === undefined) throw notFound(`The property group '${call.parts[1]}' does not exist`);
    const asked = bodyAs(changedGroup, call.body);
    const changed: PropertyGroup = {
      ...group,
      label: asked.label ?? group.label,
      displayOrder: asked.displayOrder ?? group.displayOrder,
    };
    catalogueIn(call).groups.set(group.name, changed);
    return ok(changed);
  },
};

export const propertyRoutes: readonly Route[] = [
  listGroups,
  createGroup,
  updateGroup,
  list,
  create,
  read,
  update,
  remove,
];
