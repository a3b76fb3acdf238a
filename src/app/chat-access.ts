import type { httpConnection } from '../../integrations/slack/receivers.ts';
import type { SharedSocket } from '../../integrations/slack/shared-socket.ts';
import type { Config } from '../config.ts';
import type { Instant } from '../domain/crm.ts';
import { createInstalledChat } from '../installed-chat.ts';
import type { HttpListener, Kith } from '../kith.ts';
import { KithError } from '../lib/errors.ts';
import type { Logger } from '../lib/logger.ts';
import type { ChartRenderer } from '../ports/chart-renderer.ts';
import type { Chat } from '../ports/chat.ts';
import { noSlackApp, type SlackAccess } from '../slack-access.ts';

/** How a Kith comes into Slack and speaks there: with a token that was set, or by an installation. */
export function createChatAccess(options: {
  readonly config: Config;
  readonly slack: SlackAccess | null;
  readonly renderer: ChartRenderer;
  readonly logger: Logger;
  readonly now: () => Instant;
  readonly listener: Kith['listener'];
  /** Of the tenants of one process that have one app in common. */
  readonly socket: SharedSocket | null;
  /** Told of each chat that is made: people's names come from the newest. */
  readonly opened: (chat: Chat) => void;
}): Pick<Kith, 'chat' | 'connectSlack' | 'disconnectSlack'> {
  const { config, slack, renderer, logger, now, listener, socket, opened } = options;
  const { botToken, appToken, signingSecret, apiUrl, mode } = config.slack;

  /** Without a token: in HTTP mode, Slack asks for a signed answer before it lets the app be made. */
  function answerSlack(connection: typeof httpConnection, mount: HttpListener['mount']): void {
    if (mode === 'http' && signingSecret !== null)
      void connection({ signingSecret, port: config.httpPort, mount, logger, now }).open('');
  }

  return {
    async connectSlack(announce) {
      if (slack === null) throw noSlackApp(config);
      const { httpConnection } = await import('../../integrations/slack/receivers.ts');
      return slack.connect(announce, () => {
        const own = listener(() => ({ ok: false, reason: 'waiting to be added to Slack' }));
        answerSlack(httpConnection, own.mount);
        return own;
      });
    },
    async disconnectSlack() {
      if (slack === null) throw noSlackApp(config);
      return slack.disconnect();
    },
    async chat(at, mount) {
      // Slack's packages take their time to load, and few commands of the command line speak with it.
      const { createSlackChat } = await import('../../integrations/slack/create-slack-chat.ts');
      const { httpConnection } = await import('../../integrations/slack/receivers.ts');
      const chatWith = (token: string, isInstalled: boolean): Chat =>
        createSlackChat({
          botToken: token,
          isInstalled,
          ...(appToken === null ? {} : { appToken }),
          ...(config.shared?.slack === true ? { socket } : {}),
          ...(signingSecret === null ? {} : { signingSecret }),
          apiUrl,
          mode,
          mount,
          renderer,
          logger,
          firstTime: (id) => at.seen.firstTime(id),
        });
      const chat = botToken !== null ? chatWith(botToken, false) : installed();
      opened(chat);
      return chat;

      function installed(): Chat {
        if (slack === null)
          throw new KithError('config', {
            en: "Neither SLACK_BOT_TOKEN nor SLACK_CLIENT_ID is set; make the Slack app with 'kith manifest' and put its bot token into .env, or its client id and secret to add it by OAuth",
            zh: "SLACK_BOT_TOKEN 和 SLACK_CLIENT_ID 都没有设置；请用 'kith manifest' 创建 Slack 应用，并将其机器人令牌写入 .env，或写入其 client id 和 secret 以通过 OAuth 添加",
          });
        return createInstalledChat({
          access: slack,
          open: (token) => chatWith(token, true),
          idle: () => answerSlack(httpConnection, mount),
          logger,
        });
      }
    },
  };
}
