import type { CrmObjectType } from '../../portal/portal-data.ts';
import type { LiveCrm } from '../live-crm.ts';
import type { PropertyDefinition } from '../property-catalogue.ts';

export function typeLabel(type: CrmObjectType): string {
  const text = type.replaceAll('_', ' ');
  return text[0]!.toUpperCase() + text.slice(1);
}

/** An instant as people read it: `2026-03-09 14:05 UTC`. */
export function instantText(at: number, upTo: 'day' | 'minute' | 'second'): string {
  const iso = new Date(at).toISOString();
  if (upTo === 'day') return iso.slice(0, 10);
  return `${iso.slice(0, 10)} ${iso.slice(11, upTo === 'minute' ? 16 : 19)} UTC`;
}

/** A value as the CRM shows it: an option by its label, an owner by name, an instant without its T and Z. */
export function valueText(crm: LiveCrm, definition: PropertyDefinition, value: string): string {
  if (definition.name === 'hubspot_owner_id') {
    const owner = crm.portal.owners.find(({ id }) => id === value);
    return owner === undefined ? value : `${owner.firstName} ${owner.lastName} (${value})`;
  }
  if (definition.type === 'datetime') {
    const at = /^\d{1,15}$/.test(value) ? Number(value) : Date.parse(value);
    return Number.isNaN(at) ? value : instantText(at, 'minute');
  }
  return definition.options.find((option) => option.value === value)?.label ?? value;
}
