import { rescoreChurn } from '../analyses/churn-rescore.ts';
import { type ChurnDetails, churnDetailsSchema } from '../analyses/churn-summary.ts';
import type { CrmAccount, Instant } from '../domain/crm.ts';
import type { Run } from '../domain/results.ts';
import type { NewMessage, Outbox } from '../ledger/outbox.ts';
import { batches } from '../lib/batches.ts';
import type { PrivacyReader } from '../privacy/privacy-reader.ts';
import type { PortalState } from '../state/portal-state.ts';
import type { PortalStore, ScoreColumns } from '../store/portal-store.ts';
import { type Crossing, crossingReport, isCrossing } from './crossing-report.ts';
import { periodOf } from './period.ts';

interface RescoreOptions {
  readonly portal: PortalStore;
  readonly account: CrmAccount;
  readonly state: PortalState;
  readonly outbox: Pick<Outbox, 'enqueue' | 'firstSince'>;
  /** What the sales channel may see. */
  readonly reader: PrivacyReader;
  readonly customerIds: readonly string[];
  /** Null: now. */
  readonly asOf: Instant | null;
  readonly now: () => Instant;
}

export interface RescoreReport {
  /** Customers that were scored again. */
  readonly rescored: number;
  /** Of them, those whose band changed. */
  readonly crossed: number;
  /** Messages that wait in the outbox because of it. */
  readonly told: number;
}

const NAME = 'churn-risk';
const KIND = 'band-crossed';
const CUSTOMERS_AT_ONCE = 2_000;
/** A bulk change moves many: those with the most money are told at once, and the rest are in the next morning's list. */
const MOST_TOLD = 20;
/** What is said of one customer within this time stands in one thread. */
const THREAD_MS = 14 * 24 * 60 * 60 * 1000;

/**
 * Scores these customers again with the newest run's own model, and tells the owner of each whose band changed, in the sales
 * channel and once a day and band. The run stays as it was: what is new stands beside it.
 */
export async function rescore(options: RescoreOptions): Promise<RescoreReport> {
  const { portal, outbox } = options;
  return portal.erasures.fresh(
    () => scoreAgain(options),
    async (made) => {
      if (made === null) return { rescored: 0, crossed: 0, told: 0 };
      const { run, scored, crossed, messages } = made;
      let told = 0;
      // Queued before the scores are kept: a stop in between leads to the same message again, which is known, and never to none.
      for (const message of messages) if ((await outbox.enqueue(message)) === 'queued') told += 1;
      for (const scores of scored) await portal.results.rescore(run.id, NAME, scores);
      return { rescored: scored.reduce((sum, scores) => sum + scores.customerIds.length, 0), crossed, told };
    },
  );
}

interface ScoredAgain {
  readonly run: Run;
  readonly scored: readonly ScoreColumns[];
  readonly crossed: number;
  readonly messages: readonly NewMessage[];
}

/** Null where there is nobody to score, or nothing to do it with. */
async function scoreAgain(options: RescoreOptions): Promise<ScoredAgain | null> {
  const { portal, now } = options;
  const isOut = await portal.crm.noProfileOf();
  const result = await portal.results.latest(NAME);
  const isOfContacts = result?.run.portfolio.unit === 'contact';
  const customerIds = options.customerIds.filter((id) => !(isOfContacts && isOut(id)));
  if (result === null || customerIds.length === 0) return null;
  const asOf = options.asOf ?? now();
  const crossings: Crossing[] = [];
  const scored: ScoreColumns[] = [];
  for (const ids of batches(customerIds, CUSTOMERS_AT_ONCE)) {
    const scores = await rescoreChurn(portal, result, ids, asOf);
    scored.push(scores);
    crossings.push(...(await crossingsOf(portal, result.run.id, scores)));
  }
  const messages = await messagesOf(options, result.run, crossings);
  return { run: result.run, scored, crossed: crossings.length, messages };
}

async function crossingsOf(portal: PortalStore, runId: string, scores: ScoreColumns): Promise<Crossing[]> {
  const last = await portal.results.scores(runId, NAME, { customerIds: scores.customerIds });
  const bandBefore = new Map(last.map(({ customerId, band }) => [customerId, band]));
  return scores.customerIds.flatMap((customerId, i): Crossing[] => {
    const before = bandBefore.get(customerId) ?? '';
    const band = scores.band[i] ?? '';
    if (!isCrossing(before, band)) return [];
    const details: ChurnDetails = churnDetailsSchema.parse(JSON.parse(scores.details[i] ?? ''));
    const value = scores.value[i]!;
    return [
      {
        customerId,
        before,
        band,
        details,
        value: (scores.evidence[i] ?? 0) >= 2 && !Number.isNaN(value) ? value : null,
      },
    ];
  });
}

async function messagesOf(
  options: RescoreOptions,
  run: Run,
  crossings: readonly Crossing[],
): Promise<readonly NewMessage[]> {
  const { account, state, outbox, reader, now } = options;
  const channelId = state.channels.sales;
  if (channelId === undefined || crossings.length === 0) return [];
  const day = periodOf('day', now(), account.timeZone);
  const ids = crossings.map(({ customerId }) => customerId);
  const { rows } = await reader.rows(run, NAME, { customerIds: ids });
  const known = new Map(rows.map((row) => [row.customerId, row]));
  const messages: NewMessage[] = [];
  const first = crossings
    .filter(({ customerId }) => known.has(customerId))
    .toSorted((a, b) => b.details.value - a.details.value || (a.customerId < b.customerId ? -1 : 1))
    .slice(0, MOST_TOLD);
  for (const crossing of first) {
    const row = known.get(crossing.customerId)!;
    const report = crossingReport(state.language, { run, row, crossing, mention: true, asOf: options.asOf ?? now() });
    const ofCustomer = `${KIND}:${crossing.customerId}:`;
    const key = `${ofCustomer}${crossing.band}:${day}`;
    const first = await outbox.firstSince(ofCustomer, now() - THREAD_MS);
    messages.push({
      key,
      channelId,
      kind: KIND,
      report,
      ...(first === null ? {} : { threadKey: first.key }),
    });
  }
  return messages;
}
