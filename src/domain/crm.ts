/**
 * CRM records as Kith keeps them. Conventions: an instant is epoch milliseconds (UTC) or null; a text is '' when the CRM
 * has none; an amount is a decimal string ('1234.50', any scale up to 6) or null, never a float; ids are the CRM's own.
 * `extra` holds the properties that the portal's allow-list names beyond the ones here.
 */
export type Instant = number;
export type DecimalText = string;

export interface RecordBase {
  readonly id: string;
  readonly createdAt: Instant | null;
  /** The CRM's own modification instant; 0 where the source has none. */
  readonly updatedAt: Instant;
  readonly archived: boolean;
  readonly extra: Readonly<Record<string, string>>;
}

export interface Owner extends RecordBase {
  readonly email: string;
  readonly firstName: string;
  readonly lastName: string;
}

/** One stage of a deal or ticket pipeline; `id` is `<object>/<pipelineId>/<stageId>`. */
export interface PipelineStage extends RecordBase {
  readonly object: 'deals' | 'tickets';
  readonly pipelineId: string;
  readonly pipelineLabel: string;
  readonly stageId: string;
  readonly stageLabel: string;
  readonly isClosed: boolean;
  /** 0 to 1; null for ticket stages. */
  readonly probability: number | null;
}

export interface Company extends RecordBase {
  readonly name: string;
  readonly domain: string;
  readonly industry: string;
  readonly country: string;
  readonly employees: number | null;
  readonly ownerId: string;
  readonly parentCompanyId: string;
}

/** E-mail, phone and names are identity: the store keeps them encrypted, apart from the rest. */
export interface Contact extends RecordBase {
  readonly email: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly phone: string;
  readonly country: string;
  readonly ownerId: string;
}

export interface Product extends RecordBase {
  readonly name: string;
  readonly sku: string;
  readonly price: DecimalText | null;
}

export interface Deal extends RecordBase {
  readonly name: string;
  readonly pipelineId: string;
  readonly stageId: string;
  /** In `currency`. */
  readonly amount: DecimalText | null;
  /** ISO 4217, '' when the deal has none (then it is in the portal's currency). */
  readonly currency: string;
  /** In the portal's currency, as the CRM converted it. */
  readonly homeAmount: DecimalText | null;
  /** Portal currency per unit of `currency`, as the CRM has it. */
  readonly exchangeRate: DecimalText | null;
  readonly closedAt: Instant | null;
  readonly ownerId: string;
  /** The CRM's own flag; null where the source has none (then the stage decides). */
  readonly isClosedWon: boolean | null;
}

export interface LineItem extends RecordBase {
  readonly productId: string;
  readonly name: string;
  readonly sku: string;
  readonly quantity: DecimalText | null;
  readonly price: DecimalText | null;
  readonly amount: DecimalText | null;
  /** ISO 8601 duration of a recurring item ('P12M'), '' when it does not recur. */
  readonly recurringPeriod: string;
  /** How often it is billed ('monthly', 'annually' …), '' when it does not recur. */
  readonly recurringFrequency: string;
  /** When its billing begins and ends; null when it is billed once, or without an end. */
  readonly startsAt: Instant | null;
  readonly endsAt: Instant | null;
}

export interface Ticket extends RecordBase {
  readonly subject: string;
  readonly pipelineId: string;
  readonly stageId: string;
  readonly priority: string;
  readonly closedAt: Instant | null;
  /** The source's own scale; null when not answered. */
  readonly satisfaction: number | null;
  readonly ownerId: string;
}

export const ENGAGEMENT_TYPES = ['call', 'meeting', 'email', 'page_view', 'feedback'] as const;

export interface Engagement extends RecordBase {
  readonly type: (typeof ENGAGEMENT_TYPES)[number];
  readonly at: Instant;
  readonly direction: string;
  readonly outcome: string;
  readonly score: number | null;
}

/** Every kind of record, by the name of its file, its CRM object and its table. */
export interface CrmRecords {
  owners: Owner;
  pipelines: PipelineStage;
  companies: Company;
  contacts: Contact;
  products: Product;
  deals: Deal;
  line_items: LineItem;
  tickets: Ticket;
  engagements: Engagement;
}
export type ObjectType = keyof CrmRecords;

/** The portal's allow-list: further properties that are copied into a record's `extra`, by the kind of record. */
export type CopiedProperties = { readonly [T in ObjectType]?: readonly string[] };

/** In the order in which a sync reads them: what others refer to comes first. */
export const OBJECT_TYPES: readonly ObjectType[] = [
  'owners',
  'pipelines',
  'companies',
  'contacts',
  'products',
  'deals',
  'line_items',
  'tickets',
  'engagements',
];

/** The associations that Kith copies, from → to. */
export const ASSOCIATION_TYPES = [
  ['contacts', 'companies'],
  ['deals', 'companies'],
  ['deals', 'contacts'],
  ['line_items', 'deals'],
  ['tickets', 'companies'],
  ['tickets', 'contacts'],
  ['engagements', 'companies'],
  ['engagements', 'contacts'],
] as const satisfies readonly (readonly [ObjectType, ObjectType])[];

export interface Association {
  readonly fromType: ObjectType;
  readonly fromId: string;
  readonly toType: ObjectType;
  readonly toId: string;
  readonly isPrimary: boolean;
}

/** The account's own facts, which every reading of its records needs. */
export interface CrmAccount {
  readonly portalId: string;
  /** What a person would call it; a folder's name or the portal id. */
  readonly name: string;
  /** IANA, 'UTC' when the source has none. */
  readonly timeZone: string;
  /** ISO 4217 code of the portal's own currency. */
  readonly currency: string;
  /** Where a record's page is, with `{type}` and `{id}` to fill in; '' when there is none. */
  readonly recordUrl: string;
}

/** A record that could not be read: where it is, why, and what it held (ids only, never a person's data). */
export interface RejectedRecord {
  readonly objectType: ObjectType;
  readonly recordId: string;
  /** `deals.csv:17` or the call's path. */
  readonly place: string;
  readonly reason: string;
}

/** What a customer is in this portal. */
export type CustomerUnit = 'company' | 'contact';
