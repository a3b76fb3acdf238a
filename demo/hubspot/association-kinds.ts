import type { CrmObjectType } from '../portal/portal-data.ts';

/** HubSpot's built-in association types: unlabelled, and primary where there is one. */
export interface AssociationKind {
  readonly typeId: number;
  readonly primaryTypeId: number | null;
}

const KINDS: Readonly<Record<string, AssociationKind>> = {
  'contacts>companies': { typeId: 279, primaryTypeId: 1 },
  'companies>contacts': { typeId: 280, primaryTypeId: 2 },
  'deals>companies': { typeId: 341, primaryTypeId: 5 },
  'companies>deals': { typeId: 342, primaryTypeId: 6 },
  'deals>contacts': { typeId: 3, primaryTypeId: null },
  'contacts>deals': { typeId: 4, primaryTypeId: null },
  'line_items>deals': { typeId: 20, primaryTypeId: null },
  'deals>line_items': { typeId: 19, primaryTypeId: null },
  'tickets>companies': { typeId: 339, primaryTypeId: 26 },
  'companies>tickets': { typeId: 340, primaryTypeId: 25 },
  'tickets>contacts': { typeId: 16, primaryTypeId: null },
  'contacts>tickets': { typeId: 15, primaryTypeId: null },
  'calls>contacts': { typeId: 194, primaryTypeId: null },
  'contacts>calls': { typeId: 193, primaryTypeId: null },
  'calls>companies': { typeId: 182, primaryTypeId: null },
  'companies>calls': { typeId: 181, primaryTypeId: null },
  'emails>contacts': { typeId: 198, primaryTypeId: null },
  'contacts>emails': { typeId: 197, primaryTypeId: null },
  'emails>companies': { typeId: 186, primaryTypeId: null },
  'companies>emails': { typeId: 185, primaryTypeId: null },
  'meetings>contacts': { typeId: 200, primaryTypeId: null },
  'contacts>meetings': { typeId: 199, primaryTypeId: null },
  'meetings>companies': { typeId: 188, primaryTypeId: null },
  'companies>meetings': { typeId: 187, primaryTypeId: null },
  'tasks>contacts': { typeId: 204, primaryTypeId: null },
  'contacts>tasks': { typeId: 203, primaryTypeId: null },
  'tasks>companies': { typeId: 192, primaryTypeId: null },
  'companies>tasks': { typeId: 191, primaryTypeId: null },
  'feedback_submissions>contacts': { typeId: 98, primaryTypeId: null },
  'contacts>feedback_submissions': { typeId: 97, primaryTypeId: null },
  'feedback_submissions>companies': { typeId: 96, primaryTypeId: null },
  'companies>feedback_submissions': { typeId: 95, primaryTypeId: null },
};

export function associationKind(from: CrmObjectType, to: CrmObjectType): AssociationKind | null {
  return KINDS[`${from}>${to}`] ?? null;
}

const SINGULAR: Readonly<Record<CrmObjectType, string>> = {
  companies: 'company',
  contacts: 'contact',
  products: 'product',
  deals: 'deal',
  line_items: 'line_item',
  tickets: 'ticket',
  calls: 'call',
  meetings: 'meeting',
  emails: 'email',
  tasks: 'task',
  feedback_submissions: 'feedback_submission',
};

export function singular(type: CrmObjectType): string {
  return SINGULAR[type];
}

/** HubSpot also takes an object's singular name and its numeric id in a path. */
const TYPE_IDS: Readonly<Record<string, CrmObjectType>> = {
  '0-1': 'contacts',
  '0-2': 'companies',
  '0-3': 'deals',
  '0-5': 'tickets',
  '0-7': 'products',
  '0-8': 'line_items',
  '0-19': 'feedback_submissions',
  '0-27': 'tasks',
  '0-47': 'meetings',
  '0-48': 'calls',
  '0-49': 'emails',
};

export function objectTypeNamed(name: string): CrmObjectType | null {
  if (TYPE_IDS[name] !== undefined) return TYPE_IDS[name];
  for (const [plural, one] of Object.entries(SINGULAR)) {
    if (name === plural || name === one) return plural as CrmObjectType;
  }
  return null;
}

export function typeIdOf(type: CrmObjectType): string {
  return Object.entries(TYPE_IDS).find(([, name]) => name === type)![0];
}

/** What an association type id of an object leads to. */
export function targetTypeOf(from: CrmObjectType, typeId: number): { type: CrmObjectType; isPrimary: boolean } | null {
  for (const [pair, kind] of Object.entries(KINDS)) {
    const [fromName, toName] = pair.split('>');
    if (fromName !== from || (kind.typeId !== typeId && kind.primaryTypeId !== typeId)) continue;
    return { type: toName as CrmObjectType, isPrimary: kind.primaryTypeId === typeId };
  }
  return null;
}
