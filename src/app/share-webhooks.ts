import { messageOf } from '../lib/errors.ts';
import type { Logger } from '../lib/logger.ts';
import type { WebhookGateway } from '../ports/gateway.ts';
import type { TakeEvents } from '../ports/webhooks.ts';
import type { Forwarding } from './forwarding.ts';

/**
 * Gives the events of one call to their portals: those of this process take them, and each other process that has some gets the whole
 * call, of which it takes its own. What fails is called again, and hints that come twice change nothing.
 */
export function createShare(options: {
  readonly forwarding: Forwarding;
  readonly tenantOf: (portalId: string) => Promise<string | null>;
  readonly webhooks: ReadonlyMap<string, TakeEvents>;
  readonly logger: Logger;
}): WebhookGateway['share'] {
  const { forwarding, tenantOf, webhooks, logger } = options;
  return async (byPortal, call) => {
    let known = 0;
    const failures: string[] = [];
    const others = new Set<number>();
    for (const [portalId, events] of byPortal) {
      const tenant = await tenantOf(portalId);
      if (tenant === null) {
        logger.warn('Webhook events of a portal that Kith is not set up for were left', { portal: portalId });
        continue;
      }
      known += 1;
      const owner = forwarding.ownerOf(tenant);
      if (owner !== null) {
        others.add(owner);
        continue;
      }
      try {
        const take = webhooks.get(portalId);
        if (take === undefined) throw new Error('it is not served this moment');
        await take(events);
      } catch (error) {
        failures.push(`${tenant}: ${messageOf(error)}`);
      }
    }
    if (!forwarding.wasPassedOn(call.request))
      for (const owner of others) {
        const answer = await forwarding.ask(owner, call);
        if (typeof answer === 'string') failures.push(answer);
        else if (answer.status >= 300) failures.push(`process ${owner} answered ${answer.status}`);
      }
    for (const failure of failures) logger.warn('Webhook events were not taken, and are called again', { failure });
    // Whose portals they are is nobody's business.
    return { known, failed: failures.length === 0 ? null : 'not all events could be taken; call again' };
  };
}
