import { z } from 'zod';
import type { Text } from '../lib/text.ts';
import { address, flag, type SettingGroup, text, withoutSlash } from './setting.ts';

const shape = {
  HUBSPOT_ACCESS_TOKEN: text.optional(),
  HUBSPOT_CLIENT_ID: text.optional(),
  HUBSPOT_CLIENT_SECRET: text.optional(),
  HUBSPOT_BASE_URL: address.default('https://api.hubapi.com'),
  KITH_ENGAGEMENTS: flag,
};
const schema = z.object(shape);
type Given = z.infer<typeof schema>;

export const hubspotSettings: SettingGroup<typeof shape> = {
  title: 'HubSpot',
  shape,
  settings: [
    {
      name: 'HUBSPOT_ACCESS_TOKEN',
      description:
        "The token of a HubSpot service key, project app or private app (Settings → Integrations). 'kith start' and 'kith sync' need this or HUBSPOT_CLIENT_ID.",
      secret: true,
    },
    {
      name: 'HUBSPOT_CLIENT_ID',
      description:
        "The client id of an app of yours in HubSpot, to connect by OAuth in place of a token: 'kith connect hubspot'. Needs HUBSPOT_CLIENT_SECRET, and no HUBSPOT_ACCESS_TOKEN beside it.",
      secret: false,
    },
    {
      name: 'HUBSPOT_CLIENT_SECRET',
      description:
        "The app's client secret: for OAuth, and what HubSpot signs its webhooks with. With KITH_PUBLIC_URL, changes are followed within a minute: subscribe the app to events at KITH_PUBLIC_URL/hubspot/webhooks.",
      secret: true,
    },
    { name: 'HUBSPOT_BASE_URL', description: "Where HubSpot's API is.", secret: false },
    {
      name: 'KITH_ENGAGEMENTS',
      description:
        'on: also copy calls, meetings, e-mails and feedback (dates and outcomes, never their text). Needs their scopes.',
      secret: false,
    },
  ],
};

export interface HubspotConfig {
  /** Never beside `clientId`. */
  readonly accessToken: string | null;
  /** Never without `clientSecret`. */
  readonly clientId: string | null;
  readonly clientSecret: string | null;
  readonly baseUrl: string;
  readonly engagements: boolean;
}

export function hubspotConfig(env: Given): HubspotConfig {
  return Object.freeze({
    accessToken: env.HUBSPOT_ACCESS_TOKEN ?? null,
    clientId: env.HUBSPOT_CLIENT_ID ?? null,
    clientSecret: env.HUBSPOT_CLIENT_SECRET ?? null,
    baseUrl: withoutSlash(env.HUBSPOT_BASE_URL),
    engagements: env.KITH_ENGAGEMENTS === 'on',
  });
}

export function hubspotConflicts(env: Given): Text[] {
  if (env.HUBSPOT_CLIENT_ID === undefined) return [];
  if (env.HUBSPOT_ACCESS_TOKEN !== undefined)
    return [
      {
        en: 'HUBSPOT_ACCESS_TOKEN and HUBSPOT_CLIENT_ID are both set, and Kith uses one of them: keep the token, or remove it to connect by OAuth',
        zh: '同时设置了 HUBSPOT_ACCESS_TOKEN 和 HUBSPOT_CLIENT_ID，而 Kith 只使用其中之一：请保留令牌，或去掉它以通过 OAuth 连接',
      },
    ];
  return env.HUBSPOT_CLIENT_SECRET === undefined
    ? [
        {
          en: "HUBSPOT_CLIENT_ID is set and HUBSPOT_CLIENT_SECRET is not: copy the client secret from the app's page too",
          zh: '设置了 HUBSPOT_CLIENT_ID 而未设置 HUBSPOT_CLIENT_SECRET：请从应用页面同时复制 client secret',
        },
      ]
    : [];
}
