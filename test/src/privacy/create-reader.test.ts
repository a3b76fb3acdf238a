import { beforeAll, describe, expect, it } from 'vitest';
import type { CrmAccount, CustomerUnit } from '../../../src/domain/crm.ts';
import type { Viewer } from '../../../src/domain/people.ts';
import type { Run } from '../../../src/domain/results.ts';
import { buildWonDeals } from '../../../src/features/won-deals.ts';
import { createReader } from '../../../src/privacy/create-reader.ts';
import type { PrivacyReader } from '../../../src/privacy/privacy-reader.ts';
import { commandLineViewer, digestViewer } from '../../../src/privacy/viewer.ts';
import { portalStateSchema } from '../../../src/state/portal-state.ts';
import type { PortalStore } from '../../../src/store/portal-store.ts';
import { company, contact, deal, link } from '../store/records.ts';
import { withStore } from '../store/with-store.ts';

const kith = withStore();
const NOW = Date.UTC(2026, 2, 9);
const DAY = 24 * 60 * 60 * 1000;
const account: CrmAccount = {
  portalId: 'x',
  name: 'X',
  timeZone: 'UTC',
  currency: 'EUR',
  recordUrl: 'https://app.example.com/contacts/1/{type}/{id}',
};
const rep: Viewer = {
  userId: 'U1',
  role: 'rep',
  department: 'sales',
  ownerIds: ['7'],
  place: { kind: 'only-viewer' },
};
const outsider: Viewer = { ...rep, role: 'admin', place: { kind: 'shared-externally', channelId: 'C' } };

const runs = new Map<CustomerUnit, Run>();
const portals = new Map<CustomerUnit, PortalStore>();

function reader(unit: CustomerUnit, viewer: Viewer, state: object = {}): PrivacyReader {
  return createReader({ portal: portals.get(unit)!, account, state: portalStateSchema.parse(state), viewer });
}

beforeAll(async () => {
  for (const unit of ['company', 'contact'] as const) {
    const portal = await kith.portal(unit);
    const base = { createdAt: null, updatedAt: 0, archived: false, extra: {} };
    await portal.crm.upsert(
      'owners',
      [
        { ...base, id: '7', email: 'ann@example.com', firstName: 'Ann', lastName: 'Lee' },
        { ...base, id: '8', email: 'bob@example.com', firstName: '', lastName: '' },
      ],
      { origin: 'list' },
    );
    await portal.crm.upsert(
      'companies',
      [
        company('1', { name: 'Acme Ltd', domain: 'acme.com', ownerId: '7', industry: 'Steel', country: 'UK' }),
        company('2', { name: 'Big Acme', ownerId: '8' }),
        company('3', { name: '', domain: 'nameless.org' }),
      ],
      { origin: 'list' },
    );
    await portal.crm.upsert(
      'contacts',
      [
        contact('1', { email: 'carol@acme.com', firstName: 'Carol', lastName: 'Brown', ownerId: '7', country: 'UK' }),
        contact('2', { email: 'dan@big.com', firstName: 'Dan', lastName: 'Carolson', ownerId: '8' }),
        contact('3', { email: 'eve@x.org' }),
      ],
      { origin: 'list' },
    );
    await portal.crm.replaceAssociations('contacts', 'companies', ['1'], [link('contacts:1', 'companies:1')]);
    const to = unit === 'company' ? 'companies' : 'contacts';
    const won = { homeAmount: '10.25', isClosedWon: true } as const;
    await portal.crm.upsert(
      'deals',
      [
        deal('a', { ...won, closedAt: NOW - 30 * DAY }),
        deal('b', { ...won, closedAt: NOW - 30 * DAY + 1000 }),
        deal('c', { ...won, closedAt: NOW - 10 * DAY }),
        deal('refund', { ...won, homeAmount: '-3', closedAt: NOW - 5 * DAY }),
      ],
      { origin: 'list' },
    );
    const dealIds = ['a', 'b', 'c', 'refund'];
    await portal.crm.replaceAssociations(
      'deals',
      to,
      dealIds,
      dealIds.map((id) => link(`deals:${id}`, `${to}:1`, true)),
    );
    const ticket = {
      ...base,
      createdAt: NOW,
      subject: '',
      pipelineId: 'p',
      stageId: 's',
      priority: '',
      satisfaction: null,
    };
    await portal.crm.upsert(
      'tickets',
      [
        { ...ticket, id: 't1', closedAt: null, ownerId: '' },
        { ...ticket, id: 't2', closedAt: NOW, ownerId: '' },
      ],
      { origin: 'list' },
    );
    await portal.crm.replaceAssociations(
      'tickets',
      to,
      ['t1', 't2'],
      [link('tickets:t1', `${to}:1`), link('tickets:t2', `${to}:1`)],
    );
    await buildWonDeals(portal, { unit, timeZone: 'UTC', currency: 'EUR', asOf: NOW });
    const portfolio = { unit, timeZone: 'UTC', currency: 'EUR', asOf: NOW, horizonDays: 90, seed: 1 };
    const run = await portal.results.begin({ asOf: NOW, startedAt: NOW, fingerprint: '', portfolio });
    for (const analysis of ['churn-risk', 'loyalty']) {
      await portal.results.save(run, analysis, {
        summary: {},
        model: null,
        scores: {
          customerIds: ['1', '2', '3'],
          value: Float64Array.of(0.9, 0.5, 0.1),
          label: ['Gold', 'Gold', 'Silver'],
          band: ['high', 'high', 'low'],
          evidence: Uint8Array.of(3, 3, 3),
          details: ['', '', ''],
        },
      });
    }
    await portal.results.finish(run, 'done', NOW);
    runs.set(unit, run);
    portals.set(unit, portal);
  }
});

const names = async (read: PrivacyReader, unit: CustomerUnit, analysis = 'churn-risk'): Promise<string[]> =>
  (await read.rows(runs.get(unit)!, analysis, { order: 'value-desc' })).rows.map(({ name }) => name);

describe('rows', () => {
  it('carry the customer’s name, link and owner', async () => {
    const { rows, withheld } = await reader('company', commandLineViewer()).rows(runs.get('company')!, 'churn-risk', {
      order: 'value-desc',
      limit: 1,
    });
    expect(withheld).toBeNull();
    expect(rows).toEqual([
      {
        customerId: '1',
        value: 0.9,
        label: 'Gold',
        band: 'high',
        evidence: 3,
        details: null,
        name: 'Acme Ltd',
        link: 'https://app.example.com/contacts/1/company/1',
        owner: { id: '7', name: 'Ann Lee', email: 'ann@example.com' },
      },
    ]);
    expect(await names(reader('company', commandLineViewer()), 'company')).toEqual([
      'Acme Ltd',
      'Big Acme',
      'nameless.org',
    ]);
  });

  it('of contacts are named to an admin alone and masked in a channel', async () => {
    expect(await names(reader('contact', commandLineViewer()), 'contact')).toEqual([
      'Carol Brown',
      'Dan Carolson',
      'e•••@x.org 3',
    ]);
    expect(await names(reader('contact', digestViewer('sales', 'sales', 'C')), 'contact')).toEqual([
      'C••• 1',
      'D••• 2',
      'e••• 3',
    ]);
  });

  it('a rep gets those they own, also when asking for another owner’s', async () => {
    const read = reader('company', rep);
    expect(await names(read, 'company')).toEqual(['Acme Ltd']);
    const others = await read.rows(runs.get('company')!, 'churn-risk', { ownerIds: ['8'] });
    expect(others.rows).toEqual([]);
    expect(others.withheld).not.toBeNull();
  });

  it('at risk are withheld from marketing, and said so; loyalty is not', async () => {
    const marketing = reader('company', digestViewer('marketing', 'marketing', 'C'));
    expect(await marketing.rows(runs.get('company')!, 'churn-risk')).toEqual({
      rows: [],
      withheld: { en: expect.stringContaining('namesInMarketing'), zh: expect.stringContaining('市场部') },
    });
    expect(await names(marketing, 'company', 'loyalty')).toHaveLength(3);
    const card = await marketing.customer(runs.get('company')!, '1');
    expect(Object.keys(card?.scores ?? {})).toEqual(['loyalty']);
    const allowed = reader('company', digestViewer('marketing', 'marketing', 'C'), { namesInMarketing: true });
    expect(await names(allowed, 'company')).toHaveLength(3);
  });

  it('and everything else stay inside where others listen', async () => {
    const read = reader('company', outsider);
    expect((await read.rows(runs.get('company')!, 'loyalty')).rows).toEqual([]);
    expect(await read.find('Acme', 5)).toEqual([]);
    expect(await read.customer(runs.get('company')!, '1')).toBeNull();
    await expect(read.result('loyalty')).rejects.toMatchObject({ code: 'not-allowed' });
    await expect(read.findOwners('ann')).rejects.toMatchObject({ code: 'not-allowed' });
  });
});

describe('finding a customer', () => {
  const found = async (unit: CustomerUnit, viewer: Viewer, text: string): Promise<string[]> =>
    (await reader(unit, viewer).find(text, 5)).map(({ customerId }) => customerId);

  it('by a company’s id, name, domain or a contact’s e-mail, beginnings before the rest', async () => {
    const admin = commandLineViewer();
    expect(await found('company', admin, 'ACME')).toEqual(['1', '2']);
    expect(await found('company', admin, 'big acme')).toEqual(['2']);
    expect(await found('company', admin, 'nameless')).toEqual(['3']);
    expect(await found('company', admin, '2')).toEqual(['2']);
    expect(await found('company', admin, 'Carol@Acme.com')).toEqual(['1']);
    expect(await found('company', admin, '%')).toEqual([]);
    expect(await found('company', admin, ' ')).toEqual([]);
  });

  it('by a contact’s id, e-mail or name', async () => {
    const admin = commandLineViewer();
    expect(await found('contact', admin, 'carol')).toEqual(['1', '2']);
    expect(await found('contact', admin, 'DAN@big.com')).toEqual(['2']);
    expect(await found('contact', admin, '3')).toEqual(['3']);
  });

  it('by a part of a contact’s name only where names may be read', async () => {
    const channel = digestViewer('sales', 'sales', 'C');
    expect(await found('contact', channel, 'car')).toEqual([]);
    expect(await reader('contact', channel).find('Carol Brown', 5)).toEqual([{ customerId: '1', name: 'C••• 1' }]);
  });

  it('never finds what the viewer may not see', async () => {
    expect(await found('company', rep, 'acme')).toEqual(['1']);
    expect(await found('contact', rep, 'carol')).toEqual(['1']);
    expect(await reader('company', rep).customer(runs.get('company')!, '2')).toBeNull();
    expect(await reader('company', rep).customer(runs.get('company')!, 'none')).toBeNull();
  });
});

describe('a customer’s card', () => {
  it.each(['company', 'contact'] as const)('holds scores, purchase days and open tickets of a %s', async (unit) => {
    const card = await reader(unit, commandLineViewer()).customer(runs.get(unit)!, '1');
    expect(card).toMatchObject({
      customerId: '1',
      name: unit === 'company' ? 'Acme Ltd' : 'Carol Brown',
      link: `https://app.example.com/contacts/1/${unit}/1`,
      owner: { id: '7', name: 'Ann Lee' },
      industry: unit === 'company' ? 'Steel' : '',
      country: 'UK',
      purchases: [
        { day: '2026-02-27', amount: '10.25' },
        { day: '2026-02-07', amount: '20.5' },
      ],
      purchasesInAll: 2,
      openTickets: 1,
    });
    expect(Object.keys(card?.scores ?? {})).toEqual(['churn-risk', 'loyalty']);
    const none = await reader(unit, commandLineViewer()).customer(runs.get(unit)!, '2');
    expect(none).toMatchObject({ purchases: [], purchasesInAll: 0, openTickets: 0 });
  });
});

describe('owners', () => {
  it('are found by name or e-mail', async () => {
    const read = reader('company', commandLineViewer());
    expect(await read.findOwners('LEE')).toEqual([{ id: '7', name: 'Ann Lee' }]);
    expect(await read.findOwners('bob@')).toEqual([{ id: '8', name: 'bob@example.com' }]);
    expect(await read.findOwners('')).toEqual([]);
  });
});
