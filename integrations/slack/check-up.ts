import type { WebClient } from '@slack/web-api';
import type { Logger } from '../../src/lib/logger.ts';
import type { ChannelCheckup, ChatCheckup } from '../../src/ports/doctor.ts';
import { OPTIONAL_SCOPES, REQUIRED_SCOPES } from './scopes.ts';
import { slackFailure, startError } from './slack-errors.ts';
import { createWebClients } from './web-clients.ts';

const TIMEOUT_MS = 10_000;
const silent: Logger = { debug() {}, info() {}, warn() {}, error() {} };

/** Asks Slack who the bot is, what it may do, and where it is a member. KithError('chat-auth' or 'chat-unreachable') otherwise. */
export async function checkUpSlack(options: {
  botToken: string;
  /** The page that adds Kith by OAuth; null for a token that was set. */
  installUrl: string | null;
  /** Null where Slack is not reached by Socket Mode. */
  appToken: string | null;
  apiUrl: string;
  /** Ids by department. */
  channels: Readonly<Record<string, string>>;
}): Promise<ChatCheckup> {
  const client = (token: string) => createWebClients(token, options.apiUrl, TIMEOUT_MS, silent).interactive;
  const bot = client(options.botToken);
  try {
    const { user, team, response_metadata } = await bot.auth.test();
    const granted = response_metadata?.scopes;
    const missing = (name: string, isNeeded: boolean) =>
      granted === undefined || granted.includes(name) ? [] : [{ name, isNeeded }];
    return {
      name: `@${user} in ${team}`,
      installUrl: options.installUrl,
      missingScopes: [
        ...REQUIRED_SCOPES.flatMap((name) => missing(name, true)),
        ...OPTIONAL_SCOPES.flatMap((name) => missing(name, false)),
      ],
      appToken: options.appToken === null ? null : await tryAppToken(client(options.appToken)),
      channels: await Promise.all(
        Object.entries(options.channels).map(([department, id]) => lookAt(bot, department, id)),
      ),
    };
  } catch (error) {
    throw startError(error, options.installUrl === null ? 'bot' : 'installation');
  }
}

/** Opening a connection hands out an address; nothing is connected until somebody calls it. */
async function tryAppToken(app: WebClient): Promise<ChatCheckup['appToken']> {
  try {
    await app.apps.connections.open();
    return 'works';
  } catch (error) {
    return { problem: startError(error, 'app').message };
  }
}

async function lookAt(bot: WebClient, department: string, id: string): Promise<ChannelCheckup> {
  try {
    const { channel } = await bot.conversations.info({ channel: id });
    const state = channel?.is_archived
      ? 'archived'
      : !channel?.is_member
        ? 'not-member'
        : channel.is_ext_shared
          ? 'shared-externally'
          : 'member';
    return { department, id, name: channel?.name ?? '', state };
  } catch (error) {
    const failure = slackFailure(error);
    const isUnknown = failure.kind === 'refused' && failure.error === 'channel_not_found';
    return { department, id, name: '', state: isUnknown ? 'unknown-channel' : 'untold' };
  }
}
