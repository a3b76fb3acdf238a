import type { RandomSource } from '../../src/math/random.ts';
import { normal } from '../../src/math/random.ts';
import { type CustomerLife, customerLife, equalLife } from './customer-life.ts';
import { between, chance, logNormal, pick } from './draws.ts';
import type { MadeUpCompany as CompanyName, NameMaker } from './made-up-names.ts';
import type { DealFate } from './made-up-stages.ts';
import { basketOf, type MadeUpProduct } from './product-range.ts';

export interface MadeUpLine {
  readonly product: MadeUpProduct;
  readonly quantity: number;
  /** Cents of the deal's currency. */
  readonly price: number;
  readonly amount: number;
}

export interface MadeUpDeal {
  /** Instants. */
  readonly createdAt: number;
  readonly closesAt: number;
  readonly fate: DealFate;
  readonly isFirst: boolean;
  readonly isRefund: boolean;
  /** Cents of `currency`. */
  readonly amount: number;
  readonly lines: readonly MadeUpLine[];
  readonly name: string;
}

export interface MadeUpCustomer {
  readonly place: number;
  readonly title: CompanyName;
  readonly life: CustomerLife;
  readonly createdAt: number;
  readonly employees: number;
  readonly currency: string;
  readonly contacts: readonly ReturnType<NameMaker['person']>[];
  readonly deals: readonly MadeUpDeal[];
}

export const DAY = 86_400_000;
export const RATES: Readonly<Record<string, number | null>> = { EUR: 1, USD: 0.92, CNY: null };

/** One customer with its whole story. `start` is the midnight on which the history begins; it is `days` long. */
export function madeUpCustomer(
  random: RandomSource,
  names: NameMaker,
  products: readonly MadeUpProduct[],
  place: number,
  start: Date,
  days: number,
  equalGap: number | null,
): MadeUpCustomer {
  const title = names.company(place);
  const life = equalGap === null ? customerLife(random, start, days) : equalLife(random, days, equalGap);
  const size = logNormal(random, 1, 0.8);
  const currency = currencyOf(random, title.country);
  const contacts = Array.from({ length: [1, 2, 2, 3, 3, 3, 4, 5][between(random, 0, 7)]! }, () =>
    names.person(title.country, title.domain),
  );
  const categories = [between(random, 0, 5), between(random, 0, 5)];
  const at = (day: number): number => start.getTime() + day * DAY + between(random, 8 * 60, 17 * 60) * 60_000;
  const end = start.getTime() + days * DAY;
  const deals: MadeUpDeal[] = [];
  const deal = (day: number, fate: DealFate, isFirst: boolean): void => {
    const basket = basketOf(random, products, categories, between(random, 1, 1 + Math.round(3 * Math.min(1.4, size))));
    const lines = basket.map((product) => lineOf(random, product, size, currency));
    const amount = lines.reduce((sum, line) => sum + line.amount, 0);
    const closesAt = at(day);
    // Open deals were made lately and are hoped for soon; the others took days or weeks.
    const createdAt =
      fate === 'open'
        ? Math.min(end - DAY, closesAt - between(random, 30, 70) * DAY)
        : closesAt - between(random, 1, isFirst ? 45 : 12) * DAY;
    const name = `${isFirst ? 'First order' : 'Order'} ${title.name.split(' ')[0]} ${pick(random, basket).name}`;
    deals.push({ createdAt, closesAt, fate, isFirst, isRefund: false, amount, lines, name });
    if (fate !== 'won' || !chance(random, 0.018) || day + 45 >= days) return;
    const share = chance(random, 0.3) ? 1 : 0.2 + 0.5 * random();
    const back = lines[0]!;
    const refund = -Math.round(back.amount * share);
    const refundAt = at(day + between(random, 5, 40));
    deals.push({
      createdAt: refundAt,
      closesAt: refundAt,
      fate: 'won',
      isFirst: false,
      isRefund: true,
      amount: refund,
      lines: [{ product: back.product, quantity: -1, price: -refund, amount: refund }],
      name: `Credit note ${title.name.split(' ')[0]} ${back.product.name}`,
    });
  };
  life.purchases.forEach((day, n) => {
    if (n === 0 && chance(random, 0.3) && day > 40) deal(day - between(random, 20, 40), 'lost', true);
    deal(day, 'won', n === 0);
    if (chance(random, 0.2)) deal(Math.min(days - 1, day + between(random, 10, 60)), 'lost', false);
  });
  if (life.kind === 'prospect' && chance(random, 0.7)) deal(Math.min(days - 1, life.firstDay + 15), 'lost', true);
  const isActive = life.leftOn === null && life.kind !== 'occasional';
  if (isActive && chance(random, 0.22)) deal(days + between(random, 5, 60), 'open', life.purchases.length === 0);
  return {
    place,
    title,
    life,
    createdAt: at(Math.max(0, life.firstDay - between(random, 10, 90))) - (life.firstDay < 90 ? 200 * DAY : 0),
    employees: Math.max(2, Math.round(60 * size ** 1.5 * Math.exp(0.5 * normal(random)))),
    currency,
    contacts,
    deals,
  };
}

function currencyOf(random: RandomSource, country: string): string {
  if (country === 'United States') return chance(random, 0.9) ? 'USD' : 'EUR';
  if (country === 'China') return chance(random, 0.35) ? 'CNY' : 'USD';
  return 'EUR';
}

/** What a line costs in the deal's currency; the yuan's price list needs no rate in the CRM. */
function lineOf(random: RandomSource, product: MadeUpProduct, size: number, currency: string): MadeUpLine {
  const factor = { EUR: 1, USD: 1.1, CNY: 7.8 }[currency]!;
  const wanted = (70_000 * size * logNormal(random, 1, 0.5)) / product.price;
  const quantity = Math.max(1, Math.min(500, Math.round(wanted)));
  const discount = quantity >= 50 ? 0.9 : quantity >= 10 ? 0.95 : 1;
  const price = Math.round(product.price * factor * discount);
  return { product, quantity, price, amount: price * quantity };
}
