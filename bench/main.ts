import { parseArgs } from 'node:util';
import { benchAnalyses } from './analyses.ts';
import type { Bench, BenchRow } from './bench-row.ts';
import { benchSlack } from './slack.ts';
import { benchSync, benchSyncMemory } from './sync.ts';

const works: Readonly<Record<string, Bench>> = {
  analyses: benchAnalyses,
  slack: benchSlack,
  sync: benchSync,
  'sync-memory': benchSyncMemory,
};

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: Object.keys(works) },
    json: { type: 'boolean', default: false },
    records: { type: 'string' },
  },
});
const records = values.records === undefined ? null : Number(values.records);
if (records !== null && !(Number.isInteger(records) && records > 0)) {
  throw new RangeError(`--records takes a whole number above zero, not "${values.records}"`);
}
const rows: BenchRow[] = [];
for (const name of values.only) {
  const work = works[name];
  if (work === undefined) {
    throw new RangeError(`There is no bench "${name}"; there are ${Object.keys(works).join(', ')}`);
  }
  rows.push(...(await work({ records })));
}
if (values.json) {
  process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
} else {
  for (const row of rows) {
    const figures = `${row.ours_s.toFixed(1)} s, ${row.peer} ${row.theirs_s.toFixed(1)} s, ratio ${row.ratio.toFixed(3)} of ${row.reach.toFixed(3)}`;
    process.stdout.write(`${row.ok ? 'ok  ' : 'FAIL'} ${row.work}: ${figures}\n     ${row.note}\n`);
  }
}
process.exitCode = rows.every((row) => row.ok) ? 0 : 1;
