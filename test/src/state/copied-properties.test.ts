import { describe, expect, it } from 'vitest';
import { copiedProperties } from '../../../src/state/copied-properties.ts';
import { portalStateSchema } from '../../../src/state/portal-state.ts';

describe('the properties that a sync copies beside its own', () => {
  it('are none until somebody names one', () => {
    expect(copiedProperties(portalStateSchema.parse({}))).toEqual({});
  });

  it('are the churn date and the contract’s end, each of its own kind of record', () => {
    const state = portalStateSchema.parse({
      churnProperty: { object: 'contacts', property: 'churned_on' },
      contracts: { endProperty: 'contract_end' },
    });
    expect(copiedProperties(state)).toEqual({ contacts: ['churned_on'], deals: ['contract_end'] });
    expect(state.contracts).toEqual({ graceDays: 30, termMonths: null, endProperty: 'contract_end' });
  });

  it('are never what Kith wrote itself', () => {
    const own = { object: 'companies', property: 'kith_scored_at' };
    expect(portalStateSchema.safeParse({ churnProperty: own }).success).toBe(false);
    expect(portalStateSchema.safeParse({ contracts: { endProperty: 'kith_scored_at' } }).success).toBe(false);
  });
});
