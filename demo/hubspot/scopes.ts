import type { CrmObjectType } from '../portal/portal-data.ts';

/** The scopes of which one is needed to touch records of a kind. */
export function objectScopes(type: CrmObjectType, act: 'read' | 'write'): readonly string[] {
  switch (type) {
    case 'tickets':
      return ['tickets'];
    case 'emails':
      return ['sales-email-read'];
    case 'calls':
    case 'meetings':
    case 'tasks':
      // HubSpot guards activities with the contacts' scope.
      return [`crm.objects.contacts.${act}`];
    default:
      return [`crm.objects.${type}.${act}`];
  }
}

/** The scopes of which one is needed to read or change property definitions. */
export function schemaScopes(type: CrmObjectType, act: 'read' | 'write'): readonly string[] {
  if (type === 'companies' || type === 'contacts' || type === 'deals') return [`crm.schemas.${type}.${act}`];
  return objectScopes(type, act);
}

/** Everything that Kith can make use of. */
export const ALL_SCOPES: readonly string[] = [
  ...(['companies', 'contacts', 'deals', 'line_items', 'products', 'feedback_submissions'] as const).map(
    (type) => `crm.objects.${type}.read`,
  ),
  'crm.objects.companies.write',
  'crm.objects.contacts.write',
  'crm.objects.deals.write',
  'crm.objects.owners.read',
  'crm.schemas.companies.read',
  'crm.schemas.companies.write',
  'crm.schemas.contacts.read',
  'crm.schemas.contacts.write',
  'crm.schemas.deals.read',
  'sales-email-read',
  'tickets',
];
