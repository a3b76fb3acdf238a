import { LEAVING } from './customer-life.ts';
import { DAY, type MadeUpCustomer } from './made-up-company.ts';
import { WON_STAGES } from './made-up-stages.ts';
import type { PlantedTruths } from './planted-truths.ts';
import { type MadeUpProduct, RULE } from './product-range.ts';
import type { MadeUpContact, MadeUpRecordCompany } from './tables-of-customers.ts';
import { homeCents, moneyText, type PlacedDeal } from './tables-of-deals.ts';

/** What was planted, written down from the drafts and not from the portal, so that a test compares two things. */
export function plantedTruths(made: {
  seed: number;
  asOf: number;
  start: Date;
  products: readonly MadeUpProduct[];
  customers: readonly MadeUpCustomer[];
  companies: readonly MadeUpRecordCompany[];
  contacts: readonly MadeUpContact[];
  deals: readonly PlacedDeal[];
}): PlantedTruths {
  const idOf = (customer: MadeUpCustomer): string => made.companies[customer.place]!.id;
  const dayText = (day: number): string => new Date(made.start.getTime() + day * DAY).toISOString().slice(0, 10);
  const won = made.deals.filter(({ deal }) => deal.fate === 'won');
  const converted = won.filter(({ currency, oddity }) => currency !== 'CNY' && oddity !== 'no-amount');
  const sum = (deals: readonly PlacedDeal[]): number =>
    deals.reduce((total, { deal, currency }) => total + (homeCents(deal.amount, currency) ?? 0), 0);
  const gap = won.filter(({ currency }) => currency === 'CNY');
  const causes = (['no-customer', 'no-close-date'] as const).map((cause) => {
    const deals = converted.filter(({ oddity }) => oddity === cause);
    return { cause, deals: deals.length, cents: sum(deals) };
  });
  const crm = sum(converted);
  const refunds = won.filter(({ deal, currency }) => deal.isRefund && currency !== 'CNY');
  const doubles = made.contacts.filter((contact) => contact.doubleOf !== null);
  const byPhone = doubles.filter((contact) => contact.phone !== null);
  const byEmail = doubles.filter((contact) => contact.phone === null);
  const nameOf = (id: string): string => made.products.find((product) => product.id === id)!.name;
  return {
    seed: made.seed,
    asOf: new Date(made.asOf).toISOString(),
    startedOn: dayText(0),
    currency: 'EUR',
    leaving: {
      chanceAfterTrouble: LEAVING.chanceAfterTrouble,
      otherwisePerYear: LEAVING.otherwisePerYear,
      left: made.customers.flatMap((customer) =>
        customer.life.leftOn === null || customer.life.cause === null
          ? []
          : [{ companyId: idOf(customer), on: dayText(customer.life.leftOn), cause: customer.life.cause }],
      ),
      stayedAfterTrouble: made.customers
        .filter(({ life }) => life.leftOn === null && life.troubles.length > 0)
        .map(idOf),
    },
    seasonal: made.customers.flatMap((customer) =>
      customer.life.month === null ? [] : [{ companyId: idOf(customer), month: customer.life.month }],
    ),
    rule: {
      left: RULE.left,
      right: RULE.right,
      leftNames: RULE.left.map(nameOf),
      rightName: nameOf(RULE.right),
      confidence: RULE.confidence,
    },
    duplicates: {
      contactsByEmail: byEmail.map((contact) => [contact.doubleOf!, contact.id] as const),
      contactsByPhone: byPhone.map((contact) => [contact.doubleOf!, contact.id] as const),
      companies: made.companies.flatMap(({ doubleOf, id }) => (doubleOf === null ? [] : [[doubleOf, id] as const])),
    },
    currencyGap: {
      currency: 'CNY',
      deals: gap.length,
      amount: moneyText(gap.reduce((total, { deal }) => total + deal.amount, 0)),
    },
    severalCompanies: {
      withPrimary: made.deals.filter(({ oddity }) => oddity === 'several').map(({ id }) => id),
      withoutPrimary: made.deals
        .filter(({ oddity }) => oddity === 'several-unmarked')
        .map(({ id, customer }) => ({ dealId: id, companyId: made.companies[customer]!.id })),
    },
    refunds: { deals: refunds.length, amount: moneyText(sum(refunds)) },
    wonStages: WON_STAGES,
    reconciliation: {
      crm: moneyText(crm),
      ours: moneyText(crm - causes.reduce((total, { cents }) => total + cents, 0)),
      differences: causes.map(({ cause, deals, cents }) => ({ cause, deals, amount: moneyText(cents) })),
      withoutAmount: won.filter(({ oddity }) => oddity === 'no-amount').length,
    },
  };
}
