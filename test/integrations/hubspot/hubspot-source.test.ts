import { afterEach, describe, expect, it } from 'vitest';
import { openHubspot } from '../../../integrations/hubspot/open-hubspot.ts';
import type { CopiedProperties } from '../../../src/domain/crm.ts';
import { pagesOf, recordsOf } from '../../contracts/test-crm.ts';
import { type Script, type ScriptedAnswer, startFakeHubspot } from './fake-hubspot.ts';
import { virtualTime } from './virtual-time.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) {
    await close();
  }
});

const ACCOUNT = { portalId: 42, timeZone: 'Europe/Berlin', companyCurrency: 'EUR', uiDomain: 'app-eu1.hubspot.com' };
const ok = (body: unknown): ScriptedAnswer => ({ status: 200, body });

/** Answers by the start of `METHOD path`; what is not named has nothing in it. */
async function open(
  answers: Readonly<Record<string, ScriptedAnswer | Script>>,
  copied: (portalId: string) => CopiedProperties = () => ({}),
) {
  const server = await startFakeHubspot((call) => {
    if (call.path.startsWith('/account-info/')) {
      return ok(ACCOUNT);
    }
    const line = `${call.method} ${decodeURIComponent(call.path)}`;
    const found = Object.keys(answers).find((start) => line.startsWith(start));
    const answer = found === undefined ? ok({ results: [] }) : answers[found];
    return typeof answer === 'function' ? answer(call) : (answer ?? ok({ results: [] }));
  });
  closing.push(server.close);
  const crm = await openHubspot({
    accessToken: ' t ',
    basePath: server.url,
    copied,
    ...virtualTime(),
    random: () => 0.5,
  });
  return { crm, server };
}

describe('opening HubSpot', () => {
  it('tells at once that the token is missing, wrong, or lacks scopes', async () => {
    await expect(openHubspot({ accessToken: ' ' })).rejects.toMatchObject({ code: 'crm-auth' });
    const server = await startFakeHubspot(() => ({ status: 401, body: {} }));
    closing.push(server.close);
    await expect(openHubspot({ accessToken: 't', basePath: server.url })).rejects.toMatchObject({ code: 'crm-auth' });
  });

  it('knows the account, and where a record can be looked at', async () => {
    const { crm } = await open({});
    expect(await crm.source.account()).toEqual({
      portalId: '42',
      name: '42',
      timeZone: 'Europe/Berlin',
      currency: 'EUR',
      recordUrl: 'https://app-eu1.hubspot.com/contacts/42/{type}/{id}',
    });
  });
});

describe('reading HubSpot', () => {
  it('asks for the further properties that the portal named, and keeps those that have a value', async () => {
    const asked: string[] = [];
    const record = {
      id: 7,
      properties: { name: 'A', churn_date: '2025-03-09', other: 'x' },
      createdAt: '2024-01-01T00:00:00Z',
    };
    const { crm } = await open(
      {
        'GET /crm/objects/2026-09/companies': (call) => {
          asked.push(decodeURIComponent(call.path));
          return ok({ results: [record, { ...record, id: 8, properties: { name: 'B', churn_date: null } }] });
        },
        'POST /crm/objects/2026-09/companies/batch/read': () => ok({ results: [record] }),
      },
      (portalId) => (portalId === '42' ? { companies: ['churn_date'] } : {}),
    );
    const companies = recordsOf(await pagesOf(crm, 'companies'));
    expect(companies.map(({ extra }) => extra)).toEqual([{ churn_date: '2025-03-09' }, {}]);
    expect(asked[0]).toContain('churn_date');
    // What is read again by its id has them too, or a hint would take them away.
    const again = await crm.source.changes?.byId('companies', ['7']);
    expect(again?.records[0]?.extra).toEqual({ churn_date: '2025-03-09' });
  });

  it('maps its texts to values, with null where there is no text, and falls back on the record for its creation', async () => {
    const properties = {
      dealname: 'D',
      pipeline: 'p',
      dealstage: 's',
      amount: '1.5E6',
      amount_in_home_currency: '',
      deal_currency_code: 'usd',
      hs_exchange_rate: '0.912345678912',
      closedate: '2025-01-31T10:00:00.123Z',
      createdate: null,
      hs_is_closed_won: 'true',
      hubspot_owner_id: null,
    };
    const record = { id: 7, properties, createdAt: '2024-01-01T00:00:00Z', updatedAt: '2025-02-01T00:00:00Z' };
    const { crm } = await open({ 'GET /crm/objects/2026-09/deals': ok({ results: [record] }) });
    expect(recordsOf(await pagesOf(crm, 'deals'))).toEqual([
      {
        id: '7',
        // Free text: it is not copied.
        name: '',
        pipelineId: 'p',
        stageId: 's',
        amount: '1500000',
        currency: 'USD',
        homeAmount: null,
        exchangeRate: '0.912345678912',
        closedAt: Date.UTC(2025, 0, 31, 10, 0, 0, 123),
        ownerId: '',
        isClosedWon: true,
        createdAt: Date.UTC(2024, 0, 1),
        updatedAt: Date.UTC(2025, 1, 1),
        archived: false,
        extra: {},
      },
    ]);
  });

  it('sets a record aside that breaks its schema or holds an unreadable value, and keeps the rest of the page', async () => {
    const results = [
      { id: '1', properties: { amount: '10' } },
      { id: '2', properties: { amount: 10 } },
      { id: '3', properties: { closedate: 'yesterday' } },
      'nonsense',
      { id: '4', properties: {} },
    ];
    const { crm } = await open({ 'GET /crm/objects/2026-09/deals': ok({ results }) });
    const [page] = await pagesOf(crm, 'deals');
    expect(page?.records.map(({ id }) => id)).toEqual(['1', '4']);
    expect(page?.rejected.map(({ recordId, reason }) => [recordId, reason])).toEqual([
      ['2', expect.stringContaining('properties.amount')],
      ['3', 'closedate "yesterday" is not an instant'],
      ['', expect.stringMatching(/\S/)],
    ]);
  });

  it('refuses an answer that is not a list at all', async () => {
    const { crm } = await open({ 'GET /crm/objects/2026-09/deals': ok({ hello: 'world' }) });
    await expect(pagesOf(crm, 'deals')).rejects.toMatchObject({ code: 'crm-answer' });
  });

  it('asks for smaller pages, from the same place, when HubSpot runs out of time over a full one', async () => {
    const { crm, server } = await open({
      'GET /crm/objects/2026-09/deals': ({ path }) => {
        const limit = Number(new URL(path, 'http://x').searchParams.get('limit'));
        return limit > 25 ? { status: 524, body: '<html></html>' } : ok({ results: [{ id: '1', properties: {} }] });
      },
    });
    expect(recordsOf(await pagesOf(crm, 'deals'))).toHaveLength(1);
    const limits = server.seen.map(({ path }) => /limit=(\d+)/.exec(path)?.[1]).filter((limit) => limit !== undefined);
    expect(limits).toEqual(['100', '50', '25']);
  });

  it('knows a primary company by the label or by its type, and takes ids that come as numbers', async () => {
    const to = (toObjectId: number | string, ...associationTypes: { typeId: number; label: string | null }[]) => ({
      toObjectId,
      associationTypes: associationTypes.map((type) => ({ category: 'HUBSPOT_DEFINED', ...type })),
    });
    const { crm } = await open({
      'GET /crm/objects/2026-09/contacts': ok({ results: ['1', '2'].map((id) => ({ id, properties: {} })) }),
      'POST /crm/associations/2026-09/contacts/companies': {
        status: 207,
        body: {
          status: 'COMPLETE',
          results: [
            {
              from: { id: '1' },
              to: [
                to(10, { typeId: 279, label: null }),
                to('11', { typeId: 279, label: null }, { typeId: 1, label: 'Hauptfirma' }),
              ],
            },
            { from: { id: '2' }, to: [to(12, { typeId: 900, label: 'Primary' })] },
          ],
          numErrors: 1,
          errors: [
            {
              status: 'error',
              category: 'OBJECT_NOT_FOUND',
              subCategory: 'crm.associations.NO_ASSOCIATIONS_FOUND',
              message: 'none',
            },
          ],
        },
      },
    });
    const [page] = await pagesOf(crm, 'contacts');
    expect(page?.associations.map(({ fromId, toId, isPrimary }) => [fromId, toId, isPrimary])).toEqual([
      ['1', '10', false],
      ['1', '11', true],
      ['2', '12', true],
    ]);
    expect(page?.rejected).toEqual([]);
  });

  it('shares one association call between several pages', async () => {
    const { crm, server } = await open({
      'GET /crm/objects/2026-09/line_items': ({ path }) => {
        const after = Number(new URL(path, 'http://x').searchParams.get('after') ?? 0);
        const results = Array.from({ length: 100 }, (_, n) => ({ id: `${after + n + 1}`, properties: {} }));
        return ok({ results, ...(after < 1900 ? { paging: { next: { after: String(after + 100) } } } : {}) });
      },
    });
    const pages = await pagesOf(crm, 'line_items');
    expect(pages.map((page) => [page.records.length, page.next])).toEqual([
      [400, '400'],
      [400, '800'],
      [400, '1200'],
      [400, '1600'],
      [400, null],
    ]);
    expect(server.seen.filter(({ path }) => path.includes('/associations/'))).toHaveLength(pages.length);
  });

  it('reads owners who left as well, and stages whose metadata is in texts', async () => {
    const stages = [
      { id: 's1', label: 'Signed', metadata: { isClosed: 'true', probability: '1.0' } },
      { id: 's2', label: 'Talking', metadata: { isClosed: 'false', probability: '0.2' }, archived: true },
    ];
    const { crm } = await open({
      'GET /crm/owners/2026-09?limit=100&archived=false': ok({
        results: [{ id: 1, email: 'a@x.example', firstName: 'A' }],
      }),
      'GET /crm/owners/2026-09?limit=100&archived=true': ok({ results: [{ id: '2', email: null }] }),
      'GET /crm/pipelines/2026-09/deals': ok({ results: [{ id: 'p', label: 'P', stages }] }),
      'GET /crm/pipelines/2026-09/tickets': ok({
        results: [{ id: 't', label: 'T', stages: [{ id: '4', label: 'Done', metadata: { ticketState: 'CLOSED' } }] }],
      }),
    });
    const owners = recordsOf(await pagesOf(crm, 'owners'));
    expect(owners.map(({ id, email, archived }) => [id, email, archived])).toEqual([
      ['1', 'a@x.example', false],
      ['2', '', true],
    ]);
    const read = recordsOf(await pagesOf(crm, 'pipelines'));
    expect(read.map(({ id, isClosed, probability, archived }) => [id, isClosed, probability, archived])).toEqual([
      ['deals/p/s1', true, 1, false],
      ['deals/p/s2', false, 0.2, true],
      ['tickets/t/4', true, null, false],
    ]);
  });

  it('counts a deal as won by its own flag, and by its stage only where it has none', async () => {
    const deal = (id: string, amount: string, more: object) => ({ id, properties: { amount, pipeline: 'p', ...more } });
    const { crm } = await open({
      'GET /crm/pipelines/2026-09/deals': ok({
        results: [
          {
            id: 'p',
            label: 'P',
            stages: [{ id: 'w', label: 'W', metadata: { isClosed: 'true', probability: '1.0' } }],
          },
        ],
      }),
      'GET /crm/objects/2026-09/deals': ok({
        results: [
          deal('1', '0.1', { dealstage: 'w', hs_is_closed_won: null }),
          deal('2', '0.2', { dealstage: 'x', hs_is_closed_won: 'true' }),
          deal('3', '4', { dealstage: 'w', hs_is_closed_won: 'false' }),
          deal('4', '8', { dealstage: 'w', deal_currency_code: 'USD', amount_in_home_currency: '7.995' }),
          deal('5', '16', { dealstage: 'w', deal_currency_code: 'USD' }),
        ],
      }),
    });
    expect(await crm.source.rawRevenue()).toEqual({
      currency: 'EUR',
      amount: '8.295',
      deals: 3,
      unconverted: [{ currency: 'USD', deals: 1, amount: '16.00' }],
    });
  });
});
