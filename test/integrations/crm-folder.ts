import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'csv-stringify/sync';
import type { ObjectType } from '../../src/domain/crm.ts';
import type { RawRevenue } from '../../src/ports/crm.ts';

type Row = Readonly<Record<string, string>>;

/** A small account, written out as a folder of export files, with what reading it must give. */
interface CrmFolder {
  readonly directory: string;
  readonly ids: Readonly<Record<Exclude<ObjectType, 'engagements'>, readonly string[]>>;
  readonly engagements: readonly { id: string; type: string }[];
  readonly revenue: RawRevenue;
  /** Every association, from the rows as they were written. */
  readonly links: readonly { from: ObjectType; fromId: string; to: ObjectType; toId: string; engagement: string }[];
}

const DEALS = 1250;
/** More line items than fit one page of any CRM. */
const LINE_ITEMS = 5600;
const STAGES = ['s_open', 's_won', 's_lost', 's_won', 's_half'];
/** Line 3 of deals.csv: an amount that is no number. */
export const BAD_DEAL = '99';

export async function writeCrmFolder(): Promise<CrmFolder> {
  const directory = await mkdtemp(join(tmpdir(), 'kith-crm-'));
  const at = (day: number) => new Date(Date.UTC(2024, 0, 1 + day, 9, 30)).toISOString();
  const owners: Row[] = [1, 2, 3].map((n) => ({
    id: `${n}`,
    email: `o${n}@seller.example`,
    firstName: 'Ó',
    lastName: `"${n}"`,
    archived: String(n === 3),
  }));
  const stage = (
    object: string,
    pipeline_id: string,
    stage_id: string,
    is_closed: string,
    probability: string,
  ): Row => ({
    object,
    pipeline_id,
    pipeline_label: 'Main, new',
    stage_id,
    stage_label: stage_id.toUpperCase(),
    is_closed,
    probability,
  });
  const pipelines = [
    stage('deals', 'main', 's_open', 'false', '0.2'),
    stage('deals', 'main', 's_won', 'true', '1.0'),
    stage('deals', 'main', 's_lost', 'true', '0.0'),
    stage('deals', 'main', 's_half', 'true', '0.5'),
    stage('tickets', 'support', 't_open', 'false', ''),
    stage('tickets', 'support', 't_closed', 'true', ''),
  ];
  const companies: Row[] = range(6).map((n) => ({
    name: n === 2 ? 'Two\nLines, "Ltd"' : `Company ${n}`,
    id: `${n}`,
    numberofemployees: n === 3 ? '' : `${n * 10}`,
    createdate: at(n),
    hubspot_owner_id: '1',
  }));
  const contacts: Row[] = range(8).map((n) => ({
    id: `${100 + n}`,
    email: `person${n}@example.com`,
    firstname: 'Person',
    lastname: `${n}`,
    createdate: at(n),
    company_id: n > 6 ? '' : `${n}`,
  }));
  const products: Row[] = range(3).map((n) => ({
    id: `${n}`,
    name: `Product ${n}`,
    hs_sku: `P-${n}`,
    price: `${n}.50`,
  }));
  const deals: Row[] = range(DEALS).map((n) => ({
    id: `${1000 + n}`,
    dealname: `Deal ${n}`,
    pipeline: 'main',
    dealstage: STAGES[n % STAGES.length] ?? '',
    amount: n % 50 === 1 ? '' : n % 40 === 3 ? `-${n}.10` : `${n}.10`,
    deal_currency_code: n % 7 === 1 ? 'EUR' : n % 11 === 1 ? 'SEK' : n % 13 === 0 ? '' : 'USD',
    amount_in_home_currency: n % 7 === 1 && n % 50 !== 1 ? `${n * 2}.005` : '',
    createdate: at(n % 300),
    closedate: at((n % 300) + 20),
    company_id: n % 9 === 0 ? '' : `${(n % 6) + 1}`,
    contact_id: n % 4 === 0 ? '' : `${101 + (n % 8)}`,
  }));
  const badDeal: Row = { ...deals[0], id: BAD_DEAL, amount: 'x12', dealstage: 's_lost', deal_currency_code: 'USD' };
  const lineItems: Row[] = range(LINE_ITEMS).map((n) => ({
    id: `${n}`,
    deal_id: n % 100 === 0 ? '' : `${1001 + (n % DEALS)}`,
    hs_product_id: `${(n % 3) + 1}`,
    name: `Product ${(n % 3) + 1}`,
    quantity: '2',
    price: '1.25',
    amount: '2.50',
  }));
  const tickets: Row[] = range(5).map((n) => ({
    id: `${500 + n}`,
    subject: `Ticket ${n}`,
    pipeline: 'support',
    hs_pipeline_stage: n % 2 === 0 ? 't_open' : 't_closed',
    hs_ticket_priority: 'HIGH',
    createdate: at(n),
    closed_date: n % 2 === 0 ? '' : at(n + 1),
    satisfaction: n === 1 ? '4' : '',
    company_id: `${n}`,
    contact_id: n === 2 ? '' : `${100 + n}`,
  }));
  const engagements: Row[] = [
    { type: 'call', direction: 'INBOUND', outcome: 'COMPLETED', score: '' },
    { type: 'meeting', direction: '', outcome: 'NO_SHOW', score: '' },
    { type: 'email', direction: 'EMAIL', outcome: 'SENT', score: '' },
    { type: 'feedback', direction: '', outcome: 'positive', score: '9' },
    { type: 'page_view', direction: '', outcome: '', score: '' },
  ].map((row, n) => ({ id: `${n + 1}`, ...row, at: at(n), company_id: '1', contact_id: n === 0 ? '101' : '' }));
  const files = { owners, pipelines, companies, contacts, products, line_items: lineItems, tickets, engagements };
  for (const [name, rows] of Object.entries(files)) {
    await writeFile(
      join(directory, `${name}.csv`),
      `\uFEFF${stringify([...rows], { header: true, record_delimiter: '\r\n' })}`,
    );
  }
  const [firstDeal, ...otherDeals] = deals;
  const dealRows = [firstDeal ?? {}, badDeal, ...otherDeals];
  await writeFile(join(directory, 'deals.csv'), stringify(dealRows, { header: true }));
  const idsOf = (rows: readonly Row[]) => rows.map((row) => row.id ?? '');
  const linked = { contacts, deals, line_items: lineItems, tickets, engagements };
  return {
    directory,
    ids: {
      owners: idsOf(owners),
      pipelines: pipelines.map((row) => `${row.object}/${row.pipeline_id}/${row.stage_id}`),
      companies: idsOf(companies),
      contacts: idsOf(contacts),
      products: idsOf(products),
      deals: idsOf(deals),
      line_items: idsOf(lineItems),
      tickets: idsOf(tickets),
    },
    engagements: engagements.map((row) => ({ id: row.id ?? '', type: row.type ?? '' })),
    revenue: revenueOf(deals),
    links: Object.entries(linked).flatMap(([from, rows]) =>
      rows.flatMap((row) =>
        (['company_id', 'contact_id', 'deal_id'] as const)
          .filter((column) => (row[column] ?? '') !== '')
          .map((column) => ({
            from: from as ObjectType,
            fromId: row.id ?? '',
            to: LINKED[column],
            toId: row[column] ?? '',
            engagement: from === 'engagements' ? (row.type ?? '') : '',
          })),
      ),
    ),
  };
}

const LINKED = { company_id: 'companies', contact_id: 'contacts', deal_id: 'deals' } as const;

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

/** In thousandths, as whole numbers: nothing of the code under test is used. */
function revenueOf(deals: readonly Row[]): RawRevenue {
  const thousandths = (text: string) => {
    const [whole = '0', places = ''] = text.replace('-', '').split('.');
    const value = BigInt(whole) * 1000n + BigInt(places.padEnd(3, '0'));
    return text.startsWith('-') ? -value : value;
  };
  let total = 0n;
  let count = 0;
  let swedish = 0n;
  let swedishCount = 0;
  for (const deal of deals.filter((row) => row.dealstage === 's_won')) {
    const [amount = '', home = '', currency = ''] = [
      deal.amount,
      deal.amount_in_home_currency,
      deal.deal_currency_code,
    ];
    if (home !== '') {
      total += thousandths(home);
      count++;
    } else if (amount !== '' && (currency === 'USD' || currency === '')) {
      total += thousandths(amount);
      count++;
    } else if (amount !== '') {
      swedish += thousandths(amount);
      swedishCount++;
    }
  }
  return {
    currency: 'USD',
    amount: inUnits(total),
    deals: count,
    unconverted: [{ currency: 'SEK', deals: swedishCount, amount: inUnits(swedish) }],
  };
}

function inUnits(thousandths: bigint): string {
  const [sign, size] = thousandths < 0n ? ['-', -thousandths] : ['', thousandths];
  const places = String(size % 1000n).padStart(3, '0');
  return `${sign}${size / 1000n}.${places.endsWith('0') ? places.slice(0, 2) : places}`;
}
