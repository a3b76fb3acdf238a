import type { RandomSource } from '../../src/math/random.ts';
import { chance, pick } from './draws.ts';
import { type MadeUpCustomer, type MadeUpDeal, RATES } from './made-up-company.ts';
import { stageOf } from './made-up-stages.ts';
import type { DraftLink, PortalDraft } from './portal-draft.ts';
import type { MadeUpContact, MadeUpRecordCompany } from './tables-of-customers.ts';

export interface PlacedDeal {
  readonly deal: MadeUpDeal;
  readonly customer: number;
  id: string;
  readonly currency: string;
  oddity: 'no-customer' | 'no-close-date' | 'no-amount' | 'several' | 'several-unmarked' | null;
  /** The second customer of a deal of several. */
  other: number | null;
}

/** Cents in the home currency, as the CRM converts and rounds them; null without a rate. */
export function homeCents(cents: number, currency: string): number | null {
  const rate = RATES[currency] ?? null;
  // Half a cent away from zero, in whole numbers: the rate has two decimals.
  return rate === null ? null : Math.sign(cents) * Math.floor((Math.abs(cents) * Math.round(rate * 100) + 50) / 100);
}

export function moneyText(cents: number): string {
  const sign = cents < 0 ? '-' : '';
  const whole = Math.abs(cents);
  return `${sign}${Math.floor(whole / 100)}.${String(whole % 100).padStart(2, '0')}`;
}

export function dealTables(
  draft: PortalDraft,
  random: RandomSource,
  deals: readonly PlacedDeal[],
  customers: readonly MadeUpCustomer[],
  companies: readonly MadeUpRecordCompany[],
  contacts: readonly MadeUpContact[],
  ownerOf: readonly string[],
): void {
  const people: string[][] = customers.map(() => []);
  for (const contact of contacts) people[contact.customer]!.push(contact.id);
  const columns = [
    'dealname',
    'pipeline',
    'dealstage',
    'amount',
    'deal_currency_code',
    'amount_in_home_currency',
    'hs_exchange_rate',
    'createdate',
    'closedate',
    'hubspot_owner_id',
  ];
  draft.add(
    'deals',
    columns,
    deals.length,
    (row) => {
      const { deal, customer, id, currency, oddity, other } = deals[row]!;
      const [pipeline, stage] = stageOf(deal.fate, deal.isFirst, random());
      const home = homeCents(deal.amount, currency);
      const rate = RATES[currency] ?? null;
      const links: DraftLink[] = [];
      if (oddity !== 'no-customer') {
        links.push({ to: 'companies', id: companies[customer]!.id, isPrimary: oddity !== 'several-unmarked' });
      }
      if (other !== null) links.push({ to: 'companies', id: companies[other]!.id, isPrimary: false });
      if (oddity !== 'no-customer' || chance(random, 0.5)) {
        links.push({ to: 'contacts', id: pick(random, people[customer]!), isPrimary: false });
      }
      const hasAmount = oddity !== 'no-amount';
      return {
        id,
        values: [
          deal.name,
          pipeline,
          stage,
          hasAmount ? moneyText(deal.amount) : null,
          currency,
          home === null || !hasAmount ? null : moneyText(home),
          rate === null ? null : String(rate),
          new Date(deal.createdAt).toISOString(),
          oddity === 'no-close-date' ? null : new Date(deal.closesAt).toISOString(),
          ownerOf[customer]!,
        ],
        links,
      };
    },
    ['companies', 'contacts'],
  );
  const lines = deals.flatMap(({ deal, id }) => deal.lines.map((line) => ({ line, deal: id })));
  draft.add(
    'line_items',
    ['hs_product_id', 'name', 'quantity', 'price', 'amount'],
    lines.length,
    (row) => {
      const { line, deal } = lines[row]!;
      return {
        id: String(300_000_001 + row),
        values: [
          line.product.id,
          line.product.name,
          String(line.quantity),
          moneyText(line.price),
          moneyText(line.amount),
        ],
        links: [{ to: 'deals', id: deal, isPrimary: false }],
      };
    },
    ['deals'],
  );
}
