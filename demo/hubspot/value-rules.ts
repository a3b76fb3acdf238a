import type { CrmObjectType } from '../portal/portal-data.ts';
import type { LiveCrm } from './live-crm.ts';
import type { ValueSource } from './live-object.ts';
import { invalid, type Refusal } from './problems.ts';
import { isNumberText, type PropertyDefinition } from './property-catalogue.ts';

/** The source of every value that comes in over the API. */
export const INTEGRATION: ValueSource = { type: 'INTEGRATION', id: 'stand-in' };

interface WrongValue {
  readonly name: string;
  readonly error: string;
  readonly message: string;
}

/** Throws HubSpot's 400 when a value cannot be stored: all of the records' faults at once. */
export function refuseWrongValues(
  crm: LiveCrm,
  type: CrmObjectType,
  records: readonly { row: number | null; properties: Readonly<Record<string, string>> }[],
): void {
  const wrong = records.flatMap(({ row, properties }) => wrongValues(crm, type, row, properties));
  if (wrong.length > 0) throw wrongValuesRefusal(wrong);
}

export function wrongValuesRefusal(wrong: readonly WrongValue[]): Refusal {
  const said = wrong.map(({ name, error, message }) => ({
    isValid: false,
    message,
    error,
    name,
    localizedErrorMessage: message,
    portalId: 0,
  }));
  return invalid(`Property values were not valid: ${JSON.stringify(said)}`, {
    errors: wrong.map(({ name, error, message }) => ({ message, code: error, context: { propertyName: [name] } })),
  });
}

export function wrongValues(
  crm: LiveCrm,
  type: CrmObjectType,
  row: number | null,
  properties: Readonly<Record<string, string>>,
): WrongValue[] {
  const { catalogue } = crm.object(type);
  return Object.entries(properties).flatMap(([name, value]): WrongValue[] => {
    const definition = catalogue.properties.get(name);
    if (definition === undefined) {
      return [{ name, error: 'PROPERTY_DOESNT_EXIST', message: `Property "${name}" does not exist` }];
    }
    if (definition.readOnly || definition.calculated) {
      return [
        { name, error: 'READ_ONLY_VALUE', message: `"${name}" is a read only property; its value cannot be set` },
      ];
    }
    if (value === '') return [];
    const fault = faultOf(crm, definition, value) ?? duplicateOf(crm, type, row, definition, value);
    return fault === null ? [] : [{ name, ...fault }];
  });
}

function faultOf(
  crm: LiveCrm,
  definition: PropertyDefinition,
  value: string,
): { error: string; message: string } | null {
  switch (definition.type) {
    case 'number':
      return isNumberText(value) ? null : { error: 'INVALID_NUMBER', message: `${value} was not a valid number.` };
    case 'datetime':
      return isInstantText(value)
        ? null
        : {
            error: 'INVALID_DATE',
            message: `${value} was not a valid datetime: give ISO 8601 with a zone, or epoch milliseconds.`,
          };
    case 'date':
      return isDayText(value)
        ? null
        : { error: 'INVALID_DATE', message: `${value} is not at midnight UTC: give YYYY-MM-DD.` };
    case 'bool':
      return value === 'true' || value === 'false'
        ? null
        : { error: 'INVALID_BOOLEAN', message: `${value} was not one of the allowed values: true, false.` };
    case 'enumeration':
      return optionFault(crm, definition, value);
    default:
      return value.length <= 65_536
        ? null
        : {
            error: 'PROPERTY_VALUE_TOO_LONG',
            message: `The value is ${value.length} characters long; 65536 are the most.`,
          };
  }
}

function optionFault(
  crm: LiveCrm,
  definition: PropertyDefinition,
  value: string,
): { error: string; message: string } | null {
  if (definition.name === 'hubspot_owner_id') {
    if (crm.portal.owners.some((owner) => owner.id === value)) return null;
    return { error: 'INVALID_OWNER_ID', message: `Owner "${value}" does not exist.` };
  }
  if (definition.externalOptions) return null;
  const allowed = definition.options.map((option) => option.value);
  const values = definition.fieldType === 'checkbox' ? value.split(';').filter((part) => part !== '') : [value];
  const strange = values.find((part) => !allowed.includes(part));
  if (strange === undefined) return null;
  return {
    error: 'INVALID_OPTION',
    message: `${strange} was not one of the allowed options: [${allowed.slice(0, 30).join(', ')}]`,
  };
}

/** E-mail addresses and other unique values may stand on one record only. */
function duplicateOf(
  crm: LiveCrm,
  type: CrmObjectType,
  own: number | null,
  definition: PropertyDefinition,
  value: string,
): { error: string; message: string } | null {
  if (!definition.hasUniqueValue) return null;
  const object = crm.object(type);
  const read = object.reader(definition.name)!;
  for (let row = 0; row < object.rows; row++) {
    if (row === own || object.state(row) !== 'live') continue;
    if (read(row)?.toLowerCase() !== value.toLowerCase()) continue;
    return {
      error: 'CONFLICTING_UNIQUE_VALUE',
      message: `The record ${object.idAt(row)} already has that value of "${definition.name}"`,
    };
  }
  return null;
}

function isInstantText(value: string): boolean {
  if (/^\d{1,15}$/.test(value)) return true;
  return (
    /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2}))?$/.test(value) &&
    !Number.isNaN(Date.parse(value))
  );
}

function isDayText(value: string): boolean {
  if (/^\d{1,15}$/.test(value)) return Number(value) % 86_400_000 === 0;
  return /^\d{4}-\d{2}-\d{2}$/.test(value) && !Number.isNaN(Date.parse(value));
}
