import { Decimal } from 'decimal.js';
import { z } from 'zod';
import type { RawRevenue } from '../../src/ports/crm.ts';
import { checked } from './checked.ts';
import type { Governor } from './governor.ts';
import { listPage } from './listing.ts';
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
  let after: string | null = null;
  do {
    const page = await listPage(
      governor,
      paths.objects('deals'),
      { properties: PROPERTIES, archived: 'false' },
      after,
      signal,
    );
    for (const result of page.results) {
      const raw = dealSchema.safeParse(result).data?.properties;
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
    after = page.next;
  } while (after !== null);
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
