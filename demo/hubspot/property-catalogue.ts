import type { CrmObjectType, PortalData } from '../portal/portal-data.ts';

export const PROPERTY_TYPES = ['bool', 'date', 'datetime', 'enumeration', 'number', 'phone_number', 'string'] as const;
export type PropertyType = (typeof PROPERTY_TYPES)[number];

/** The field types that each property type may have, as HubSpot checks them. */
export const FIELD_TYPES: Readonly<Record<PropertyType, readonly string[]>> = {
  bool: ['booleancheckbox', 'calculation_equation'],
  date: ['date', 'calculation_equation'],
  datetime: ['date', 'calculation_equation'],
  enumeration: ['booleancheckbox', 'checkbox', 'radio', 'select', 'calculation_equation'],
  number: ['number', 'calculation_equation'],
  phone_number: ['phonenumber'],
  string: ['file', 'html', 'phonenumber', 'text', 'textarea', 'calculation_equation'],
};

export interface PropertyOption {
  label: string;
  value: string;
  displayOrder: number;
  hidden: boolean;
}

export interface PropertyDefinition {
  name: string;
  label: string;
  type: PropertyType;
  fieldType: string;
  groupName: string;
  description: string;
  options: PropertyOption[];
  displayOrder: number;
  hasUniqueValue: boolean;
  hidden: boolean;
  formField: boolean;
  /** Comes with HubSpot; such a property cannot be redefined or removed. */
  hubspotDefined: boolean;
  calculated: boolean;
  readOnly: boolean;
  /** Its options are owners: any id is let through here and checked where it is written. */
  externalOptions: boolean;
  createdAt: number | null;
  updatedAt: number | null;
}

export interface PropertyGroup {
  name: string;
  label: string;
  displayOrder: number;
  archived: boolean;
}

export interface Catalogue {
  readonly groups: Map<string, PropertyGroup>;
  readonly properties: Map<string, PropertyDefinition>;
}

/** The name of the property that holds when a record last changed. */
export function modifiedProperty(type: CrmObjectType): string {
  return type === 'contacts' ? 'lastmodifieddate' : 'hs_lastmodifieddate';
}

export function createdProperty(type: CrmObjectType): string {
  return ['companies', 'contacts', 'deals', 'tickets'].includes(type) ? 'createdate' : 'hs_createdate';
}

const GROUPS: Readonly<Record<CrmObjectType, readonly [string, string]>> = {
  companies: ['companyinformation', 'Company information'],
  contacts: ['contactinformation', 'Contact information'],
  products: ['productinformation', 'Product information'],
  deals: ['dealinformation', 'Deal information'],
  line_items: ['lineiteminformation', 'Line item information'],
  tickets: ['ticketinformation', 'Ticket information'],
  calls: ['call', 'Call'],
  meetings: ['meeting', 'Meeting'],
  emails: ['email', 'Email'],
  tasks: ['task', 'Task'],
  feedback_submissions: ['feedback_submission', 'Feedback submission'],
};

/** `name:type`, with `!` where the value is HubSpot's own (read-only) and `=` where it is calculated as well. */
const STANDARD: Readonly<Record<CrmObjectType, string>> = {
  companies:
    'name:string domain:string industry:enumeration country:string city:string phone:phone_number website:string numberofemployees:number hubspot_owner_id:enumeration lifecyclestage:enumeration description:string hs_parent_company_id:number= hs_merged_object_ids:enumeration= num_associated_deals:number=',
  contacts:
    'email:string firstname:string lastname:string phone:phone_number country:string company:string jobtitle:string hubspot_owner_id:enumeration lifecyclestage:enumeration hs_merged_object_ids:enumeration= associatedcompanyid:number=',
  products: 'name:string hs_sku:string price:number description:string',
  deals:
    'dealname:string pipeline:enumeration dealstage:enumeration amount:number deal_currency_code:enumeration amount_in_home_currency:number= hs_exchange_rate:number= closedate:datetime hubspot_owner_id:enumeration hs_is_closed:bool= hs_is_closed_won:bool= hs_deal_stage_probability:number= hs_merged_object_ids:enumeration= description:string',
  line_items:
    'name:string hs_product_id:number hs_sku:string quantity:number price:number amount:number hs_recurring_billing_period:string recurringbillingfrequency:enumeration hs_recurring_billing_start_date:date hs_recurring_billing_end_date:date=',
  tickets:
    'subject:string content:string hs_pipeline:enumeration hs_pipeline_stage:enumeration hs_ticket_priority:enumeration closed_date:datetime hubspot_owner_id:enumeration hs_merged_object_ids:enumeration=',
  calls:
    'hs_timestamp:datetime hs_call_title:string hs_call_body:string hs_call_direction:enumeration hs_call_status:enumeration hs_call_disposition:enumeration hubspot_owner_id:enumeration',
  meetings:
    'hs_timestamp:datetime hs_meeting_title:string hs_meeting_body:string hs_meeting_outcome:enumeration hubspot_owner_id:enumeration',
  emails:
    'hs_timestamp:datetime hs_email_subject:string hs_email_text:string hs_email_direction:enumeration hs_email_status:enumeration hubspot_owner_id:enumeration',
  tasks:
    'hs_timestamp:datetime hs_task_subject:string hs_task_body:string hs_task_status:enumeration hs_task_priority:enumeration hs_task_type:enumeration hubspot_owner_id:enumeration',
  feedback_submissions:
    'hs_submission_timestamp:datetime! hs_survey_type:enumeration! hs_sentiment:enumeration! hs_value:number! hs_content:string!',
};

const FIXED_OPTIONS: Readonly<Record<string, readonly string[]>> = {
  lifecyclestage: ['subscriber', 'lead', 'marketingqualifiedlead', 'opportunity', 'customer', 'evangelist', 'other'],
  hs_ticket_priority: ['LOW', 'MEDIUM', 'HIGH', 'URGENT'],
  hs_call_direction: ['INBOUND', 'OUTBOUND'],
  hs_call_status: ['BUSY', 'CALLING_CRM_USER', 'CANCELED', 'COMPLETED', 'CONNECTING', 'FAILED', 'NO_ANSWER', 'QUEUED'],
  hs_meeting_outcome: ['SCHEDULED', 'COMPLETED', 'RESCHEDULED', 'NO_SHOW', 'CANCELED'],
  hs_email_direction: ['EMAIL', 'INCOMING_EMAIL', 'FORWARDED_EMAIL'],
  hs_email_status: ['BOUNCED', 'FAILED', 'SCHEDULED', 'SENDING', 'SENT'],
  hs_task_status: ['COMPLETED', 'DEFERRED', 'IN_PROGRESS', 'NOT_STARTED', 'WAITING'],
  hs_task_priority: ['LOW', 'MEDIUM', 'HIGH'],
  hs_task_type: ['CALL', 'EMAIL', 'LINKED_IN', 'MEETING', 'TODO'],
  hs_sentiment: ['positive', 'neutral', 'negative'],
  hs_survey_type: ['CES', 'CSAT', 'CUSTOM', 'NPS'],
  recurringbillingfrequency: [
    'weekly',
    'biweekly',
    'monthly',
    'quarterly',
    'per_six_months',
    'annually',
    'per_two_years',
    'per_three_years',
    'per_four_years',
    'per_five_years',
  ],
};

/** Where the name alone does not read well. */
const LABELS: Readonly<Record<string, string>> = {
  numberofemployees: 'Number of employees',
  hubspot_owner_id: 'Owner',
  createdate: 'Created',
  closedate: 'Close date',
  dealname: 'Deal name',
  dealstage: 'Deal stage',
  firstname: 'First name',
  lastname: 'Last name',
  hs_lastmodifieddate: 'Last modified',
  lastmodifieddate: 'Last modified',
  hs_object_id: 'Record id',
  hs_sku: 'SKU',
};

/**
 * The properties of one object type: HubSpot's own, and whatever else the portal's records carry as the portal's custom
 * ones. Enumerations get the options that the data uses beside HubSpot's.
 */
export function catalogueOf(type: CrmObjectType, portal: PortalData): Catalogue {
  const [groupName, groupLabel] = GROUPS[type];
  const properties = new Map<string, PropertyDefinition>();
  const columns = portal.objects.get(type)?.columns;
  const define = (name: string, kind: PropertyType, change: Partial<PropertyDefinition> = {}): void => {
    properties.set(name, {
      name,
      label:
        LABELS[name] ??
        name
          .replace(/^hs_/, '')
          .replaceAll('_', ' ')
          .replace(/^./, (letter) => letter.toUpperCase()),
      type: kind,
      fieldType: FIELD_TYPES[kind][kind === 'enumeration' ? 3 : kind === 'string' ? 3 : 0]!,
      groupName,
      description: '',
      options: kind === 'enumeration' ? optionsOf(type, name, portal, columns?.get(name) ?? []) : [],
      displayOrder: -1,
      hasUniqueValue: type === 'contacts' && name === 'email',
      hidden: false,
      formField: false,
      hubspotDefined: true,
      calculated: false,
      readOnly: false,
      externalOptions: name === 'hubspot_owner_id' || name === 'hs_merged_object_ids',
      createdAt: null,
      updatedAt: null,
      ...change,
    });
  };
  for (const entry of STANDARD[type].split(' ')) {
    const [name, kind] = entry.replace(/[!=]$/, '').split(':');
    define(name!, kind as PropertyType, { readOnly: /[!=]$/.test(entry), calculated: entry.endsWith('=') });
  }
  define('hs_object_id', 'number', { readOnly: true });
  // A created date can be set on HubSpot's four oldest objects; elsewhere it is the server's.
  define(createdProperty(type), 'datetime', { readOnly: createdProperty(type) === 'hs_createdate' });
  define(modifiedProperty(type), 'datetime', { readOnly: true });
  for (const [name, values] of columns ?? []) {
    if (properties.has(name)) continue;
    const isNumber = values.some((value) => value !== null) && values.every((v) => v === null || isNumberText(v));
    define(name, isNumber ? 'number' : 'string', { hubspotDefined: false });
  }
  return {
    groups: new Map([[groupName, { name: groupName, label: groupLabel, displayOrder: 0, archived: false }]]),
    properties,
  };
}

function optionsOf(
  type: CrmObjectType,
  name: string,
  portal: PortalData,
  values: readonly (string | null)[],
): PropertyOption[] {
  const labels = new Map<string, string>();
  const object = type === 'deals' || type === 'tickets' ? type : null;
  for (const stage of portal.stages) {
    if (stage.object !== object) continue;
    if (name === 'dealstage' || name === 'hs_pipeline_stage') labels.set(stage.stageId, stage.stageLabel);
    if (name === 'pipeline' || name === 'hs_pipeline') labels.set(stage.pipelineId, stage.pipelineLabel);
  }
  if (name === 'deal_currency_code') {
    for (const code of [portal.account.companyCurrency, ...portal.account.currencies.map((c) => c.code)])
      labels.set(code, code);
  }
  if (name === 'hubspot_owner_id') return [];
  for (const value of FIXED_OPTIONS[name] ?? []) labels.set(value, value);
  if (labels.size === 0) for (const value of values) if (value !== null) labels.set(value, value);
  return [...labels].map(([value, label], displayOrder) => ({ value, label, displayOrder, hidden: false }));
}

export function isNumberText(text: string): boolean {
  return /^-?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?$/.test(text.trim());
}
