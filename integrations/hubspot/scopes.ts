import type { ScopeUse } from '../../src/ports/doctor.ts';

/** Every scope that Kith has a use for, by that use; the table of the guide. */
export const SCOPES: Readonly<Record<ScopeUse, readonly string[]>> = {
  sync: [
    'crm.objects.companies.read',
    'crm.objects.contacts.read',
    'crm.objects.deals.read',
    'crm.objects.line_items.read',
    'crm.objects.products.read',
    'crm.objects.owners.read',
    'crm.schemas.deals.read',
    'tickets',
  ],
  'write-back': [
    'crm.schemas.companies.read',
    'crm.schemas.companies.write',
    'crm.objects.companies.write',
    'crm.schemas.contacts.read',
    'crm.schemas.contacts.write',
    'crm.objects.contacts.write',
  ],
  engagements: ['sales-email-read', 'crm.objects.feedback_submissions.read'],
};
