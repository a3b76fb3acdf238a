import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { DoctorFinding } from './cli/program.ts';
import type { Config } from './config.ts';
import { messageOf } from './lib/errors.ts';
import { openState } from './state/state-store.ts';
import { prepareDataFolder } from './store/data-folder.ts';
import { parseIdentityKeys } from './store/identity-keys.ts';

export interface DoctorProbes {
  /** Asks HubSpot for the account; its name. */
  hubspot(): Promise<string>;
  /** Asks Slack who the bot is; its name. */
  slack(): Promise<string>;
}

/** Looks at every setting and connection, and says what to do about each that is missing, wrong or unreachable. */
export async function examine(config: Config, probes: DoctorProbes): Promise<DoctorFinding[]> {
  const check = async (what: string, probe: () => Promise<string>): Promise<DoctorFinding> => {
    try {
      return { ok: true, what: `${what}: ${await probe()}`, next: '' };
    } catch (error) {
      return { ok: false, what, next: messageOf(error) };
    }
  };
  const missing = (what: string, next: string): DoctorFinding => ({ ok: false, what, next });
  const { slack, hubspot, dataDir } = config;
  return [
    await check('data folder', async () => prepareDataFolder(dataDir)),
    await check('settings people made', async () => {
      await openState(dataDir);
      return join(dataDir, 'state.json');
    }),
    await check('identity keys', async () => {
      if (config.identityKeys !== null) return `${parseIdentityKeys(config.identityKeys).length} in KITH_IDENTITY_KEYS`;
      return existsSync(join(dataDir, 'identity.key'))
        ? 'in the data folder (identity.key); move it to KITH_IDENTITY_KEYS so that a copy of the folder does not carry its key'
        : 'none yet; one is made with the first import';
    }),
    hubspot.accessToken === null
      ? missing('HubSpot token', 'Set HUBSPOT_ACCESS_TOKEN in .env (HubSpot: Settings → Integrations → Service keys)')
      : await check('HubSpot', probes.hubspot),
    slack.botToken === null
      ? missing(
          'Slack bot token',
          "Set SLACK_BOT_TOKEN in .env (make the app with 'kith manifest', install it, copy the bot token)",
        )
      : await check('Slack', probes.slack),
    slack.mode === 'socket' && slack.appToken === null
      ? missing(
          'Slack app token',
          'Set SLACK_APP_TOKEN in .env (Basic Information → App-Level Tokens, scope connections:write)',
        )
      : { ok: true, what: `Slack is reached by ${slack.mode} mode`, next: '' },
    ...(slack.mode === 'http' && slack.signingSecret === null
      ? [missing('Slack signing secret', 'Set SLACK_SIGNING_SECRET in .env (Basic Information → Signing Secret)')]
      : []),
  ];
}
