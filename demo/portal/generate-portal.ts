import { type RandomSource, seededRandom } from '../../src/math/random.ts';
import { between, chance, pick } from './draws.ts';
import { DAY, type MadeUpCustomer, madeUpCustomer } from './made-up-company.ts';
import { NameMaker } from './made-up-names.ts';
import { engagementsOf, ticketsOf } from './made-up-service.ts';
import { madeUpOwners, madeUpStages } from './made-up-stages.ts';
import type { PlantedTruths } from './planted-truths.ts';
import type { PortalData } from './portal-data.ts';
import { PortalDraft } from './portal-draft.ts';
import { productRange } from './product-range.ts';
import { companyTables, contactTables, type MadeUpContact, type MadeUpRecordCompany } from './tables-of-customers.ts';
import { dealTables, type PlacedDeal } from './tables-of-deals.ts';
import { serviceTables } from './tables-of-service.ts';
import { plantedTruths } from './truths-of-portal.ts';

export interface GenerateOptions {
  readonly seed: number;
  /** Customers; a few doubles come on top. */
  readonly companies?: number;
  /** The last instant of the data; a fixed one unless given, so that a seed gives the same bytes on any day. */
  readonly asOf?: number;
  readonly years?: number;
  /**
   * Days: everybody buys from the first day on at one and the same Poisson rate of this mean gap, nobody has trouble and nobody
   * leaves, so that nothing in the past tells who orders next.
   */
  readonly equalGap?: number;
}

const DEFAULT_AS_OF = Date.UTC(2026, 9, 31, 18);

/**
 * A made-up maker of industrial instruments and its customers: who bought what and when, who complained, who left, with
 * everything planted that Kith should find. The same options give the same bytes.
 */
export function generatePortal(options: GenerateOptions): { portal: PortalData; truths: PlantedTruths } {
  const random = seededRandom(options.seed);
  const asOf = options.asOf ?? DEFAULT_AS_OF;
  const days = Math.round(365 * (options.years ?? 3));
  // The last day of the history ends before `asOf`.
  const start = new Date((Math.floor(asOf / DAY) - days) * DAY);
  const names = new NameMaker(random);
  const products = productRange();
  const customers = Array.from({ length: options.companies ?? 1500 }, (_, place) =>
    madeUpCustomer(random, names, products, place, start, days, options.equalGap ?? null),
  );
  const owners = madeUpOwners();
  const draft = new PortalDraft(madeUpStages());
  const active = owners.filter((owner) => !owner.archived).map((owner) => owner.id);
  // A few customers still belong to the owner who has left.
  const ownerOf = customers.map(() => (chance(random, 0.03) ? owners.at(-1)!.id : pick(random, active)));
  const companies = companiesOf(random, customers, ownerOf);
  const contacts = contactsOf(random, customers, companies, names);
  const deals = placedDeals(random, customers);
  companyTables(draft, companies);
  contactTables(draft, contacts);
  draft.add('products', ['name', 'hs_sku', 'price'], products.length, (row) => ({
    id: products[row]!.id,
    values: [products[row]!.name, products[row]!.sku, (products[row]!.price / 100).toFixed(2)],
    links: [],
  }));
  dealTables(draft, random, deals, customers, companies, contacts, ownerOf);
  serviceTables(
    draft,
    random,
    customers.map((customer) => ({
      tickets: ticketsOf(random, customer.life, start.getTime(), days),
      engagements: engagementsOf(random, customer.life, start.getTime(), days),
    })),
    companies,
    contacts,
  );
  const portal = draft.portal(
    {
      portalId: 48_210_007,
      name: 'Tessera Instruments',
      timeZone: 'Europe/Berlin',
      companyCurrency: 'EUR',
      currencies: [
        { code: 'CNY', rate: null },
        { code: 'USD', rate: '0.92' },
      ],
    },
    owners,
  );
  const truths = plantedTruths({ seed: options.seed, asOf, start, products, customers, companies, contacts, deals });
  return { portal, truths };
}

/** The customers' records, and for one in a hundred a second record: the same domain, nearly the same name. */
function companiesOf(
  random: RandomSource,
  customers: readonly MadeUpCustomer[],
  ownerOf: readonly string[],
): MadeUpRecordCompany[] {
  const companies: MadeUpRecordCompany[] = customers.map((customer, place) => ({
    id: String(10_001 + place),
    customer: place,
    doubleOf: null,
    name: customer.title.name,
    createdAt: customer.createdAt,
    ownerId: ownerOf[place]!,
    title: customer.title,
    employees: customer.employees,
  }));
  const doubles = Math.max(4, Math.round(customers.length / 100));
  for (let n = 0; n < doubles; n++) {
    const original = companies[Math.floor(((n + random()) * customers.length) / doubles)]!;
    const spaces = original.name.lastIndexOf(' ');
    const name =
      n % 2 === 0 && spaces > 0 ? original.name.slice(0, spaces) : `${original.name.toUpperCase()} `.trimEnd();
    companies.push({
      ...original,
      id: String(10_001 + companies.length),
      doubleOf: original.id,
      name: name === original.name ? `${name} Group` : name,
      createdAt: original.createdAt + between(random, 30, 120) * DAY,
    });
  }
  return companies;
}

function contactsOf(
  random: RandomSource,
  customers: readonly MadeUpCustomer[],
  companies: readonly MadeUpRecordCompany[],
  names: NameMaker,
): MadeUpContact[] {
  const contacts: MadeUpContact[] = [];
  const add = (person: MadeUpContact['person'], customer: number, doubleOf: string | null): MadeUpContact => {
    const contact = {
      id: String(2_000_001 + contacts.length),
      customer,
      doubleOf,
      person,
      country: customers[customer]!.title.country,
      // Half of them have left a telephone number; without one the field is empty.
      phone: doubleOf !== null || chance(random, 0.5) ? person.phone : null,
      createdAt: companies[customer]!.createdAt + between(random, 0, 25) * DAY,
      ownerId: companies[customer]!.ownerId,
    };
    contacts.push(contact);
    return contact;
  };
  customers.forEach((customer, place) => {
    for (const person of customer.contacts) add(person, place, null);
  });
  const originals = contacts.length;
  const doubles = Math.max(6, Math.round(originals / 150));
  for (let n = 0; n < doubles; n++) {
    const original = contacts[Math.floor(((n + random()) * originals) / doubles)]!;
    if (n % 3 === 2) {
      const other = names.person(original.country, customers[original.customer]!.title.domain);
      original.phone ??= original.person.phone;
      add({ ...other, phone: original.phone }, original.customer, original.id);
    } else {
      const email =
        n % 3 === 0 ? original.person.email : original.person.email.replace(/^./, (letter) => letter.toUpperCase());
      add({ ...original.person, email, phone: '' }, original.customer, original.id).phone = null;
    }
  }
  return contacts;
}

/** All deals in the order in which they were entered, with what is odd about some of the won ones. */
function placedDeals(random: RandomSource, customers: readonly MadeUpCustomer[]): PlacedDeal[] {
  const deals: PlacedDeal[] = customers.flatMap((customer) =>
    customer.deals.map((deal) => ({
      deal,
      customer: customer.place,
      id: '',
      currency: customer.currency,
      oddity: null,
      other: null,
    })),
  );
  deals.sort((a, b) => a.deal.createdAt - b.deal.createdAt || a.customer - b.customer);
  const isOrdinary = ({ deal, currency }: PlacedDeal): boolean =>
    deal.fate === 'won' && !deal.isRefund && currency !== 'CNY';
  const ordinary = deals.filter(isOrdinary);
  deals.forEach((placed, n) => {
    placed.id = String(50_000_001 + n);
    if (!isOrdinary(placed)) return;
    const draw = random();
    if (draw < 0.012) placed.oddity = 'no-customer';
    else if (draw < 0.032) placed.oddity = 'several';
    else if (draw < 0.042) placed.oddity = 'several-unmarked';
    if (placed.oddity === 'several' || placed.oddity === 'several-unmarked')
      placed.other = otherCustomer(random, customers, placed);
    if (placed.other === null && placed.oddity?.startsWith('several')) placed.oddity = null;
  });
  // These are few, and there is always one of each.
  ordinary.forEach((placed, n) => {
    if (placed.oddity === null && n % 900 === 450) placed.oddity = 'no-close-date';
    if (placed.oddity === null && n % 900 === 750) placed.oddity = 'no-amount';
  });
  return deals;
}

/** Somebody younger than the deal's own customer, so that it is clear which of the two is the oldest. */
function otherCustomer(random: RandomSource, customers: readonly MadeUpCustomer[], placed: PlacedDeal): number | null {
  const own = customers[placed.customer]!;
  for (let tries = 0; tries < 20; tries++) {
    const other = pick(random, customers);
    if (other.place !== own.place && other.createdAt > own.createdAt) return other.place;
  }
  return null;
}
