import { askHealth } from '../../integrations/http/ask-health.ts';
import { checkUpHubspot } from '../../integrations/hubspot/check-up.ts';
import { analyses } from '../analyses/index.ts';
import type { Config } from '../config.ts';
import { SCORED_AT } from '../jobs/write-back-plan.ts';
import { createLogger } from '../lib/logger.ts';
import type { DoctorProbes } from '../ports/doctor.ts';
import { notInSlack, type SlackAccess } from '../slack-access.ts';
import { accessTo, slackAccessTo } from './access.ts';

/** How the doctor asks HubSpot, Slack and its own address. */
export async function probes(
  config: Config,
  access = accessTo(config, Date.now),
  slack?: SlackAccess | null,
): Promise<DoctorProbes> {
  const slackAccess = slack === undefined ? await slackAccessTo(config, Date.now, createLogger('silent')) : slack;
  const { hubspot } = config;
  const { token: accessToken } = access;
  const { botToken, appToken, apiUrl, mode } = config.slack;
  return {
    crm:
      accessToken === null
        ? null
        : () =>
            checkUpHubspot({
              accessToken,
              basePath: hubspot.baseUrl,
              engagements: hubspot.engagements,
              properties: [...analyses.flatMap(({ properties }) => properties), SCORED_AT],
              now: Date.now,
            }),
    chat:
      botToken === null && slackAccess === null
        ? null
        : async (channels) => {
            const { checkUpSlack } = await import('../../integrations/slack/check-up.ts');
            const { token, installUrl } = await tokenFor(botToken, slackAccess);
            const appTokenToTry = mode === 'socket' ? appToken : null;
            return checkUpSlack({ botToken: token, installUrl, appToken: appTokenToTry, apiUrl, channels });
          },
    health: askHealth,
  };
}

/** The bot's token, set or brought by an installation. KithError('chat-not-connected') where there is none. */
async function tokenFor(
  botToken: string | null,
  access: SlackAccess | null,
): Promise<{ readonly token: string; readonly installUrl: string | null }> {
  if (botToken !== null || access === null) return { token: botToken ?? '', installUrl: null };
  const standing = await access.standing();
  if (standing === null || standing.botToken === null) throw notInSlack(standing, access.installUrl);
  return { token: standing.botToken, installUrl: access.installUrl };
}
