import { parseArgs } from 'node:util';
import { benchAnalyses } from './analyses.ts';
import { benchAnswer } from './answer.ts';
import type { Bench, BenchRow } from './bench-row.ts';
import { benchClusterQuality } from './cluster-quality.ts';
import { benchFrequentItemsets } from './frequent-itemsets.ts';
import { benchGradientBoosting } from './gradient-boosting.ts';
import { benchGrowth } from './growth.ts';
import { benchKMeans } from './k-means.ts';
import { benchMljs } from './mljs.ts';
import { benchRecovery } from './recovery.ts';
import { updateResults } from './results-page.ts';
import { benchRidgeLogistic } from './ridge-logistic.ts';
import { benchSlack } from './slack.ts';
import { benchSync, benchSyncMemory } from './sync.ts';
import { benchWholeRun } from './whole-run.ts';

const works: Readonly<Record<string, Bench>> = {
  'k-means': benchKMeans,
  'ridge-logistic': benchRidgeLogistic,
  'gradient-boosting': benchGradientBoosting,
  'frequent-itemsets': benchFrequentItemsets,
  'cluster-quality': benchClusterQuality,
  mljs: benchMljs,
  'whole-run': benchWholeRun,
  answer: benchAnswer,
  growth: benchGrowth,
  analyses: benchAnalyses,
  slack: benchSlack,
  recovery: benchRecovery,
  sync: benchSync,
  'sync-memory': benchSyncMemory,
};

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: Object.keys(works) },
    json: { type: 'boolean', default: false },
    records: { type: 'string' },
    million: { type: 'boolean', default: false },
  },
});
const records = values.records === undefined ? null : Number(values.records);
if (records !== null && !(Number.isInteger(records) && records > 0)) {
  throw new RangeError(`--records takes a whole number above zero, not "${values.records}"`);
}
const unknown = values.only.find((name) => works[name] === undefined);
if (unknown !== undefined) {
  throw new RangeError(`There is no bench "${unknown}"; there are ${Object.keys(works).join(', ')}`);
}
const print = values.json ? process.stderr : process.stdout;
const measured: Record<string, readonly BenchRow[]> = {};
for (const name of values.only) {
  const rows = await works[name]!({ records, isToMillion: values.million });
  measured[name] = rows;
  for (const row of rows) print.write(`${lineOf(row)}\n`);
}
const rows = Object.values(measured).flat();
if (values.json) process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
// Rows of another size than asked are no results to keep.
if (records === null) await updateResults(measured, Object.keys(works));
process.exitCode = rows.every((row) => row.ok || row.isSkipped) ? 0 : 1;

function lineOf(row: BenchRow): string {
  if (row.isSkipped) return `skip ${row.work}, ${row.peer}\n     ${row.note}`;
  const reach = row.reach === null ? 'nothing' : `${row.isShare ? '≥' : '≤'} ${row.reach}`;
  const figures = `${row.ours_s.toFixed(3)} s, ${row.peer} ${row.theirs_s.toFixed(3)} s, ratio ${row.ratio.toFixed(3)}, asked ${reach}`;
  return `${row.ok ? 'ok  ' : 'FAIL'} ${row.work}: ${figures}\n     ${row.note}`;
}
