import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { INTEGRATION } from '../../../demo/hubspot/value-rules.ts';
import { type Call, startSmall } from './small-portal.ts';

let server: Awaited<ReturnType<typeof startSmall>>['server'];
let call: Call;
beforeEach(async () => {
  ({ server, call } = await startSmall());
  const group = { name: 'kith', label: 'Kith' };
  await call('POST', '/crm/properties/2026-09/companies/groups', group);
  await call('POST', '/crm/properties/2026-09/companies', {
    name: 'kith_loyalty_tier',
    label: 'Kith loyalty tier',
    type: 'enumeration',
    fieldType: 'select',
    groupName: 'kith',
    options: ['bronze', 'gold'].map((value, displayOrder) => ({
      value,
      label: `${value[0]!.toUpperCase()}${value.slice(1)}`,
      displayOrder,
      hidden: false,
    })),
  });
});
afterEach(() => server.close());

const page = async (path: string) => (await fetch(`${server.url}${path}`)).text();
const write = (value: string) =>
  server.portal.write(
    'companies',
    server.portal.object('companies').rowOf('1003'),
    { kith_loyalty_tier: value },
    INTEGRATION,
  );

describe('the stand-in CRM’s page', () => {
  it('shows at its root where Kith wrote, with the labels of the values', async () => {
    expect(await page('/')).toContain('Nothing yet');
    write('gold');
    expect(await page('/')).toMatch(
      /1 record holds its values.*\/records\/companies\/1003.*Kith loyalty tier<\/span> Gold/s,
    );
  });

  it('tells a value that a person changed since, and keeps one in sight that was cleared', async () => {
    write('bronze');
    expect(await page('/records/companies/1003')).not.toContain('changed by a person');
    server.portal.edit('companies', '1003', { kith_loyalty_tier: 'gold' });
    expect(await page('/records/companies/1003')).toMatch(
      /Gold <span[^>]*>changed by a person.*<details open>.*Gold.*by a person.*Bronze.*over the API/s,
    );
    write('');
    expect(await page('/records/companies/1003')).toMatch(/Written by Kith.*cleared.*History \(3\)/s);
  });
});
