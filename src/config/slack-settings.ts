import { z } from 'zod';
import type { Text } from '../lib/text.ts';
import { address, type SettingGroup, text } from './setting.ts';

const shape = {
  SLACK_BOT_TOKEN: text.startsWith('xoxb-', 'must start with xoxb-').optional(),
  SLACK_CLIENT_ID: text.optional(),
  SLACK_CLIENT_SECRET: text.optional(),
  SLACK_APP_TOKEN: text.startsWith('xapp-', 'must start with xapp-').optional(),
  SLACK_SIGNING_SECRET: text.optional(),
  SLACK_MODE: z.enum(['socket', 'http']).default('socket'),
  SLACK_API_URL: address.default('https://slack.com/api/'),
};
const schema = z.object(shape);
type Given = z.infer<typeof schema>;

export const slackSettings: SettingGroup<typeof shape> = {
  title: 'Slack',
  shape,
  settings: [
    {
      name: 'SLACK_BOT_TOKEN',
      description: "The app's bot token. 'kith start' needs this or SLACK_CLIENT_ID.",
      secret: true,
    },
    {
      name: 'SLACK_CLIENT_ID',
      description:
        "The app's client id, to add Kith by OAuth in place of a bot token: at KITH_PUBLIC_URL/slack/install, or 'kith connect slack'. Needs SLACK_CLIENT_SECRET and KITH_PUBLIC_URL, and no SLACK_BOT_TOKEN beside it.",
      secret: false,
    },
    { name: 'SLACK_CLIENT_SECRET', description: "The app's client secret, for OAuth.", secret: true },
    {
      name: 'SLACK_APP_TOKEN',
      description: 'The app-level token with connections:write; needed in socket mode.',
      secret: true,
    },
    { name: 'SLACK_SIGNING_SECRET', description: "The app's signing secret; needed in http mode.", secret: true },
    {
      name: 'SLACK_MODE',
      description: 'socket: Slack is reached from inside, no public address needed. http: Slack calls KITH_HTTP_PORT.',
      secret: false,
    },
    { name: 'SLACK_API_URL', description: "Where Slack's Web API is.", secret: false },
  ],
};

export interface SlackConfig {
  /** Never beside `clientId`. */
  readonly botToken: string | null;
  /** Never without `clientSecret` and a public address. */
  readonly clientId: string | null;
  readonly clientSecret: string | null;
  readonly appToken: string | null;
  readonly signingSecret: string | null;
  readonly mode: 'socket' | 'http';
  readonly apiUrl: string;
}

export function slackConfig(env: Given): SlackConfig {
  return Object.freeze({
    botToken: env.SLACK_BOT_TOKEN ?? null,
    clientId: env.SLACK_CLIENT_ID ?? null,
    clientSecret: env.SLACK_CLIENT_SECRET ?? null,
    appToken: env.SLACK_APP_TOKEN ?? null,
    signingSecret: env.SLACK_SIGNING_SECRET ?? null,
    mode: env.SLACK_MODE,
    apiUrl: env.SLACK_API_URL,
  });
}

export function slackConflicts(env: Given & { readonly KITH_PUBLIC_URL?: string | undefined }): Text[] {
  if (env.SLACK_CLIENT_ID === undefined) return [];
  if (env.SLACK_BOT_TOKEN !== undefined)
    return [
      {
        en: 'SLACK_BOT_TOKEN and SLACK_CLIENT_ID are both set, and Kith uses one of them: keep the token, or remove it to add Kith by OAuth',
        zh: '同时设置了 SLACK_BOT_TOKEN 和 SLACK_CLIENT_ID，而 Kith 只使用其中之一：请保留令牌，或去掉它以通过 OAuth 添加 Kith',
      },
    ];
  return [
    ...(env.SLACK_CLIENT_SECRET === undefined
      ? [
          {
            en: "SLACK_CLIENT_ID is set and SLACK_CLIENT_SECRET is not: copy the client secret from the app's page too",
            zh: '设置了 SLACK_CLIENT_ID 而未设置 SLACK_CLIENT_SECRET：请从应用页面同时复制 client secret',
          },
        ]
      : []),
    ...(env.KITH_PUBLIC_URL === undefined
      ? [
          {
            en: 'SLACK_CLIENT_ID is set and KITH_PUBLIC_URL is not: Slack sends people back to an address that it was told, such as https://kith.example.com',
            zh: '设置了 SLACK_CLIENT_ID 而未设置 KITH_PUBLIC_URL：Slack 会让用户返回事先告知它的地址，例如 https://kith.example.com',
          },
        ]
      : []),
  ];
}
