import { parseArgs } from 'node:util';
import { messageOf } from '../src/lib/errors.ts';
import { prepareChaos } from '../test/chaos/chaos.ts';
import { canFillDisk } from '../test/chaos/disk.ts';

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '10' }, seed: { type: 'string', default: '1' } },
});
const [runs, first] = [values.runs, values.seed].map(Number) as [number, number];
if (![runs, first].every((value) => Number.isInteger(value) && value >= 0)) {
  process.stderr.write('Use: npm run chaos -- --runs 10 [--seed 1]; both are whole numbers\n');
  process.exit(2);
}
if (!canFillDisk())
  process.stderr.write('No disk can be made here (that takes root on Linux): runs with a full disk go undisturbed\n');
const plan = await prepareChaos();
let failed = 0;
for (let seed = first; seed < first + runs; seed++) {
  const began = performance.now();
  try {
    const note = await plan.run(seed);
    process.stderr.write(`${note}: equal, ${((performance.now() - began) / 1000).toFixed(1)} s\n`);
  } catch (error) {
    failed += 1;
    process.stderr.write(`FAILED ${messageOf(error)}\n`);
  }
}
await plan.close();
process.stdout.write(`${runs} runs, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;
