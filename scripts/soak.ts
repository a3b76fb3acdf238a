import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { messageOf } from '../src/lib/errors.ts';
import { newIdentityKey, parseIdentityKeys } from '../src/store/identity-keys.ts';
import { openStore } from '../src/store/open-store.ts';
import { runHistory } from '../test/soak/run-history.ts';
import { runKilledHistory } from '../test/soak/run-killed-history.ts';

/** One history in so many is killed, some of them several times. */
const KILLED_EVERY = 10;
/** Histories to a store: it keeps what it knows of every portal that it has had open. */
const FOLDER_EVERY = 25;

const { values } = parseArgs({
  options: { histories: { type: 'string', default: '500' }, seed: { type: 'string', default: '1' } },
});
const count = Number(values.histories);
const first = Number(values.seed);
if (!Number.isInteger(count) || count < 1 || !Number.isInteger(first) || first < 0) {
  process.stderr.write('Use: npm run soak -- --histories 500 [--seed 1]; both are whole numbers\n');
  process.exit(2);
}

let failed = 0;
let folder = await openFolder();
for (let seed = first; seed < first + count; seed++) {
  const isKilled = seed % KILLED_EVERY === 0;
  if (seed > first && (seed - first) % FOLDER_EVERY === 0) {
    await folder.end();
    folder = await openFolder();
  }
  const began = performance.now();
  try {
    await (isKilled ? runKilledHistory(seed) : runHistory(seed, folder.store));
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    process.stderr.write(`seed ${seed}${isKilled ? ' (killed)' : ''}: equal, ${seconds} s\n`);
  } catch (error) {
    failed += 1;
    process.stderr.write(`${messageOf(error)}\n`);
  }
}
await folder.end();
process.stdout.write(`${count} runs, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;

async function openFolder() {
  const dataDir = await mkdtemp(join(tmpdir(), 'kith-soak-'));
  const store = await openStore({ dataDir, keys: parseIdentityKeys(newIdentityKey()) });
  return {
    store,
    async end(): Promise<void> {
      await store.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
