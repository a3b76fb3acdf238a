import { openHubspot } from '../../integrations/hubspot/open-hubspot.ts';
import { reconcileRecords } from '../../src/jobs/reconcile-records.ts';
import { MENDED_CLASSES } from '../../src/jobs/reconcile-report.ts';
import { sync } from '../../src/jobs/sync.ts';
import type { PortalStore } from '../../src/store/portal-store.ts';

/** What copies the CRM, as schedules and people start it; named twice as often as it is wanted. */
export const COPY_JOBS = ['fast', 'fast', 'safe', 'safe', 'all', 'sweep', 'reconcile'] as const;
export type CopyJob = (typeof COPY_JOBS)[number];

/** Real time that a call may take: the only thing that does not go by the history's clock. */
const PATIENCE_MS = 400;

export interface Copier {
  /** What a reconciliation found; nothing for the other jobs. */
  run(job: CopyJob): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** The real client and the real jobs over one portal's store, sleeping by the history's clock. */
export async function openCopier(options: {
  readonly url: string;
  readonly token: string;
  readonly portal: PortalStore;
  readonly clock: { now(): number; advance(ms: number): void };
  readonly onProgress: () => void;
}): Promise<Copier> {
  const { portal, clock } = options;
  const { now } = clock;
  const { source } = await openHubspot({
    accessToken: options.token,
    basePath: options.url,
    engagements: true,
    now,
    random: () => 0.5,
    timeoutMs: PATIENCE_MS,
    sleep: async (ms, signal) => {
      signal?.throwIfAborted();
      clock.advance(ms);
    },
  });
  const progress = { update: options.onProgress };
  return {
    async run(job) {
      if (job !== 'reconcile') {
        await sync({ source, portal, progress, now, full: false, part: job });
        return [];
      }
      const { types, revenue } = await reconcileRecords({ source, portal, progress, now });
      const found = Object.entries(types).flatMap(([type, counts]) =>
        MENDED_CLASSES.filter((name) => counts[name] > 0).map((name) => `${counts[name]} ${type} ${name}`),
      );
      return Number(revenue.difference) === 0 ? found : [...found, `revenue differs by ${revenue.difference}`];
    },
    close: () => source.close(),
  };
}
