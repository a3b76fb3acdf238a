import { say } from '../../src/lib/text.ts';
import type { CommandListing } from '../../src/ports/command.ts';
import { EVENTS_PATH } from './events-path.ts';

export const REQUIRED_SCOPES = ['commands', 'chat:write', 'files:write', 'files:read', 'users:read'] as const;

/** Each of these switches something on; without it, Kith does the rest and says what is missing. */
export const OPTIONAL_SCOPES = [
  'users:read.email',
  'app_mentions:read',
  'channels:read',
  'groups:read',
  'channels:join',
] as const;

export interface ManifestOptions {
  readonly mode: 'socket' | 'http';
  /** The public address of Kith's listener, for HTTP mode: https://kith.example.com */
  readonly url?: string;
}

/** The Slack app as a manifest (YAML), from which a workspace creates it in one step. */
export function buildManifest(listings: readonly CommandListing[], options: ManifestOptions): string {
  const isSocket = options.mode === 'socket';
  const url = `${(options.url ?? 'https://kith.example.com').replace(/\/+$/, '')}${EVENTS_PATH}`;
  const address = isSocket ? {} : { url };
  const request = isSocket ? {} : { request_url: url };
  return [
    '# Written by `npm run manifest` from commands/index.ts; edit those instead.',
    ...yaml({
      display_information: {
        name: 'Kith',
        description: 'Which customers are slipping away, who is worth what, and what to do about it',
        background_color: '#14324a',
      },
      features: {
        bot_user: { display_name: 'Kith', always_online: true },
        slash_commands: listings.map((listing) => ({
          command: `/${listing.name}`,
          ...address,
          description: say('en', listing.summary).slice(0, 100),
          ...(listing.usage === '' ? {} : { usage_hint: listing.usage.slice(0, 100) }),
          // Mentions of people and channels come with their ids, which settings need; names elsewhere come as they are.
          should_escape: listing.name === 'kith',
        })),
      },
      oauth_config: { scopes: { bot: [...REQUIRED_SCOPES, ...OPTIONAL_SCOPES], bot_optional: OPTIONAL_SCOPES } },
      settings: {
        event_subscriptions: { ...request, bot_events: ['app_mention'] },
        interactivity: { is_enabled: true, ...request },
        org_deploy_enabled: false,
        socket_mode_enabled: isSocket,
        token_rotation_enabled: false,
      },
    }),
    '',
  ].join('\n');
}

type Yaml = string | boolean | readonly Yaml[] | { readonly [key: string]: Yaml };

/** Block-style YAML of maps, lists, strings and booleans; every string in double quotes, as JSON writes it, which YAML reads. */
function yaml(value: Yaml, indent = ''): string[] {
  if (typeof value === 'string' || typeof value === 'boolean') return [`${indent}${JSON.stringify(value)}`];
  if (isList(value)) {
    return value.flatMap((entry) => {
      const [first = '', ...rest] = yaml(entry, `${indent}  `);
      return [`${indent}- ${first.slice(indent.length + 2)}`, ...rest];
    });
  }
  return Object.entries(value).flatMap(([key, entry]) =>
    typeof entry === 'string' || typeof entry === 'boolean'
      ? [`${indent}${key}: ${JSON.stringify(entry)}`]
      : [`${indent}${key}:`, ...yaml(entry, `${indent}  `)],
  );
}

function isList(value: readonly Yaml[] | { readonly [key: string]: Yaml }): value is readonly Yaml[] {
  return Array.isArray(value);
}
