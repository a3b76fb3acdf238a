import { hubspotWebhooks } from '../../integrations/hubspot/webhook-handler.ts';
import type { Config } from '../config.ts';
import type { CrmWork } from '../crm-work.ts';
import type { Instant } from '../domain/crm.ts';
import type { Kith } from '../kith.ts';
import type { Logger } from '../lib/logger.ts';

/** Takes the CRM's webhooks of one portal into its queue, where they are set up. */
export function takeWebhooks(options: {
  readonly config: Config;
  readonly work: CrmWork;
  readonly logger: Logger;
  readonly now: () => Instant;
}): Kith['webhooks'] {
  const { config, work, logger, now } = options;
  return (at, mount, queued) => {
    const { clientSecret: secret } = config.hubspot;
    if (secret === null) return false;
    if (config.publicUrl === null) {
      logger.warn('HUBSPOT_CLIENT_SECRET is set and KITH_PUBLIC_URL is not: webhooks are off until both are');
      return false;
    }
    const queue = work.hintsOf(at);
    const handler = hubspotWebhooks.handler({
      secret,
      publicUrl: config.publicUrl,
      portalId: at.portal.portalId,
      now,
      async queue(hints, unreadable) {
        await queue.add(hints, unreadable);
        if (unreadable.length > 0) {
          const { quarantined } = await queue.counts();
          const reason = unreadable[0]?.reason;
          logger.warn('Webhook events that are not understood were set aside', { reason, inAll: quarantined });
        }
        queued();
      },
      onTrouble: (reason) => logger.warn(reason),
    });
    mount(hubspotWebhooks.path, handler);
    return true;
  };
}
