import type { Association, CrmRecords, ObjectType } from '../src/domain/crm.ts';
import { type RandomSource, seededRandom } from '../src/math/random.ts';
import type { PortalStore } from '../src/store/portal-store.ts';

const DAY = 86_400_000;
const DAYS = 1095;
/** The last day of the history; fixed, so that a size gives the same rows on any day. */
export const AS_OF = Date.UTC(2026, 9, 31, 18);
const START = AS_OF - DAYS * DAY;
const CUSTOMERS_AT_ONCE = 5_000;
const PRODUCTS = 40;
const base = { createdAt: START, updatedAt: 0, archived: false, extra: {} };

/**
 * Fills a portal's store with companies, about five won deals of one product or two each, and a support ticket for every second:
 * people who buy at gaps of their own and leave after any purchase, sooner after an urgent ticket. What was written, by type.
 */
export async function fillWithCustomers(portal: PortalStore, customers: number): Promise<Record<string, number>> {
  const random = seededRandom(17);
  await portal.crm.saveAccount({
    portalId: portal.portalId,
    name: 'Bench',
    timeZone: 'UTC',
    currency: 'EUR',
    recordUrl: '',
  });
  await portal.crm.upsert('pipelines', [stage], { origin: 'list' });
  await portal.crm.upsert('products', Array.from({ length: PRODUCTS }, productOf), { origin: 'list' });
  const written = { companies: 0, deals: 0, line_items: 0, tickets: 0 };
  for (let first = 0; first < customers; first += CUSTOMERS_AT_ONCE) {
    const some = Array.from({ length: Math.min(CUSTOMERS_AT_ONCE, customers - first) }, (_, i) =>
      customerOf(random, first + i),
    );
    await write(
      portal,
      'companies',
      some.map(({ company }) => company),
    );
    await write(
      portal,
      'deals',
      some.flatMap(({ deals }) => deals),
      'companies',
    );
    await write(
      portal,
      'line_items',
      some.flatMap(({ items }) => items),
      'deals',
    );
    await write(
      portal,
      'tickets',
      some.flatMap(({ tickets }) => tickets),
      'companies',
    );
    written.companies += some.length;
    for (const { deals, items, tickets } of some) {
      written.deals += deals.length;
      written.line_items += items.length;
      written.tickets += tickets.length;
    }
  }
  return written;
}

interface Linked<T extends ObjectType> {
  readonly record: CrmRecords[T];
  readonly to: string;
}

async function write<T extends 'companies' | 'deals' | 'line_items' | 'tickets'>(
  portal: PortalStore,
  type: T,
  rows: readonly Linked<T>[],
  toType?: ObjectType,
): Promise<void> {
  await portal.crm.upsert(
    type,
    rows.map(({ record }) => record),
    { origin: 'list' },
  );
  if (toType === undefined) return;
  const links = rows.map(
    ({ record, to }): Association => ({ fromType: type, fromId: record.id, toType, toId: to, isPrimary: true }),
  );
  await portal.crm.replaceAssociations(
    type,
    toType,
    links.map(({ fromId }) => fromId),
    links,
  );
}

function customerOf(random: RandomSource, n: number) {
  const id = String(1_000_000 + n);
  const company: Linked<'companies'> = {
    to: '',
    record: {
      ...base,
      id,
      name: `Company ${n}`,
      domain: `company-${n}.example`,
      industry: '',
      country: '',
      employees: null,
      ownerId: '',
      parentCompanyId: '',
    },
  };
  const deals: Linked<'deals'>[] = [];
  const items: Linked<'line_items'>[] = [];
  const tickets: Linked<'tickets'>[] = [];
  const meanGap = 30 + 190 * random() * random();
  const usual = Math.exp(4 + 3 * random());
  let day = Math.floor(random() * (DAYS - 60));
  for (let k = 0; day < DAYS; k++) {
    const dealId = `${id}${100 + k}`;
    const amount = (usual * (0.5 + random())).toFixed(2);
    deals.push({ to: id, record: dealOf(dealId, amount, START + day * DAY) });
    const first = Math.floor(random() * random() * PRODUCTS);
    const kinds = random() < 0.35 ? [first, (first + 1 + Math.floor(3 * random())) % PRODUCTS] : [first];
    for (const kind of kinds) items.push({ to: dealId, record: itemOf(`${dealId}${10 + kind}`, kind, amount) });
    const hasTicket = random() < 0.1;
    const isUrgent = hasTicket && random() < 0.4;
    if (hasTicket) {
      const opened = START + Math.min(DAYS - 1, day + Math.floor(20 * random())) * DAY;
      tickets.push({ to: id, record: ticketOf(`${dealId}9`, opened, isUrgent) });
    }
    if (random() < (isUrgent ? 0.6 : 0.1)) break;
    day += Math.max(1, Math.round(-Math.log(1 - random()) * meanGap));
  }
  return { company, deals, items, tickets };
}

const stage: CrmRecords['pipelines'] = {
  ...base,
  id: 'deals/p/won',
  object: 'deals',
  pipelineId: 'p',
  pipelineLabel: 'Sales',
  stageId: 'won',
  stageLabel: 'Won',
  isClosed: true,
  probability: 1,
};

function productOf(_: unknown, kind: number): CrmRecords['products'] {
  return { ...base, id: `p${kind}`, name: `Product ${kind}`, sku: `SKU-${kind}`, price: '100.00' };
}

function dealOf(id: string, amount: string, closedAt: number): CrmRecords['deals'] {
  return {
    ...base,
    id,
    name: '',
    pipelineId: 'p',
    stageId: 'won',
    amount,
    currency: '',
    homeAmount: null,
    exchangeRate: null,
    closedAt,
    ownerId: '',
    isClosedWon: true,
  };
}

function itemOf(id: string, kind: number, amount: string): CrmRecords['line_items'] {
  return {
    ...base,
    id,
    productId: `p${kind}`,
    name: `Product ${kind}`,
    sku: `SKU-${kind}`,
    quantity: '1',
    price: amount,
    amount,
    recurringPeriod: '',
    recurringFrequency: '',
    startsAt: null,
    endsAt: null,
  };
}

function ticketOf(id: string, opened: number, isUrgent: boolean): CrmRecords['tickets'] {
  return {
    ...base,
    id,
    subject: 'Delivery',
    createdAt: opened,
    pipelineId: 't',
    stageId: 'closed',
    priority: isUrgent ? 'URGENT' : 'LOW',
    closedAt: opened + (isUrgent ? 9 : 2) * DAY,
    satisfaction: isUrgent ? 1 : 4,
    ownerId: '',
  };
}
