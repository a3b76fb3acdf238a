import { Decimal } from 'decimal.js';
import type { RawRevenue } from '../../src/ports/crm.ts';
import { readRowGroups } from './rows.ts';

/** Enough digits that no sum of amounts is rounded. */
const Exact = Decimal.clone({ precision: 100 });
const AMOUNT = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

interface WonDeal {
  readonly amount: string;
  readonly currency: string;
  readonly home: string;
}

/**
 * Won deals straight from the cells of deals.csv and pipelines.csv, with nothing of what turns rows into records: this is
 * the other side of the reconciliation. Won = the deal's stage has is_closed true and probability 1.
 */
export async function readWonDeals(
  dealsFile: string | undefined,
  pipelinesFile: string | undefined,
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, WonDeal>> {
  const wonStages = new Set<string>();
  for await (const rows of rawRows(pipelinesFile)) {
    for (const cell of rows) {
      const isDealStage = cell('object') === 'deals';
      if (isDealStage && cell('is_closed').toLowerCase() === 'true' && Number(cell('probability') || 'NaN') === 1) {
        wonStages.add(stageKey(cell('pipeline_id'), cell('stage_id')));
      }
    }
  }
  const won = new Map<string, WonDeal>();
  for await (const rows of rawRows(dealsFile, signal)) {
    for (const cell of rows) {
      const id = cell('id');
      if (id !== '' && wonStages.has(stageKey(cell('pipeline'), cell('dealstage')))) {
        const home = cell('amount_in_home_currency');
        won.set(id, { amount: cell('amount'), currency: cell('deal_currency_code').toUpperCase(), home });
      } else {
        won.delete(id);
      }
    }
  }
  return won;
}

function stageKey(pipeline: string, stage: string): string {
  return `${pipeline.length}/${pipeline}${stage}`;
}

/** The currency of most won deals; 'USD' where none says. Ties go to the first in the alphabet. */
export function homeCurrency(won: ReadonlyMap<string, WonDeal>): string {
  const deals = new Map<string, number>();
  for (const { currency } of won.values()) {
    if (/^[A-Z]{3}$/.test(currency)) {
      deals.set(currency, (deals.get(currency) ?? 0) + 1);
    }
  }
  return [...deals].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))[0]?.[0] ?? 'USD';
}

export function sumWonDeals(won: ReadonlyMap<string, WonDeal>, currency: string): RawRevenue {
  let total = new Exact(0);
  let deals = 0;
  const others = new Map<string, { deals: number; amount: Decimal }>();
  for (const deal of won.values()) {
    if (AMOUNT.test(deal.home)) {
      total = total.plus(deal.home);
      deals++;
    } else if (AMOUNT.test(deal.amount) && (deal.currency === '' || deal.currency === currency)) {
      total = total.plus(deal.amount);
      deals++;
    } else if (AMOUNT.test(deal.amount)) {
      const other = others.get(deal.currency) ?? { deals: 0, amount: new Exact(0) };
      others.set(deal.currency, { deals: other.deals + 1, amount: other.amount.plus(deal.amount) });
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

function moneyText(amount: Decimal): string {
  return amount.toFixed(Math.max(2, amount.decimalPlaces()));
}

/** Data rows by the group, each as a look-up of its cells by column name, '' where the file has no such column. */
async function* rawRows(
  file: string | undefined,
  signal?: AbortSignal,
): AsyncGenerator<readonly ((column: string) => string)[]> {
  if (file === undefined) {
    return;
  }
  let header: Map<string, number> | null = null;
  for await (const group of readRowGroups(file)) {
    signal?.throwIfAborted();
    const rows: ((column: string) => string)[] = [];
    for (const { cells, problem } of group) {
      if (header === null) {
        header = new Map(cells.map((name, index) => [name.trim(), index]));
        continue;
      }
      const columns = header;
      if (problem === '' && cells.length === columns.size) {
        rows.push((column) => cells[columns.get(column) ?? -1]?.trim() ?? '');
      }
    }
    yield rows;
  }
}
