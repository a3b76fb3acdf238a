import { KithError } from '../../src/lib/errors.ts';
import { type Sleep, sleep } from '../../src/lib/retry.ts';
import type { OpenCrm } from '../../src/ports/crm.ts';
import { createGovernor, type Wait } from './governor.ts';
import { createSend } from './http.ts';
import { createHubspotSink } from './hubspot-sink.ts';
import { createHubspotSource } from './hubspot-source.ts';

export interface HubspotOptions {
  readonly accessToken: string;
  /** HubSpot's own address when absent. */
  readonly basePath?: string;
  /** Whether calls, meetings, e-mails and feedback are read; each needs a scope of its own. */
  readonly engagements?: boolean;
  readonly now?: () => number;
  readonly random?: () => number;
  readonly sleep?: Sleep;
  readonly onWait?: (wait: Wait) => void;
  readonly timeoutMs?: number;
}

/** A HubSpot account as a CRM. The token and the address are tried at once, so that a wrong one is told at once. */
export async function openHubspot(options: HubspotOptions): Promise<OpenCrm> {
  if (options.accessToken.trim() === '') {
    throw new KithError('crm-auth', 'There is no HubSpot access token; put one into HUBSPOT_ACCESS_TOKEN');
  }
  const governor = createGovernor({
    send: createSend({
      accessToken: options.accessToken.trim(),
      ...(options.basePath === undefined ? {} : { basePath: options.basePath }),
    }),
    now: options.now ?? Date.now,
    random: options.random ?? Math.random,
    sleep: options.sleep ?? sleep,
    ...(options.onWait === undefined ? {} : { onWait: options.onWait }),
    ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
  });
  const source = createHubspotSource(governor, { engagements: options.engagements ?? false });
  await source.account();
  return { source, sink: createHubspotSink(governor) };
}
