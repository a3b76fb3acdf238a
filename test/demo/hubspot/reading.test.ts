import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StandInHubspot } from '../../../demo/hubspot/start-stand-in-hubspot.ts';
import { type Call, startSmall } from './small-portal.ts';

let server: StandInHubspot;
let call: Call;
beforeAll(async () => {
  ({ server, call } = await startSmall({ associationsPage: 3 }));
});
afterAll(() => server.close());

const COMPANIES = '/crm/objects/2026-09/companies';
const DEALS = '/crm/objects/2026-09/deals';

describe('listing records', () => {
  it('gives every record once in pages whose `after` is the next record’s id, and can be resumed there', async () => {
    const ids: string[] = [];
    let after: string | undefined;
    do {
      const { status, body } = await call(
        'GET',
        `${COMPANIES}?limit=100${after === undefined ? '' : `&after=${after}`}`,
      );
      expect(status).toBe(200);
      if (after !== undefined) expect(body.results[0].id).toBe(after);
      ids.push(...body.results.map((record: { id: string }) => record.id));
      after = body.paging?.next.after;
    } while (after !== undefined);
    expect(ids).toEqual(Array.from({ length: 250 }, (_, n) => String(1000 + 3 * n)));
    // An id that is gone meanwhile is no reason to lose one's place.
    const { body } = await call('GET', `${COMPANIES}?limit=1&after=1301`);
    expect(body.results[0].id).toBe('1303');
  });

  it('gives texts or null, the three properties that always come, and nothing for properties that do not exist', async () => {
    const { body } = await call('GET', `${COMPANIES}?limit=1&properties=name,favourite_colour&properties=nonsense`);
    expect(body.results[0]).toMatchObject({
      id: '1000',
      properties: {
        createdate: '2026-01-01T00:00:00.000Z',
        hs_lastmodifieddate: '2026-01-01T00:00:00.000Z',
        hs_object_id: '1000',
        name: 'Company <0>',
        favourite_colour: null,
      },
      createdAt: '2026-01-01T00:00:00.000Z',
      archived: false,
    });
    expect(body.results[0].properties).not.toHaveProperty('nonsense');
    const contact = await call('GET', '/crm/objects/2026-09/contacts?limit=1');
    expect(contact.body.results[0].properties).toHaveProperty('lastmodifieddate');
    expect(contact.body.results[0].properties).not.toHaveProperty('hs_lastmodifieddate');
  });

  it('works out won and the home amount as the CRM does: by the stage, and never without a rate', async () => {
    const names = 'amount,hs_is_closed,hs_is_closed_won,amount_in_home_currency,hs_exchange_rate';
    const { body } = await call('GET', `${DEALS}?limit=100&properties=${names}`);
    const deals = body.results.map((record: { properties: object }) => record.properties);
    expect(deals[0]).toMatchObject({
      hs_is_closed: 'false',
      hs_is_closed_won: 'false',
      amount_in_home_currency: '000.50',
    });
    expect(deals[5]).toMatchObject({
      hs_is_closed_won: 'true',
      amount_in_home_currency: '500.50',
      hs_exchange_rate: '1.0',
    });
    expect(deals[6]).toMatchObject({ amount: '600.50', amount_in_home_currency: '543.45', hs_exchange_rate: '0.905' });
    expect(deals[7]).toMatchObject({ amount: '700.50', amount_in_home_currency: null, hs_exchange_rate: null });
  });

  it('carries associations when asked, the primary one twice', async () => {
    const { body } = await call('GET', `${DEALS}/505?associations=companies`);
    expect(body.associations.companies.results).toEqual([
      { id: '1000', type: 'deal_to_company' },
      { id: '1000', type: 'deal_to_company_unlabeled' },
      { id: '1003', type: 'deal_to_company_unlabeled' },
    ]);
  });

  it('refuses pages that are too large, addresses that are too long, other versions and unknown objects', async () => {
    expect((await call('GET', `${COMPANIES}?limit=101`)).status).toBe(400);
    expect((await call('GET', `${COMPANIES}?limit=51&propertiesWithHistory=name`)).status).toBe(400);
    expect((await call('GET', `${COMPANIES}?after=abc`)).body.category).toBe('VALIDATION_ERROR');
    const long = await call('GET', `${COMPANIES}?properties=${'long_property_name,'.repeat(900)}`);
    expect(long.status).toBe(414);
    expect((await call('GET', '/crm/v3/objects/companies')).status).toBe(404);
    const unknown = await call('GET', '/crm/objects/2026-09/unicorns');
    expect(unknown.status).toBe(400);
    expect(unknown.body.message).toContain('Unable to infer object type');
    expect((await call('GET', `${COMPANIES}/5`)).body).toMatchObject({ status: 'error', category: 'OBJECT_NOT_FOUND' });
    expect((await call('PUT', COMPANIES, {})).status).toBe(405);
  });
});

describe('reading batches', () => {
  it('answers what is there and names what is not, as 207 with errors', async () => {
    const inputs = [{ id: '1006' }, { id: '4' }, { id: '1000' }, { id: '1000' }];
    const { status, body } = await call('POST', `${COMPANIES}/batch/read`, { inputs, properties: ['name'] });
    expect(status).toBe(207);
    expect(body).toMatchObject({ status: 'COMPLETE', numErrors: 1 });
    expect(body.results.map((record: { id: string }) => record.id)).toEqual(['1000', '1006']);
    expect(body.errors[0]).toMatchObject({ category: 'OBJECT_NOT_FOUND', context: { ids: ['4'] } });
  });

  it('takes 100 inputs, 50 with history, and a unique property in place of the id', async () => {
    const inputs = Array.from({ length: 101 }, (_, n) => ({ id: String(1000 + 3 * n) }));
    expect((await call('POST', `${COMPANIES}/batch/read`, { inputs })).status).toBe(400);
    expect((await call('POST', `${COMPANIES}/batch/read`, { inputs: inputs.slice(0, 100) })).body.results).toHaveLength(
      100,
    );
    const history = { inputs: inputs.slice(0, 51), propertiesWithHistory: ['name'] };
    expect((await call('POST', `${COMPANIES}/batch/read`, history)).status).toBe(400);
    const byEmail = { inputs: [{ id: 'BO@c0.example' }], idProperty: 'email', properties: ['lastname'] };
    const { body } = await call('POST', '/crm/objects/2026-09/contacts/batch/read', byEmail);
    expect(body.results[0].properties.lastname).toBe('林');
    const byName = { inputs: [{ id: 'x' }], idProperty: 'name' };
    expect((await call('POST', `${COMPANIES}/batch/read`, byName)).status).toBe(400);
  });
});

describe('reading associations', () => {
  const path = '/crm/associations/2026-09/companies/deals/batch/read';

  it('pages within one id until all targets have come', async () => {
    const found: string[] = [];
    let input: { id: string; after?: string } | null = { id: '1000' };
    while (input !== null) {
      const { body } = await call('POST', path, { inputs: [input] });
      const [result] = body.results;
      expect(result.to.length).toBeLessThanOrEqual(3);
      found.push(...result.to.map((one: { toObjectId: string | number }) => String(one.toObjectId)));
      input = result.paging === undefined ? null : { id: '1000', after: result.paging.next.after };
    }
    expect(found).toEqual(['500', '501', '502', '503', '504', '505', '506', '507']);
  });

  it('labels the primary link with its own type beside the unlabelled one, and gives ids as numbers or texts', async () => {
    const { body } = await call('POST', '/crm/associations/2026-09/deals/companies/batch/read', {
      inputs: [{ id: '505' }],
    });
    expect(body.results[0].to).toEqual([
      {
        toObjectId: 1000,
        associationTypes: [
          { category: 'HUBSPOT_DEFINED', typeId: 5, label: 'Primary' },
          { category: 'HUBSPOT_DEFINED', typeId: 341, label: null },
        ],
      },
      { toObjectId: '1003', associationTypes: [{ category: 'HUBSPOT_DEFINED', typeId: 341, label: null }] },
    ]);
  });

  it('says of ids without any that there are none, and takes 1,000 ids at most', async () => {
    const { status, body } = await call('POST', path, { inputs: [{ id: '1006' }, { id: '1000' }] });
    expect(status).toBe(207);
    expect(body.results).toHaveLength(1);
    expect(body.errors[0].subCategory).toBe('crm.associations.NO_ASSOCIATIONS_FOUND');
    const inputs = Array.from({ length: 1001 }, () => ({ id: '1000' }));
    expect((await call('POST', path, { inputs })).status).toBe(400);
    expect((await call('POST', '/crm/associations/2026-09/products/calls/batch/read', { inputs: [] })).status).toBe(
      400,
    );
  });
});

describe('searching', () => {
  const search = (body: object) => call('POST', `${COMPANIES}/search`, body);
  const by = (propertyName: string, operator: string, rest: object = {}) => ({
    filterGroups: [{ filters: [{ propertyName, operator, ...rest }] }],
    properties: ['name'],
    limit: 200,
  });

  it('filters by every operator, numbers as numbers and instants as instants', async () => {
    const count = async (body: object) => (await search(body)).body.total;
    expect(await count(by('hs_object_id', 'GT', { value: '1700' }))).toBe(16);
    expect(await count(by('hs_object_id', 'LTE', { value: '1003' }))).toBe(2);
    expect(await count(by('hs_object_id', 'IN', { values: ['1000', '1001', '1003'] }))).toBe(2);
    expect(
      await count(
        by('createdate', 'BETWEEN', { value: String(Date.UTC(2026, 0, 2)), highValue: '2026-01-03T00:00:00Z' }),
      ),
    ).toBe(14);
    expect(await count(by('name', 'EQ', { value: 'company <7>' }))).toBe(1);
    expect(await count(by('name', 'CONTAINS_TOKEN', { value: '24*' }))).toBe(11);
    expect(await count(by('favourite_colour', 'HAS_PROPERTY'))).toBe(0);
    expect(await count(by('favourite_colour', 'NOT_HAS_PROPERTY'))).toBe(250);
  });

  it('pages by offset, 200 at most, sorted by one property', async () => {
    const first = await search({
      sorts: [{ propertyName: 'name', direction: 'DESCENDING' }],
      limit: 200,
      properties: ['name'],
    });
    expect(first.body.results[0].properties.name).toBe('Company <9>');
    expect(first.body.paging.next.after).toBe('200');
    const second = await search({
      sorts: [{ propertyName: 'name', direction: 'DESCENDING' }],
      limit: 200,
      after: '200',
    });
    expect(second.body.results).toHaveLength(50);
    expect(second.body.paging).toBeUndefined();
    expect((await search({ limit: 201 })).status).toBe(400);
    expect((await search({ sorts: ['name', 'domain'] })).status).toBe(400);
    expect((await search(by('name', 'LIKE'))).status).toBe(400);
    expect((await search(by('hs_object_id', 'BETWEEN', { value: '1' }))).status).toBe(400);
  });

  it('goes no further than 10,000 results', async () => {
    const { status, body } = await search({ limit: 200, after: '9900' });
    expect(status).toBe(400);
    expect(body.message).toContain('10000');
  });

  it('finds nothing by the wrong modified date, without a word', async () => {
    expect((await search(by('lastmodifieddate', 'GT', { value: '0' }))).body).toMatchObject({ total: 0, results: [] });
    expect((await search(by('hs_lastmodifieddate', 'GT', { value: '0' }))).body.total).toBe(250);
  });

  it('sees a change only after its lag', async () => {
    let now = Date.UTC(2026, 5, 1);
    const slow = await startSmall({ searchLagMs: 60_000, now: () => now });
    slow.server.portal.edit('companies', '1000', { name: 'Fresh' });
    const body = by('name', 'EQ', { value: 'Fresh' });
    expect((await slow.call('POST', `${COMPANIES}/search`, body)).body.total).toBe(0);
    now += 60_001;
    expect((await slow.call('POST', `${COMPANIES}/search`, body)).body.total).toBe(1);
    await slow.server.close();
  });
});

describe('the account', () => {
  it('gives its details, with the offset of its zone', async () => {
    const winter = await startSmall({ now: () => Date.UTC(2026, 0, 10) });
    const { body } = await winter.call('GET', '/account-info/2026-09/details');
    expect(body).toMatchObject({
      portalId: 424_242,
      timeZone: 'Europe/Berlin',
      companyCurrency: 'EUR',
      additionalCurrencies: ['USD', 'CNY'],
      utcOffset: '+01:00',
      utcOffsetMilliseconds: 3_600_000,
    });
    await winter.server.close();
  });

  it('lists owners (archived ones apart) and pipelines with metadata as texts', async () => {
    const owners = await call('GET', '/crm/owners/2026-09?limit=100');
    expect(owners.body.results.map((owner: { id: string }) => owner.id)).toEqual(['7']);
    expect((await call('GET', '/crm/owners/2026-09?archived=true')).body.results[0].email).toBe('x@small.example');
    const deals = await call('GET', '/crm/pipelines/2026-09/deals');
    expect(deals.body.results[0].stages.map((stage: { metadata: object }) => stage.metadata)).toEqual([
      { isClosed: 'false', probability: '0.9' },
      { isClosed: 'true', probability: '1.0' },
    ]);
    const tickets = await call('GET', '/crm/pipelines/2026-09/tickets');
    expect(tickets.body.results[0].stages[0].metadata.ticketState).toBe('CLOSED');
  });

  it('shows a person its records on a page, with every name made harmless', async () => {
    const start = await fetch(`${server.url}/`);
    expect(await start.text()).toMatch(/Companies.*250/s);
    const found = await (await fetch(`${server.url}/?type=companies&q=${encodeURIComponent('<7>')}`)).text();
    expect(found).toContain('Company &lt;7&gt;');
    expect(found).not.toContain('Company <7>');
    expect(await (await fetch(`${server.url}/?type=companies&q=1021`)).text()).toContain('/records/companies/1021');
    const page = await (await fetch(`${server.url}/records/companies/1000`)).text();
    expect(page).toContain('Kith has written nothing here yet');
    expect(page).toMatch(/Deals <span class="muted">8<.*700\.50 CNY · 2026-02-07/s);
    expect(await (await fetch(`${server.url}/contacts/424242/company/1000`)).text()).toBe(page);
    expect((await fetch(`${server.url}/records/companies/999999`)).status).toBe(404);
    expect((await fetch(`${server.url}/`, { method: 'POST' })).status).toBe(405);
  });
});
