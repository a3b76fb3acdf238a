import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { messageOf } from '../src/lib/errors.ts';
import { newIdentityKey, parseIdentityKeys } from '../src/store/identity-keys.ts';
import { openStore } from '../src/store/open-store.ts';
import { runDeliveries } from '../test/soak/deliveries.ts';
import { runHistory } from '../test/soak/run-history.ts';
import { runKilledHistory } from '../test/soak/run-killed-history.ts';
import { openSmallSlack } from '../test/soak/small-slack.ts';
import { soakService } from './soak-service.ts';

/** One history in so many is killed, some of them several times. */
const KILLED_EVERY = 10;
/** Histories to a store: it keeps what it knows of every portal that it has had open. */
const FOLDER_EVERY = 25;

/** Messages to a run: each begins with a new outbox. */
const MESSAGES_AT_ONCE = 250;

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: 'histories' },
    histories: { type: 'string', default: '500' },
    messages: { type: 'string', default: '10000' },
    minutes: { type: 'string', default: '30' },
    'commands-per-second': { type: 'string', default: '20' },
    customers: { type: 'string', default: '3000' },
    people: { type: 'string', default: '40' },
    curve: { type: 'string' },
    seed: { type: 'string', default: '1' },
  },
});
const { only, curve, ...numbers } = values;
const [histories, messages, minutes, perSecond, customers, people, first] = [
  numbers.histories,
  numbers.messages,
  numbers.minutes,
  numbers['commands-per-second'],
  numbers.customers,
  numbers.people,
  numbers.seed,
].map(Number) as [number, number, number, number, number, number, number];
const isWhole = Object.values(numbers).every((value) => /^\d+$/.test(value));
if (!isWhole || !['histories', 'deliveries', 'service'].includes(only)) {
  process.stderr.write(
    'Use: npm run soak -- [--only histories] [--histories 500], or --only deliveries [--messages 10000], or --only service [--minutes 30] [--commands-per-second 20] [--customers 3000] [--people 40] [--curve FILE]; [--seed 1]; all but the file are whole numbers\n',
  );
  process.exit(2);
}
if (only === 'service') {
  const load = { seed: first, minutes, commandsPerSecond: perSecond, customers, people };
  const { line, isWell } = await soakService({ ...load, ...(curve === undefined ? {} : { curve }) });
  process.stdout.write(`${line}\n`);
  process.exitCode = isWell ? 0 : 1;
} else {
  const { runs, failed } = await (only === 'deliveries' ? soakDeliveries() : soakHistories());
  process.stdout.write(`${runs} runs, ${failed} failed\n`);
  process.exitCode = failed === 0 ? 0 : 1;
}

/** What a run says when it ends well; a failure names its seed. */
async function attempt(seed: number, run: () => Promise<string>): Promise<boolean> {
  const began = performance.now();
  try {
    const note = await run();
    process.stderr.write(`seed ${seed}${note}, ${((performance.now() - began) / 1000).toFixed(1)} s\n`);
    return true;
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n`);
    return false;
  }
}

async function soakHistories(): Promise<{ runs: number; failed: number }> {
  let failed = 0;
  let folder = await openFolder();
  for (let seed = first; seed < first + histories; seed++) {
    const isKilled = seed % KILLED_EVERY === 0;
    if (seed > first && (seed - first) % FOLDER_EVERY === 0) {
      await folder.end();
      folder = await openFolder();
    }
    const isWell = await attempt(seed, async () => {
      await (isKilled ? runKilledHistory(seed) : runHistory(seed, folder.store));
      return `${isKilled ? ' (killed)' : ''}: equal`;
    });
    if (!isWell) failed += 1;
  }
  await folder.end();
  return { runs: histories, failed };
}

async function soakDeliveries(): Promise<{ runs: number; failed: number }> {
  let failed = 0;
  const runs = Math.ceil(messages / MESSAGES_AT_ONCE);
  const folder = await openFolder();
  for (let seed = first; seed < first + runs; seed++) {
    const slack = await openSmallSlack();
    const some = Math.min(MESSAGES_AT_ONCE, messages - (seed - first) * MESSAGES_AT_ONCE);
    const isWell = await attempt(seed, async () => {
      const portal = await folder.store.portal(`deliveries-${seed}`);
      const outcome = await runDeliveries({ ...slack, seed, messages: some, portal });
      return `: ${outcome.sent} sent, ${outcome.uncertain} flagged, ${outcome.crashes} crashes`;
    });
    if (!isWell) failed += 1;
    await slack.close();
  }
  await folder.end();
  return { runs, failed };
}

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
