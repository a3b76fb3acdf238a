import type { Logger } from '../../src/lib/logger.ts';
import { startError } from './slack-errors.ts';
import { createWebClients } from './web-clients.ts';

const TIMEOUT_MS = 10_000;
const silent: Logger = { debug() {}, info() {}, warn() {}, error() {} };

/** The bot's name and workspace, as a check of its token. KithError('chat-auth' or 'chat-unreachable') when there is none. */
export async function whoAmI(options: { botToken: string; apiUrl: string }): Promise<string> {
  try {
    const { user, team } = await createWebClients(
      options.botToken,
      options.apiUrl,
      TIMEOUT_MS,
      silent,
    ).interactive.auth.test();
    return `@${user} in ${team}`;
  } catch (error) {
    throw startError(error, 'bot');
  }
}
