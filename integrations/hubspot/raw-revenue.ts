import { Decimal } from 'decimal.js';
import { z } from 'zod';
import type { RawRevenue } from '../../src/ports/crm.ts';
import { checked } from './checked.ts';
import { listObject } from './divided-listing.ts';
import type { Governor } from './governor.ts';
import { extentOf } from './listing.ts';
import { paths } from './paths.ts';

/** Enough digits that no sum of amounts is rounded. */
const Exact = Decimal.clone({ precision: 100 });
const AMOUNT = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

const PROPERTIES = 'amount,amount_in_home_currency,deal_currency_code,hs_is_closed_won,pipeline,dealstage';
const text = z.string().nullish().catch(null);
const dealSchema = z.object({
  properties: z.object({
    amount: text,
    amount_in_home_currency: text,
    deal_currency_code: text,
    hs_is_closed_won: text,
    pipeline: text,
    dealstage: text,
  }),
});
const stagesSchema = z.object({
  results: z.array(
    z.object({
      id: z.coerce.string(),
      stages: z.array(
        z.object({
          id: z.coerce.string(),
          metadata: z.object({ isClosed: z.coerce.string(), probability: z.coerce.string() }).partial(),
        }),
      ),
    }),
  ),
});

/**
 * Won deals summed from a second listing, with nothing of what turns answers into records: the other side of the
 * reconciliation. Won = hs_is_closed_won, or where the deal has none, a stage that is closed with probability 1.
 */
export async function rawRevenueOf(governor: Governor, currency: string, signal?: AbortSignal): Promise<RawRevenue> {
  const wonStages = await readWonStages(governor, signal);
  let total = new Exact(0);
  let deals = 0;
  const others = new Map<string, { deals: number; amount: Decimal }>();
  const stop = signal ?? new AbortController().signal;
  const extent = extentOf(governor, 'deals', stop);
  extent.catch(() => undefined);
  const query = { properties: PROPERTIES, archived: 'false' };
  const groups = listObject(governor, paths.objects('deals'), query, {
    after: null,
    extent,
    signal: stop,
    read: (results) => results.map((result) => dealSchema.safeParse(result).data?.properties),
  });
  for await (const page of groups) {
    if (page.startsAnew) {
      [total, deals] = [new Exact(0), 0];
      others.clear();
    }
    for (const raw of page.read) {
      const flag = raw?.hs_is_closed_won ?? '';
      const isWon = flag === '' ? wonStages.has(JSON.stringify([raw?.pipeline, raw?.dealstage])) : flag === 'true';
      if (raw === undefined || !isWon) {
        continue;
      }
      const [amount, home, own] = [
        raw.amount ?? '',
        raw.amount_in_home_currency ?? '',
        (raw.deal_currency_code ?? '').toUpperCase(),
      ];
      if (AMOUNT.test(home)) {
        total = total.plus(home);
        deals++;
      } else if (AMOUNT.test(amount) && (own === '' || own === currency)) {
        total = total.plus(amount);
        deals++;
      } else if (AMOUNT.test(amount)) {
        const other = others.get(own) ?? { deals: 0, amount: new Exact(0) };
        others.set(own, { deals: other.deals + 1, amount: other.amount.plus(amount) });
      }
    }
  }
  return {
    currency,
    amount: moneyText(total),
    deals,
    unconverted: [...others]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([code, other]) => ({ currency: code, deals: other.deals, amount: moneyText(other.amount) })),
  };
}

async function readWonStages(governor: Governor, signal: AbortSignal | undefined): Promise<ReadonlySet<string>> {
  const path = paths.pipelines('deals');
  const answer = await governor.call({ method: 'GET', path, bucket: 'general', isIdempotent: true }, signal);
  const won = new Set<string>();
  for (const pipeline of checked(stagesSchema, answer, path).results) {
    for (const { id, metadata } of pipeline.stages) {
      if (metadata.isClosed === 'true' && Number(metadata.probability ?? 'NaN') === 1) {
        won.add(JSON.stringify([pipeline.id, id]));
      }
    }
  }
  return won;
}

function moneyText(amount: Decimal): string {
  return amount.toFixed(Math.max(2, amount.decimalPlaces()));
}
