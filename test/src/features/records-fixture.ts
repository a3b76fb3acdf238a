import type { Association, Company, CrmRecords, Deal, PipelineStage } from '../../../src/domain/crm.ts';

const base = { createdAt: 0, updatedAt: 0, archived: false, extra: {} };

export function company(id: string, more: Partial<Company> = {}): Company {
  return {
    ...base,
    id,
    name: id,
    domain: '',
    industry: '',
    country: '',
    employees: null,
    ownerId: '',
    parentCompanyId: '',
    ...more,
  };
}

export function contact(id: string): CrmRecords['contacts'] {
  return { ...base, id, email: '', firstName: '', lastName: '', phone: '', country: '', ownerId: '' };
}

/** A stage's label says the opposite of what it is: only `isClosed` and `probability` count. */
export function stage(stageId: string, isClosed: boolean, probability: number): PipelineStage {
  return {
    ...base,
    id: `deals/p/${stageId}`,
    object: 'deals',
    pipelineId: 'p',
    pipelineLabel: 'Sales',
    stageId,
    stageLabel: isClosed && probability === 1 ? 'Closed lost' : 'Closed won',
    isClosed,
    probability,
  };
}

export function deal(id: string, more: Partial<Deal> = {}): Deal {
  return {
    ...base,
    id,
    name: id,
    pipelineId: 'p',
    stageId: 'won',
    amount: '10.00',
    currency: '',
    homeAmount: null,
    exchangeRate: null,
    closedAt: Date.UTC(2025, 0, 15, 12),
    ownerId: '',
    isClosedWon: null,
    ...more,
  };
}

export function link(dealId: string, companyId: string, isPrimary = false): Association {
  return { fromType: 'deals', fromId: dealId, toType: 'companies', toId: companyId, isPrimary };
}
