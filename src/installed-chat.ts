import { KithError, messageOf } from './lib/errors.ts';
import type { Logger } from './lib/logger.ts';
import type { Chat, ChatHandlers } from './ports/chat.ts';
import { notInSlack, type SlackAccess } from './slack-access.ts';

const AGAIN_MS = 30_000;
const NOT_SENT_MS = 24 * 3_600_000;

/**
 * A chat that follows its installation: it connects when Kith is added, goes on with the new token when it is added again, and
 * waits without a token while it is not there. What is to be said waits in the outbox meanwhile.
 */
export function createInstalledChat(options: {
  readonly access: SlackAccess;
  /** A chat with a token, not started. */
  readonly open: (botToken: string) => Chat;
  /** What is mounted while there is no token: Slack asks for an answer at the app's address before it lets the app be made. */
  readonly idle: () => void;
  readonly logger: Logger;
}): Chat {
  const { access, open, idle, logger } = options;
  let handlers: ChatHandlers | null = null;
  let current: { readonly botToken: string; readonly chat: Chat } | null = null;
  let isStopped = false;
  let again: NodeJS.Timeout | undefined;
  let unwatch: () => void = () => undefined;
  /** One change after the other. */
  let following: Promise<void> = Promise.resolve();

  async function leave(): Promise<void> {
    const left = current;
    current = null;
    await left?.chat
      .stop()
      .catch((error: unknown) => logger.error('Kith did not disconnect cleanly', { reason: messageOf(error) }));
  }

  /** Connects with the token that is kept now, if there is one. */
  async function follow(): Promise<void> {
    clearTimeout(again);
    if (isStopped || handlers === null) return;
    const standing = await access.standing();
    if (standing === null || standing.botToken === null) {
      await leave();
      idle();
      logger.warn(notInSlack(standing, access.installUrl).message);
      return;
    }
    const { botToken } = standing;
    if (current?.botToken === botToken) return;
    await leave();
    const chat = open(botToken);
    try {
      await chat.start({ ...handlers, removed: async () => change(() => removed(botToken)) });
      current = { botToken, chat };
    } catch (error) {
      await chat.stop().catch(() => undefined);
      if (!isRefused(error) || !(await access.ended(botToken))) throw error;
      // Telling of it makes this follow what is kept once more.
    }
  }

  async function removed(botToken: string): Promise<void> {
    // The chat has closed by itself; where the token is good after all, another takes its place.
    if (current?.botToken === botToken) current = null;
    if (await access.ended(botToken)) logger.error('Kith was taken out of Slack, and its token is deleted');
    else await follow();
  }

  /** After what runs; a failure is tried again. */
  function change(act: () => Promise<void>): Promise<void> {
    following = following.then(act).catch((error: unknown) => {
      logger.error(`Kith is not in Slack, and tries again: ${messageOf(error)}`);
      if (isStopped) return;
      again = setTimeout(() => void change(follow), AGAIN_MS);
      again.unref();
    });
    return following;
  }

  return {
    isConnected: () => current?.chat.isConnected() === true,
    async start(given) {
      handlers = given;
      unwatch = access.watch(() => void change(follow));
      // What keeps Kith from starting is told at once, and nothing is tried again.
      following = follow();
      await following;
    },
    async deliver(message) {
      if (current !== null) return current.chat.deliver(message);
      return { outcome: 'not-sent', reason: 'Kith is not in Slack', retryAfterMs: NOT_SENT_MS };
    },
    retract: async (message) => (current === null ? 'uncertain' : current.chat.retract(message)),
    names: async (ids) => (current === null ? new Map() : current.chat.names(ids)),
    async showHome(userId, page) {
      await current?.chat.showHome(userId, page);
    },
    async stop() {
      isStopped = true;
      unwatch();
      clearTimeout(again);
      await following.catch(() => undefined);
      await leave();
    },
  };
}

/** Slack takes the token no more: the app was taken out while Kith was not there to be told. */
function isRefused(error: unknown): boolean {
  return error instanceof KithError && error.code === 'chat-not-connected';
}
