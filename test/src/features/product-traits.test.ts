import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readBoughtProducts } from '../../../src/features/baskets.ts';
import { readIndustries } from '../../../src/features/customer-industries.ts';
import { readProductTraits } from '../../../src/features/product-traits.ts';
import { AS_OF, openSmallPortal, type SmallPortal } from '../../commands/small-portal.ts';

let small: SmallPortal;
beforeAll(async () => {
  small = await openSmallPortal();
  const product = { createdAt: 1, updatedAt: 2, archived: false, extra: {} };
  await small.portal.crm.upsert(
    'products',
    [
      { ...product, id: 'p1', name: 'Desk', sku: 'OFF-104', price: '250.00' },
      { ...product, id: 'p2', name: 'Lamp', sku: '4711', price: null },
    ],
    { origin: 'list' },
  );
  await small.analyse(AS_OF);
}, 120_000);
afterAll(() => small.close());

describe('what the CRM says of products', () => {
  it('is what an SKU begins with and the list price, by position of the products bought', async () => {
    const { products } = await readBoughtProducts(small.portal);
    expect(products.map(({ name }) => name)).toEqual(['Desk', 'Lamp', 'Chair', 'Shelf', 'Rug', 'Clock']);
    const { category, price } = await readProductTraits(small.portal);
    expect(category).toEqual(['off', '', 'sku', 'sku', 'sku', 'sku']);
    expect([...price]).toEqual([250, Number.NaN, 10, 10, 10, 10]);
  });
});

describe('the industry of customers', () => {
  it('is the company’s, and none where the customers are people', async () => {
    expect(await readIndustries(small.portal, 'company', ['c1', 'c2', 'c3', 'gone'])).toEqual([
      'CONSUMER_GOODS',
      '',
      'CONSUMER_GOODS',
      '',
    ]);
    expect(await readIndustries(small.portal, 'contact', ['c1'])).toEqual(['']);
  });
});
