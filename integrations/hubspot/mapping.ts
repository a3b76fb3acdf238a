import type { CrmRecords, ObjectType } from '../../src/domain/crm.ts';
import { baseOf, instantOrNull, type Reading, reading } from './property-reading.ts';
import type { HubspotRecord } from './schemas.ts';

/** Types that are read through /crm/objects under their own name. */
export type ListedType = Exclude<ObjectType, 'owners' | 'pipelines' | 'engagements'>;

interface Mapping<T extends ObjectType> {
  readonly properties: readonly string[];
  read(values: Reading): Omit<CrmRecords[T], 'id' | 'updatedAt' | 'archived' | 'extra'>;
}

export const MAPPINGS: { readonly [T in ListedType]: Mapping<T> } = {
  companies: {
    properties: [
      'name',
      'domain',
      'industry',
      'country',
      'numberofemployees',
      'createdate',
      'hubspot_owner_id',
      'hs_parent_company_id',
    ],
    read: (values) => ({
      name: values.text('name'),
      domain: values.text('domain'),
      industry: values.text('industry'),
      country: values.text('country'),
      employees: wholeNumber(values.number('numberofemployees')),
      ownerId: values.text('hubspot_owner_id'),
      parentCompanyId: values.text('hs_parent_company_id'),
      createdAt: values.instant('createdate'),
    }),
  },
  contacts: {
    properties: ['email', 'firstname', 'lastname', 'phone', 'country', 'createdate', 'hubspot_owner_id'],
    read: (values) => ({
      email: values.text('email'),
      firstName: values.text('firstname'),
      lastName: values.text('lastname'),
      phone: values.text('phone'),
      country: values.text('country'),
      ownerId: values.text('hubspot_owner_id'),
      createdAt: values.instant('createdate'),
    }),
  },
  products: {
    properties: ['name', 'hs_sku', 'price', 'hs_createdate'],
    read: (values) => ({
      name: values.text('name'),
      sku: values.text('hs_sku'),
      price: values.amount('price'),
      createdAt: values.instant('hs_createdate'),
    }),
  },
  deals: {
    properties: [
      'pipeline',
      'dealstage',
      'amount',
      'amount_in_home_currency',
      'deal_currency_code',
      'hs_exchange_rate',
      'createdate',
      'closedate',
      'hs_is_closed',
      'hs_is_closed_won',
      'hubspot_owner_id',
    ],
    read: (values) => ({
      // Free text, in which people write names; nothing needs it.
      name: '',
      pipelineId: values.text('pipeline'),
      stageId: values.text('dealstage'),
      amount: values.amount('amount'),
      currency: values.text('deal_currency_code').toUpperCase(),
      homeAmount: values.amount('amount_in_home_currency'),
      exchangeRate: values.amount('hs_exchange_rate', 12),
      closedAt: values.instant('closedate'),
      ownerId: values.text('hubspot_owner_id'),
      isClosedWon: values.flag('hs_is_closed_won'),
      createdAt: values.instant('createdate'),
    }),
  },
  line_items: {
    properties: [
      'name',
      'hs_product_id',
      'hs_sku',
      'quantity',
      'price',
      'amount',
      'hs_recurring_billing_period',
      'recurringbillingfrequency',
      'hs_recurring_billing_start_date',
      'hs_recurring_billing_end_date',
      'hs_createdate',
    ],
    read: (values) => ({
      productId: values.text('hs_product_id'),
      name: values.text('name'),
      sku: values.text('hs_sku'),
      quantity: values.amount('quantity'),
      price: values.amount('price'),
      amount: values.amount('amount'),
      recurringPeriod: values.text('hs_recurring_billing_period'),
      recurringFrequency: values.text('recurringbillingfrequency'),
      startsAt: values.instant('hs_recurring_billing_start_date'),
      endsAt: values.instant('hs_recurring_billing_end_date'),
      createdAt: values.instant('hs_createdate'),
    }),
  },
  tickets: {
    properties: [
      'hs_pipeline',
      'hs_pipeline_stage',
      'hs_ticket_priority',
      'createdate',
      'closed_date',
      'satisfaction',
      'hubspot_owner_id',
    ],
    read: (values) => ({
      subject: '',
      pipelineId: values.text('hs_pipeline'),
      stageId: values.text('hs_pipeline_stage'),
      priority: values.text('hs_ticket_priority'),
      closedAt: values.instant('closed_date'),
      satisfaction: values.number('satisfaction'),
      ownerId: values.text('hubspot_owner_id'),
      createdAt: values.instant('createdate'),
    }),
  },
};

/** The record of a listed type. Throws UnreadableProperty. */
export function recordOf<T extends ListedType>(type: T, raw: HubspotRecord): CrmRecords[T] {
  const read = MAPPINGS[type].read(reading(raw.properties));
  const createdAt = read.createdAt ?? instantOrNull(raw.createdAt);
  // A record is its mapping's fields and these; TypeScript cannot see through the mapped type.
  return { ...read, createdAt, ...baseOf(raw) } as unknown as CrmRecords[T];
}

/** What the store's 32 bits hold; a head count beyond them is nonsense and counts as unknown. */
function wholeNumber(value: number | null): number | null {
  return value !== null && value >= 0 && value < 2 ** 32 ? Math.round(value) : null;
}
