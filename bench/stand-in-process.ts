import { startStandInHubspot } from '../demo/hubspot/start-stand-in-hubspot.ts';
import { generatePortal } from '../demo/portal/generate-portal.ts';
import type { CrmObjectType } from '../demo/portal/portal-data.ts';
import { ENGAGEMENT_OBJECTS } from '../integrations/hubspot/engagement-mapping.ts';

/** Serves a made-up portal from a process of its own, so that its work and its memory are not the sync's. */
export interface StandInOrder {
  readonly records: number;
  readonly perTenSeconds: number;
  readonly latencyMs: number;
}

export interface StandInReport {
  readonly url: string;
  /** Records that a sync copies, by HubSpot's object. */
  readonly counts: Readonly<Record<string, number>>;
}

const COPIED: readonly CrmObjectType[] = [
  'companies',
  'contacts',
  'products',
  'deals',
  'line_items',
  'tickets',
  ...ENGAGEMENT_OBJECTS,
];
/** About what one company brings with it; corrected by what was really made. */
const FIRST_GUESS = 36;

function portalOf(records: number) {
  let companies = Math.max(1, Math.round(records / FIRST_GUESS));
  for (;;) {
    const { portal } = generatePortal({ seed: 3, companies });
    const counts = Object.fromEntries(COPIED.map((type) => [type, portal.objects.get(type)?.ids.length ?? 0]));
    const made = Object.values(counts).reduce((sum, count) => sum + count, 0);
    if (made >= records) {
      return { portal, counts };
    }
    companies = Math.max(companies + 1, Math.ceil((companies * records) / made));
  }
}

process.once('message', async (message) => {
  // The parent is bench/run-process.ts, which sends what its type says.
  const order = message as StandInOrder;
  const { portal, counts } = portalOf(order.records);
  const server = await startStandInHubspot({
    portal,
    token: 'bench',
    limits: { perTenSeconds: order.perTenSeconds, searchPerSecond: 5, daily: 100_000_000 },
    latencyMs: order.latencyMs,
  });
  process.send?.({ url: server.url, counts } satisfies StandInReport);
});
process.once('disconnect', () => process.exit());
