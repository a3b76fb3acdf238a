import { say } from '../../src/lib/text.ts';
import type { CommandListing } from '../../src/ports/command.ts';
import { EVENTS_PATH } from './events-path.ts';
import { REDIRECT_PATH } from './install-paths.ts';
import { OPTIONAL_SCOPES, SCOPES } from './scopes.ts';
import { ASK_ABOUT_MESSAGE, ASK_ANYTHING } from './shortcuts.ts';

const EVENTS: readonly { readonly name: string; readonly use: string }[] = [
  { name: 'app_mention', use: 'questions with @Kith in a channel or a thread' },
  { name: 'message.im', use: 'questions as direct messages' },
  { name: 'app_home_opened', use: 'the Home' },
  { name: 'app_uninstalled', use: 'to stop when Kith was taken out' },
  { name: 'tokens_revoked', use: 'to stop when its tokens were withdrawn' },
];

export interface ManifestOptions {
  readonly mode: 'socket' | 'http';
  /** The public address of Kith's listener, for HTTP mode and OAuth: https://kith.example.com */
  readonly url?: string;
  /** Kith may be added to a workspace from its own page, in Socket Mode too; in HTTP mode it always may. */
  readonly oauth?: boolean;
}

/** The Slack app as a manifest (YAML), from which a workspace creates it in one step. */
export function buildManifest(listings: readonly CommandListing[], options: ManifestOptions): string {
  const isSocket = options.mode === 'socket';
  const base = (options.url ?? 'https://kith.example.com').replace(/\/+$/, '');
  const url = `${base}${EVENTS_PATH}`;
  const redirects = isSocket && options.oauth !== true ? {} : { redirect_urls: [`${base}${REDIRECT_PATH}`] };
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
        app_home: { home_tab_enabled: true, messages_tab_enabled: true, messages_tab_read_only_enabled: false },
        bot_user: { display_name: 'Kith', always_online: true },
        shortcuts: [
          {
            name: 'Ask Kith about this',
            type: 'message',
            callback_id: ASK_ABOUT_MESSAGE,
            description: 'What Kith knows about the customer in a message',
          },
          {
            name: 'Ask Kith',
            type: 'global',
            callback_id: ASK_ANYTHING,
            description: 'A question in plain words, answered to you alone',
          },
        ],
        slash_commands: listings.map((listing) => ({
          command: `/${listing.name}`,
          ...address,
          description: say('en', listing.summary).slice(0, 100),
          ...(listing.usage === '' ? {} : { usage_hint: listing.usage.slice(0, 100) }),
          // Mentions of people and channels come with their ids, which settings need; names elsewhere come as they are.
          should_escape: listing.name === 'kith',
        })),
      },
      oauth_config: {
        ...redirects,
        scopes: {
          bot: SCOPES.map(({ name, use }) => explained({ name, use: say('en', use) })),
          bot_optional: OPTIONAL_SCOPES,
        },
      },
      settings: {
        event_subscriptions: { ...request, bot_events: EVENTS.map(explained) },
        interactivity: { is_enabled: true, ...request },
        org_deploy_enabled: false,
        socket_mode_enabled: isSocket,
        token_rotation_enabled: false,
      },
    }),
    '',
  ].join('\n');
}

/** A text of a list with a comment above it. */
interface Explained {
  readonly text: string;
  readonly comment: string;
}

function explained({ name, use }: { readonly name: string; readonly use: string }): Explained {
  return { text: name, comment: use };
}

type Yaml = string | boolean | readonly (Yaml | Explained)[] | { readonly [key: string]: Yaml };

/** Block-style YAML of maps, lists, strings and booleans; every string in double quotes, as JSON writes it, which YAML reads. */
function yaml(value: Yaml, indent = ''): string[] {
  if (typeof value === 'string' || typeof value === 'boolean') return [`${indent}${JSON.stringify(value)}`];
  if (isList(value)) {
    return value.flatMap((entry) => {
      if (isExplained(entry)) return [`${indent}# ${entry.comment}`, `${indent}- ${JSON.stringify(entry.text)}`];
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

function isList(value: Exclude<Yaml, string | boolean>): value is readonly (Yaml | Explained)[] {
  return Array.isArray(value);
}

function isExplained(entry: Yaml | Explained): entry is Explained {
  return typeof entry === 'object' && 'comment' in entry && typeof entry.comment === 'string';
}
