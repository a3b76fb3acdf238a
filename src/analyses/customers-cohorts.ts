import type { CohortCell, MonthFacts, Period } from '../features/cohorts.ts';
import type { CustomersSummary } from './customers-summary.ts';

/** Rows and columns of the triangle. */
export const COHORTS = 12;
const MONTHS = 24;

/** From so many months (quarters) of history on, a triangle of twelve would leave most of it out: the next longer period. */
const LONGEST: readonly (readonly [Period, number])[] = [
  ['month', 18],
  ['quarter', 54],
];

/** What closed before is a slip of an import, and must not make a history of decades. */
const EARLIEST_MONTH = '1990-01';

/** The period by which customers are grouped: months, quarters or years, as the history is long. */
export function cohortPeriod(months: readonly MonthFacts[]): Period {
  const [first, last] = [months.find(({ month }) => month >= EARLIEST_MONTH), months.at(-1)];
  if (first === undefined || last === undefined) return 'month';
  const length = monthNumber(last.month) - monthNumber(first.month) + 1;
  return LONGEST.find(([, most]) => length <= most)?.[0] ?? 'year';
}

/** The newest months up to `lastDay` (`YYYY-MM-DD`, over by the as-of), with those in which nothing was sold. */
export function monthsUpTo(months: readonly MonthFacts[], lastDay: string): CustomersSummary['months'] {
  const first = months[0];
  if (first === undefined) return [];
  const byMonth = new Map(months.map((month) => [month.month, month]));
  // A deal of the day that still runs may open a month of its own.
  const newest = Math.max(monthNumber(lastDay), monthNumber(months.at(-1)!.month));
  const oldest = Math.max(monthNumber(first.month), newest - MONTHS + 1);
  return Array.from({ length: newest - oldest + 1 }, (_, k) => {
    const month = monthName(oldest + k);
    const { active = 0, fresh = 0, revenue = 0 } = byMonth.get(month) ?? {};
    return {
      month,
      active,
      fresh,
      returning: active - fresh,
      revenue: Math.round(revenue * 100) / 100,
      isWhole: dayAfter(lastDay) >= `${monthName(oldest + k + 1)}-01`,
    };
  });
}

/** The triangle: one row a cohort; periods that are not over by `lastDay` are left out, they would look like a fall. */
export function triangle(cells: readonly CohortCell[], period: Period, lastDay: string): CustomersSummary['cohorts'] {
  const length = { month: 1, quarter: 3, year: 12 }[period];
  const rows = new Map<string, CohortCell[]>();
  for (const cell of cells) rows.set(cell.cohort, [...(rows.get(cell.cohort) ?? []), cell]);
  return [...rows].map(([start, own]) => {
    const begun = monthNumber(start);
    let over = 0;
    while (over < COHORTS && dayAfter(lastDay) >= `${monthName(begun + (over + 1) * length)}-01`) over++;
    const at = (since: number): CohortCell | undefined => own.find((cell) => cell.since === since);
    const periods = Array.from({ length: over }, (_, since) => at(since));
    return {
      start,
      customers: at(0)?.active ?? 0,
      active: periods.map((cell) => cell?.active ?? 0),
      revenue: periods.map((cell) => Math.round((cell?.revenue ?? 0) * 100) / 100),
    };
  });
}

/** Months since year 0 of `YYYY-MM…`. */
function monthNumber(date: string): number {
  return 12 * Number(date.slice(0, 4)) + Number(date.slice(5, 7)) - 1;
}

function monthName(number: number): string {
  return `${String(Math.floor(number / 12)).padStart(4, '0')}-${String((number % 12) + 1).padStart(2, '0')}`;
}

function dayAfter(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
}
