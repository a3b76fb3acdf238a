import type { CrmObjectType } from './portal-data.ts';

/**
 * How a file of the CRM export format maps to a kind of record: the columns that are properties, and the columns that
 * name other records. `others` names a column of further ids, parted by semicolons; `unmarked` one that says `true` when
 * no link of the row is the primary one. Both are additions that a plain reader of the format may ignore.
 */
export interface PortalFile {
  readonly file: string;
  readonly type: CrmObjectType;
  readonly properties: readonly string[];
  readonly links: readonly {
    readonly column: string;
    readonly to: CrmObjectType;
    readonly hasPrimary: boolean;
    readonly others?: string;
    readonly unmarked?: string;
  }[];
}

const TO_CUSTOMERS = [
  { column: 'company_id', to: 'companies', hasPrimary: false },
  { column: 'contact_id', to: 'contacts', hasPrimary: false },
] as const;

export const PORTAL_FILES: readonly PortalFile[] = [
  {
    file: 'companies',
    type: 'companies',
    properties: ['name', 'domain', 'industry', 'country', 'numberofemployees', 'createdate', 'hubspot_owner_id'],
    links: [],
  },
  {
    file: 'contacts',
    type: 'contacts',
    properties: ['email', 'firstname', 'lastname', 'phone', 'country', 'createdate', 'hubspot_owner_id'],
    links: [{ column: 'company_id', to: 'companies', hasPrimary: true }],
  },
  { file: 'products', type: 'products', properties: ['name', 'hs_sku', 'price'], links: [] },
  {
    file: 'deals',
    type: 'deals',
    properties: [
      'dealname',
      'pipeline',
      'dealstage',
      'amount',
      'deal_currency_code',
      'amount_in_home_currency',
      'hs_exchange_rate',
      'createdate',
      'closedate',
      'hubspot_owner_id',
    ],
    links: [
      {
        column: 'company_id',
        to: 'companies',
        hasPrimary: true,
        others: 'other_company_ids',
        unmarked: 'company_unmarked',
      },
      { column: 'contact_id', to: 'contacts', hasPrimary: false },
    ],
  },
  {
    file: 'line_items',
    type: 'line_items',
    properties: ['hs_product_id', 'name', 'quantity', 'price', 'amount'],
    links: [{ column: 'deal_id', to: 'deals', hasPrimary: false }],
  },
  {
    file: 'tickets',
    type: 'tickets',
    properties: [
      'subject',
      'hs_pipeline',
      'hs_pipeline_stage',
      'hs_ticket_priority',
      'createdate',
      'closed_date',
      'satisfaction',
    ],
    links: [{ column: 'company_id', to: 'companies', hasPrimary: true }, TO_CUSTOMERS[1]],
  },
];

/** Columns of the files whose property has another name in the CRM. */
export const RENAMED_COLUMNS: Readonly<Record<string, string>> = { 'tickets.pipeline': 'hs_pipeline' };

/** One file, several kinds of records: each engagement type's own properties, from the file's columns. */
export const ENGAGEMENT_FILE = 'engagements';
export const ENGAGEMENT_PROPERTIES: Readonly<
  Record<string, { type: CrmObjectType; at: string; direction?: string; outcome?: string; score?: string }>
> = {
  call: { type: 'calls', at: 'hs_timestamp', direction: 'hs_call_direction', outcome: 'hs_call_status' },
  meeting: { type: 'meetings', at: 'hs_timestamp', outcome: 'hs_meeting_outcome' },
  email: { type: 'emails', at: 'hs_timestamp', direction: 'hs_email_direction', outcome: 'hs_email_status' },
  feedback: { type: 'feedback_submissions', at: 'hs_submission_timestamp', outcome: 'hs_sentiment', score: 'hs_value' },
};
export const ENGAGEMENT_LINKS: PortalFile['links'] = TO_CUSTOMERS;

/** Properties that hold an instant; the CRM answers them as ISO 8601 with milliseconds. */
export const INSTANT_PROPERTIES: ReadonlySet<string> = new Set([
  'createdate',
  'closedate',
  'closed_date',
  'hs_timestamp',
  'hs_submission_timestamp',
]);
