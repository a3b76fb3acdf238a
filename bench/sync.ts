import { ENGAGEMENT_OBJECTS } from '../integrations/hubspot/engagement-mapping.ts';
import type { BenchOptions, BenchRow } from './bench-row.ts';
import { runProcess } from './run-process.ts';
import type { StandInOrder, StandInReport } from './stand-in-process.ts';
import type { SyncOrder, SyncOutcome } from './sync-process.ts';

const RECORDS = 100_000;
/** HubSpot's limit for a professional account. */
const CALLS = 190;
const WINDOW_S = 10;
const LATENCY_MS = 80;
const LIST_PAGE = 100;
/** Records of the two runs whose memory is compared, at the same share of the size of the work. */
const SMALL = 0.1;
const LARGE = 3;

/** A full sync against what HubSpot's limit itself allows. */
export async function benchSync(options: BenchOptions): Promise<readonly BenchRow[]> {
  return [await speed(options.records ?? RECORDS)];
}

/** How the memory of a full sync grows with the number of records. */
export async function benchSyncMemory(options: BenchOptions): Promise<readonly BenchRow[]> {
  const records = options.records ?? RECORDS;
  return [await memory(Math.round(records * SMALL), Math.round(records * LARGE))];
}

async function speed(records: number): Promise<BenchRow> {
  const { report, outcome } = await syncOf(
    { records, perTenSeconds: CALLS, latencyMs: LATENCY_MS },
    { watchesMemory: false },
  );
  const { counts } = report;
  // Each list page by page, and the deals once more for the reconciliation of revenue.
  const lists = Object.values(counts).reduce((sum, count) => sum + Math.ceil(count / LIST_PAGE), 0);
  const calls = lists + Math.ceil((counts.deals ?? 0) / LIST_PAGE);
  const allowed = Math.floor((calls - 1) / CALLS) * WINDOW_S + LATENCY_MS / 1000;
  const ratio = allowed / outcome.seconds;
  const same = isSame(counts, outcome.counts);
  return {
    work: `sync of ${total(counts)} records at ${CALLS} calls / ${WINDOW_S} s, ${LATENCY_MS} ms a call`,
    peer: 'the limit itself',
    ours_s: rounded(outcome.seconds),
    theirs_s: allowed,
    ratio: rounded(ratio),
    reach: 0.95,
    isShare: true,
    same_result: same,
    ok: ratio >= 0.95 && same && outcome.tooMany === 0,
    note: `${outcome.calls} calls made, of which ${calls} pages of lists count against the limit; ${outcome.tooMany} answered "too many"; the limit lets call n go at ⌊(n − 1) / ${CALLS}⌋ · ${WINDOW_S} s`,
  };
}

async function memory(few: number, many: number): Promise<BenchRow> {
  const unlimited = { perTenSeconds: 1_000_000, latencyMs: 0 };
  const small = await syncOf({ records: few, ...unlimited }, { watchesMemory: true });
  const large = await syncOf({ records: many, ...unlimited }, { watchesMemory: true });
  const ratio = small.outcome.peakInUse / large.outcome.peakInUse;
  const same = isSame(small.report.counts, small.outcome.counts) && isSame(large.report.counts, large.outcome.counts);
  return {
    work: `memory of a sync of ${total(large.report.counts)} records`,
    peer: `of ${total(small.report.counts)} records`,
    ours_s: rounded(large.outcome.seconds),
    theirs_s: rounded(small.outcome.seconds),
    ratio: rounded(ratio),
    reach: rounded(1 / 1.1),
    isShare: true,
    same_result: same,
    ok: ratio >= 1 / 1.1 && same,
    note: `the ratio is of the memory in use at its peak, ${megabytes(small.outcome.peakInUse)} and ${megabytes(large.outcome.peakInUse)} MB (resident with the engine ${megabytes(small.outcome.peakRss)} and ${megabytes(large.outcome.peakRss)} MB); no limit, no latency`,
  };
}

async function syncOf(order: StandInOrder, how: Omit<SyncOrder, 'url'>) {
  const server = await runProcess<StandInOrder, StandInReport>('./stand-in-process.ts', order);
  try {
    const sync = await runProcess<SyncOrder, SyncOutcome>('./sync-process.ts', { url: server.answer.url, ...how });
    return { report: server.answer, outcome: sync.answer };
  } finally {
    server.stop();
  }
}

/** Whether the store holds as many records of each type as the portal does. */
function isSame(made: Readonly<Record<string, number>>, stored: Readonly<Record<string, number>>): boolean {
  const engagements: readonly string[] = ENGAGEMENT_OBJECTS;
  const expected: Record<string, number> = { engagements: 0 };
  for (const [object, count] of Object.entries(made)) {
    const type = engagements.includes(object) ? 'engagements' : object;
    expected[type] = (expected[type] ?? 0) + count;
  }
  return Object.entries(expected).every(([type, count]) => stored[type] === count);
}

function total(counts: Readonly<Record<string, number>>): string {
  return Object.values(counts)
    .reduce((sum, count) => sum + count, 0)
    .toLocaleString('en');
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}

function megabytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(0);
}
