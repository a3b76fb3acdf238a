import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { commands } from '../../../commands/index.ts';
import { buildManifest } from '../../../integrations/slack/manifest.ts';

/** Reads the subset of YAML that the manifest is written in, so that the test does not trust the writer. */
function parse(text: string): unknown {
  const lines = text.split('\n').filter((line) => line.trim() !== '' && !line.trimStart().startsWith('#'));
  let at = 0;
  const depth = (line: string) => line.length - line.trimStart().length;
  const block = (indent: number): unknown => {
    const isList = lines[at]?.trimStart().startsWith('- ') ?? false;
    const list: unknown[] = [];
    const map: Record<string, unknown> = {};
    while (at < lines.length && depth(lines[at] ?? '') === indent) {
      const line = (lines[at] ?? '').slice(indent);
      if (isList) {
        const item = line.slice(2);
        if (item.startsWith('"')) {
          list.push(JSON.parse(item));
          at += 1;
        } else {
          lines[at] = `${' '.repeat(indent + 2)}${item}`;
          list.push(block(indent + 2));
        }
        continue;
      }
      const [, key = '', rest = ''] = /^([a-z_]+):(?: (.*))?$/.exec(line) ?? [];
      at += 1;
      map[key] = rest === '' ? block(indent + 2) : JSON.parse(rest);
    }
    return isList ? list : map;
  };
  return block(0);
}

describe('buildManifest', () => {
  it('wrote the manifest.yml that is checked in', () => {
    const written = readFileSync(new URL('../../../manifest.yml', import.meta.url), 'utf8');
    expect(written, 'run `npx tsx scripts/manifest.ts`').toBe(buildManifest(commands, { mode: 'socket' }));
  });

  it('has mentions come with their ids where settings are typed, and names as they are elsewhere', () => {
    const text = buildManifest(commands, { mode: 'socket' });
    const escaped = [...text.matchAll(/command: "\/([a-z-]+)"[\s\S]*?should_escape: (true|false)/g)];
    expect(escaped).toHaveLength(commands.length);
    expect(escaped.filter(([, , isOn]) => isOn === 'true').map(([, name]) => name)).toEqual(['kith']);
  });

  it('lists every command, with an address in HTTP mode alone', () => {
    const socket = parse(buildManifest(commands, { mode: 'socket' }));
    expect(socket).toMatchObject({
      features: {
        slash_commands: commands.map((command) => ({ command: `/${command.name}`, description: command.summary.en })),
      },
      settings: { socket_mode_enabled: true, interactivity: { is_enabled: true } },
    });
    expect(JSON.stringify(socket)).not.toContain('url');
    const http = parse(buildManifest(commands, { mode: 'http', url: 'https://kith.acme.example/' }));
    const url = 'https://kith.acme.example/slack/events';
    expect(http).toMatchObject({
      features: { slash_commands: commands.map(() => ({ url })) },
      settings: {
        socket_mode_enabled: false,
        interactivity: { request_url: url },
        event_subscriptions: { request_url: url },
      },
    });
  });

  it('names the address that Slack sends people back to in HTTP mode, and wherever Kith is added by OAuth', () => {
    const url = 'https://kith.acme.example/';
    const redirects = { oauth_config: { redirect_urls: ['https://kith.acme.example/slack/oauth_redirect'] } };
    expect(parse(buildManifest(commands, { mode: 'http', url }))).toMatchObject(redirects);
    const socket = parse(buildManifest(commands, { mode: 'socket', oauth: true, url }));
    expect(socket).toMatchObject({
      ...redirects,
      settings: { socket_mode_enabled: true, token_rotation_enabled: false },
    });
    expect(buildManifest(commands, { mode: 'socket', url })).not.toContain('redirect');
  });

  it('asks for the scopes that Kith needs and marks the others optional', () => {
    const { oauth_config } = parse(buildManifest(commands, { mode: 'socket' })) as {
      oauth_config: { scopes: Record<string, string[]> };
    };
    const { bot = [], bot_optional = [] } = oauth_config.scopes;
    expect(bot.filter((scope) => !bot_optional.includes(scope))).toEqual([
      'commands',
      'chat:write',
      'files:write',
      'files:read',
      'users:read',
    ]);
    expect(bot_optional).toEqual([
      'users:read.email',
      'app_mentions:read',
      'im:history',
      'im:write',
      'channels:read',
      'groups:read',
    ]);
  });

  it('says of every scope and event what it is for', () => {
    const lines = buildManifest(commands, { mode: 'socket' }).split('\n');
    const listed = lines.slice(lines.indexOf('    bot:') + 1, lines.indexOf('    bot_optional:'));
    expect(listed.length).toBe(22);
    expect(listed.every((line, index) => line.trim().startsWith(index % 2 === 0 ? '# ' : '- "'))).toBe(true);
  });

  it('switches on the Home, its messages, the shortcuts and the events that they need', () => {
    expect(parse(buildManifest(commands, { mode: 'socket' }))).toMatchObject({
      features: {
        app_home: { home_tab_enabled: true, messages_tab_enabled: true, messages_tab_read_only_enabled: false },
        shortcuts: [
          { type: 'message', callback_id: 'ask_kith' },
          { type: 'global', callback_id: 'ask_kith_anything' },
        ],
      },
      settings: {
        event_subscriptions: {
          bot_events: ['app_mention', 'message.im', 'app_home_opened', 'app_uninstalled', 'tokens_revoked'],
        },
      },
    });
  });

  it('keeps a text that YAML could misread as the text it is', () => {
    const nasty = { name: 'x', summary: { en: 'yes: "no" # - [a] \\ 是', zh: '' }, usage: '' };
    expect(parse(buildManifest([nasty], { mode: 'socket' }))).toMatchObject({
      features: { slash_commands: [{ description: nasty.summary.en }] },
    });
  });
});
