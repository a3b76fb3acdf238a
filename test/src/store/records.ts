import type { Association, Company, Contact, Deal, LineItem, ObjectType } from '../../../src/domain/crm.ts';

const base = { createdAt: Date.UTC(2024, 0, 1), updatedAt: 1000, archived: false, extra: {} };

export function company(id: string, fields: Partial<Company> = {}): Company {
  const named = { name: `Company ${id}`, domain: '', industry: '', country: '', employees: null };
  return { ...base, id, ...named, ownerId: '', parentCompanyId: '', ...fields };
}

export function contact(id: string, fields: Partial<Contact> = {}): Contact {
  return { ...base, id, email: '', firstName: '', lastName: '', phone: '', country: '', ownerId: '', ...fields };
}

export function deal(id: string, fields: Partial<Deal> = {}): Deal {
  const money = { amount: '100.50', currency: 'EUR', homeAmount: null, exchangeRate: null };
  const stage = { pipelineId: 'p', stageId: 's', closedAt: null, ownerId: '', isClosedWon: null };
  return { ...base, id, name: `Deal ${id}`, ...money, ...stage, ...fields };
}

export function lineItem(id: string, fields: Partial<LineItem> = {}): LineItem {
  const thing = { productId: 'p1', name: 'Thing', sku: 'T1', quantity: '2', price: '1.25', amount: '2.50' };
  return {
    ...base,
    id,
    ...thing,
    recurringPeriod: '',
    recurringFrequency: '',
    startsAt: null,
    endsAt: null,
    ...fields,
  };
}

export function link(from: `${ObjectType}:${string}`, to: `${ObjectType}:${string}`, isPrimary = false): Association {
  const [fromType, fromId] = from.split(':') as [ObjectType, string];
  const [toType, toId] = to.split(':') as [ObjectType, string];
  return { fromType, fromId, toType, toId, isPrimary };
}
