import { describe, expect, it } from 'vitest';
import { LiveCrm } from '../../../demo/hubspot/live-crm.ts';
import type { CrmObjectType } from '../../../demo/portal/portal-data.ts';
import { smallPortal } from './small-portal.ts';

const open = () => new LiveCrm(smallPortal(), () => Date.UTC(2026, 5, 1));

/** The primary companies of a record. */
function primaries(crm: LiveCrm, type: CrmObjectType, id: string): string[] {
  const links = crm.links.of(type, crm.object(type).rowOf(id), 'companies');
  return links.flatMap(({ row, isPrimary }) => (isPrimary ? [crm.object('companies').idAt(row)] : []));
}

describe('merged records of the stand-in', () => {
  it.each([true, false])('leave every deal its primary company (the primary keeps its id: %s)', (keepsPrimary) => {
    const crm = open();
    const deals = ['one', 'two', 'three'].map((dealname) => crm.create('deals', { dealname }));
    for (const deal of deals) crm.link('deals', deal, 'companies', '1003', true);
    crm.link('deals', deals[2]!, 'companies', '1006', true);
    const merged = crm.merge('companies', '1006', '1003', keepsPrimary);
    for (const deal of deals) expect(primaries(crm, 'deals', deal)).toEqual([merged]);
  });

  it('keep the mark of a record that hung on both', () => {
    const crm = open();
    const deal = crm.create('deals', { dealname: 'both' });
    crm.link('deals', deal, 'companies', '1003', true);
    crm.link('deals', deal, 'companies', '1006');
    const merged = crm.merge('companies', '1003', '1006', false);
    expect(primaries(crm, 'deals', deal)).toEqual([merged]);
  });

  it.each([true, false])('have the primary’s company as their own (the primary keeps its id: %s)', (keepsPrimary) => {
    const crm = open();
    const [primary, other] = [crm.create('deals', { dealname: 'kept' }), crm.create('deals', { dealname: 'gone' })];
    crm.link('deals', primary, 'companies', '1003', true);
    crm.link('deals', other, 'companies', '1006', true);
    const merged = crm.merge('deals', primary, other, keepsPrimary);
    expect(primaries(crm, 'deals', merged)).toEqual(['1003']);
  });

  it('take a mark from a deal’s own old company alone when a company is made its primary one', () => {
    const crm = open();
    const deals = ['one', 'two'].map((dealname) => crm.create('deals', { dealname }));
    for (const deal of deals) crm.link('companies', '1003', 'deals', deal, true);
    for (const deal of deals) expect(primaries(crm, 'deals', deal)).toEqual(['1003']);
    crm.link('companies', '1006', 'deals', deals[0]!, true);
    expect(deals.map((deal) => primaries(crm, 'deals', deal))).toEqual([['1006'], ['1003']]);
  });
});
