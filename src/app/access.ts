import { createOAuthApp } from '../../integrations/hubspot/oauth-app.ts';
import { hubspotCallback } from '../../integrations/hubspot/oauth-callback.ts';
import type { Config } from '../config.ts';
import { type CrmAccess, createCrmAccess } from '../crm-access.ts';
import type { Instant } from '../domain/crm.ts';
import type { Logger } from '../lib/logger.ts';
import { createSlackAccess, type SlackAccess } from '../slack-access.ts';
import { loadOrCreateKeys } from '../store/identity-key-file.ts';
import { installationFile } from '../store/installation-file.ts';

/** The way into HubSpot that the settings name; nothing is opened or read yet. */
export function accessTo(config: Config, now: () => Instant): CrmAccess {
  const { clientId, clientSecret, baseUrl: basePath, engagements } = config.hubspot;
  const app =
    clientId === null || clientSecret === null
      ? null
      : createOAuthApp({ clientId, clientSecret, basePath, engagements, now });
  return createCrmAccess({ config, app, callback: hubspotCallback, now });
}

/** The way into Slack by OAuth; null where the settings name no app. Nothing is opened or read yet. */
export async function slackAccessTo(
  config: Config,
  now: () => Instant,
  logger: Logger,
  tenantOf: ((teamId: string) => Promise<string | null>) | null = null,
): Promise<SlackAccess | null> {
  const { dataDir, identityKeys, publicUrl } = config;
  const { clientId, clientSecret, apiUrl } = config.slack;
  if (clientId === null || clientSecret === null || publicUrl === null) return null;
  const { createSlackInstaller } = await import('../../integrations/slack/create-slack-installer.ts');
  const shared = sharedSlack(config);
  const installer = createSlackInstaller({ clientId, clientSecret, apiUrl, publicUrl, shared, logger, now });
  const file = installationFile(dataDir, () => loadOrCreateKeys(dataDir, identityKeys));
  const isElsewhere = async (teamId: string): Promise<boolean> => {
    const tenant = shared === null ? null : await tenantOf?.(teamId);
    return tenant != null && tenant !== config.tenant;
  };
  return createSlackAccess({ file, installer, now, logger, isElsewhere });
}

/** Where the app's way back is, and for whom, when the app is that of several tenants. */
function sharedSlack({ shared, tenant }: Config) {
  return shared?.slack === true && shared.publicUrl !== null && tenant !== null
    ? { publicUrl: shared.publicUrl, tenant }
    : null;
}
