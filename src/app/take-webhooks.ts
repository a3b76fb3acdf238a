import { hubspotWebhooks } from '../../integrations/hubspot/webhook-handler.ts';
import type { Config } from '../config.ts';
import type { CrmWork } from '../crm-work.ts';
import type { Instant } from '../domain/crm.ts';
import type { Kith } from '../kith.ts';
import type { Logger } from '../lib/logger.ts';
import type { Hint, TakeEvents, UnreadableEvent } from '../ports/webhooks.ts';

/** Takes the CRM's webhooks of one portal into its queue, where they are set up. */
export function takeWebhooks(options: {
  readonly config: Config;
  readonly work: CrmWork;
  /** Where the calls of one app for several tenants are given on, by portal. */
  readonly shared: Map<string, TakeEvents> | null;
  readonly logger: Logger;
  readonly now: () => Instant;
}): { readonly webhooks: Kith['webhooks']; forget(): void } {
  const { config, work, shared, logger, now } = options;
  const taken = new Set<string>();
  const webhooks: Kith['webhooks'] = (at, mount, queued) => {
    const { clientSecret: secret } = config.hubspot;
    if (secret === null) return false;
    if (config.publicUrl === null) {
      logger.warn('HUBSPOT_CLIENT_SECRET is set and KITH_PUBLIC_URL is not: webhooks are off until both are');
      return false;
    }
    const queue = work.hintsOf(at);
    const { portalId } = at.portal;
    const take = {
      portalId,
      async queue(hints: readonly Hint[], unreadable: readonly UnreadableEvent[]) {
        await queue.add(hints, unreadable);
        if (unreadable.length > 0) {
          const { quarantined } = await queue.counts();
          const reason = unreadable[0]?.reason;
          logger.warn('Webhook events that are not understood were set aside', { reason, inAll: quarantined });
        }
        queued();
      },
    };
    const { publicUrl } = config;
    const onTrouble = (reason: string): void => logger.warn(reason);
    const handler = hubspotWebhooks.handler({ ...take, secret, publicUrl, now, onTrouble });
    if (config.shared?.hubspot === true) {
      shared?.set(portalId, hubspotWebhooks.taker(take));
      taken.add(portalId);
    }
    mount(hubspotWebhooks.path, handler);
    return true;
  };
  return {
    webhooks,
    forget() {
      for (const portalId of taken) shared?.delete(portalId);
    },
  };
}
