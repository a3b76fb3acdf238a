import { CHURN_FEATURES } from '../features/churn-features.ts';
import { numberColumn } from '../store/arrow-columns.ts';
import type { AnalysisResult, PortalStore } from '../store/portal-store.ts';
import { type Champion, championSchema } from './churn-model.ts';
import type { LastRun } from './churn-moved.ts';

const NAME = 'churn-risk';
/** Their rows of the last run are read at once. */
const CUSTOMERS_AT_ONCE = 100_000;

/** The champion that a run stored; null without one, or where another version of Kith read other columns. */
export function readChampion(model: unknown): Champion | null {
  const champion = championSchema.safeParse(model);
  const isCurrent =
    champion.success && champion.data.columns.join() === CHURN_FEATURES.map((feature) => feature.name).join();
  return isCurrent ? champion.data : null;
}

/** What each was last given, by position, up to an instant where one is told; customers who lapse keep it. */
export async function readLastRisk(
  portal: PortalStore,
  runId: string,
  customerIds: readonly string[],
  some?: readonly string[],
  givenBy?: number,
): Promise<Float64Array> {
  const scores = await portal.results.values(runId, NAME, {
    ...(some === undefined ? {} : { customerIds: some }),
    ...(givenBy === undefined ? {} : { givenBy }),
  });
  const risks = new Map(scores.customerIds.map((id, k) => [id, scores.value[k]!]));
  return Float64Array.from(customerIds, (id) => risks.get(id) ?? Number.NaN);
}

/** A finished run's champion and rows, in the order of `customers` as `buildWonDeals` left it; null where it has none to compare with. */
export async function readLastRun(
  portal: PortalStore,
  { run, model }: Pick<AnalysisResult, 'run' | 'model'>,
  count: number,
): Promise<LastRun | null> {
  const champion = readChampion(model);
  if (champion === null) return null;
  const p = CHURN_FEATURES.length;
  const raw = new Float64Array(new SharedArrayBuffer(8 * count * p)).fill(Number.NaN);
  for (let first = 0; first < count; first += CUSTOMERS_AT_ONCE) {
    const rows = await portal.arrow(
      `SELECT idx, arrayJoin(features) AS value FROM (
         SELECT toInt32(c.idx) AS idx, m.features AS features FROM {db:Identifier}.matrices AS m
         INNER JOIN (SELECT idx, id FROM {db:Identifier}.customers
           WHERE idx >= {first:Int32} AND idx < {end:Int32}) AS c ON c.id = m.customer_id
         WHERE m.run_id = {run:String} AND m.analysis = {analysis:String} AND length(m.features) = ${p} AND NOT isNaN(m.features[1])
           AND m.customer_id >= (SELECT min(id) FROM {db:Identifier}.customers WHERE idx >= {first:Int32} AND idx < {end:Int32})
           AND m.customer_id <= (SELECT max(id) FROM {db:Identifier}.customers WHERE idx >= {first:Int32} AND idx < {end:Int32})
         ORDER BY idx)`,
      { run: run.id, analysis: NAME, first, end: first + CUSTOMERS_AT_ONCE },
    );
    const positions = numberColumn(rows, 'idx', Int32Array);
    const values = numberColumn(rows, 'value', Float64Array);
    for (let k = 0; k < values.length; k++) raw[positions[k]! * p + (k % p)] = values[k]!;
  }
  return { champion, raw };
}
