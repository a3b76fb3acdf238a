import { type BoughtProduct, readBoughtProducts } from '../features/baskets.ts';
import { lastCompleteDay } from '../features/calendar.ts';
import { readIndustries } from '../features/customer-industries.ts';
import { type ProductSequences, readProductSequences } from '../features/product-sequences.ts';
import { type ProductTraits, readProductTraits } from '../features/product-traits.ts';
import { type PurchaseHistory, readPurchaseHistory } from '../features/purchase-history.ts';
import { zonedDay } from '../features/zoned-day.ts';
import type { ReadContext } from './analysis.ts';

/** What is looked at to tell the next product: who bought which product on which day, and what is known of both. */
export interface RecommendInput extends ProductSequences, ProductTraits {
  readonly products: readonly BoughtProduct[];
  /** By position in `customerIds`; '' where it is not known. */
  readonly industries: readonly string[];
  /** What RFM groups are told from. */
  readonly history: PurchaseHistory;
  /** Days since 1970-01-01 in the portal's zone. */
  readonly today: number;
  readonly lastCompleteDay: number;
  readonly horizonDays: number;
}

export async function readRecommendInput({ portal, portfolio }: ReadContext): Promise<RecommendInput> {
  const { products } = await readBoughtProducts(portal);
  const sequences = await readProductSequences(portal);
  return {
    ...sequences,
    ...(await readProductTraits(portal)),
    products,
    industries: await readIndustries(portal, portfolio.unit, sequences.customerIds),
    history: await readPurchaseHistory(portal),
    today: zonedDay(portfolio.asOf, portfolio.timeZone),
    lastCompleteDay: lastCompleteDay(portfolio.asOf, portfolio.timeZone),
    horizonDays: portfolio.horizonDays,
  };
}
