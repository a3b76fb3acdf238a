import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { commands, forms } from '../../commands/index.ts';
import { EVENTS_PATH } from '../../integrations/slack/events-path.ts';
import { buildManifest } from '../../integrations/slack/manifest.ts';
import { OPTIONAL_SCOPES, REQUIRED_SCOPES } from '../../integrations/slack/scopes.ts';
import { runProgram } from '../../src/cli/program.ts';
import { SETTINGS } from '../../src/config.ts';
import { ROLES } from '../../src/domain/people.ts';
import { portalStateSchema } from '../../src/state/portal-state.ts';
import { SETTINGS as DECISIONS } from '../../src/state/settings-table.ts';

const guide = readFileSync('docs/guides/slack.md', 'utf8');
const quoted = [...guide.matchAll(/`([^`]+)`/g)].map(([, text]) => text!);
const manifest = buildManifest(commands, { mode: 'socket' });

/** The first cells of the table whose first column has this heading. */
function firstColumn(heading: string): string[] {
  const lines = guide.split('\n').map((line) => line.trim());
  const start = lines.findIndex((line) => new RegExp(`^\\| ${heading} +\\|`).test(line));
  expect(start, heading).toBeGreaterThan(0);
  const rows = lines.slice(start + 2);
  const cells = rows.slice(0, rows.indexOf('')).map((line) => line.split('|')[1]!);
  return cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, text]) => text!));
}

async function help(words: readonly string[]): Promise<string> {
  let said = '';
  const out = (text: string): void => {
    said += text;
  };
  const never = (): never => {
    throw new Error('nothing is opened for help');
  };
  await runProgram([...words, '--help'], {
    terminal: { out, err: out, isTerminal: false, columns: 100 },
    version: '0',
    language: 'en',
    open: never,
    tenants: () => [],
    manifest: never,
    doctor: never,
    start: never,
    demo: never,
  });
  return said;
}

it('has every scope of the manifest once, needed and optional apart, and no other', () => {
  expect(firstColumn('needed').toSorted()).toEqual([...REQUIRED_SCOPES].toSorted());
  expect(firstColumn('optional').toSorted()).toEqual([...OPTIONAL_SCOPES].toSorted());
  const known = new Set([...REQUIRED_SCOPES, ...OPTIONAL_SCOPES, 'connections:write']);
  expect(quoted.filter((text) => /^[a-z_]+:[a-z.]+$/.test(text) && !known.has(text))).toEqual([]);
});

it('every command and option of the command line that it names is there', async () => {
  const typed = quoted.filter((text) => /^kith [a-z]/.test(text));
  expect(typed.length).toBeGreaterThan(6);
  for (const text of typed) {
    const [, name = '', ...rest] = text.split(' ');
    const said = await help([name]);
    expect(said, text).toContain(`Usage: kith ${name}`);
    for (const option of rest.filter((word) => word.startsWith('--'))) expect(said, text).toContain(option);
    if (name === 'report') expect(commands.map((command) => command.name)).toContain(rest[0]);
  }
});

it('every slash command that it names is there, with the words after it', () => {
  const typed = quoted.filter(
    (text) => /^\/[a-z]/.test(text) && !['/invite @Kith', '/readyz', EVENTS_PATH].includes(text),
  );
  expect(typed.length).toBeGreaterThan(5);
  for (const text of typed) {
    const [name = '', word] = text.slice(1).split(' ');
    const command = commands.find((one) => one.name === name);
    expect(command, text).toBeDefined();
    if (word !== undefined) expect(command?.usage.split(/[[|\]]/), text).toContain(word);
  }
  expect(guide).toContain(`\`${EVENTS_PATH}\``);
});

it('every variable, setting and role that it names is one of Kith’s, and none of Slack’s is missing', () => {
  const named = new Set(quoted.filter((text) => /^[A-Z]+(?:_[A-Z]+)+$/.test(text)));
  const known = SETTINGS.map(({ name }) => name);
  expect([...named].filter((name) => !known.some((one) => one === name))).toEqual([]);
  for (const name of known.filter((one) => one.startsWith('SLACK_') && one !== 'SLACK_API_URL'))
    expect([...named]).toContain(name);
  const decided = firstColumn('setting \\(`/kith settings`\\)').filter((text) => !text.startsWith('/'));
  for (const key of decided) expect(DECISIONS.map((setting) => setting.key)).toContain(key);
  const channels = DECISIONS.map(({ key }) => key).filter((key) => /^channels\.|Channel$/.test(key));
  expect(decided.toSorted()).toEqual(channels.toSorted());
  expect(firstColumn('role').filter((text) => text !== 'restrictReps')).toEqual([...ROLES].toReversed());
  expect(Object.keys(portalStateSchema.parse({ people: { U1: {} } }).people.U1!)).toContain('ownerIds');
});

it('the first role, the tokens, the forms and the files are as it says', () => {
  expect(portalStateSchema.parse({}).defaultRole).toBe('viewer');
  expect(guide).toContain('Everybody is a `viewer` until');
  const config = readFileSync('src/config/slack-settings.ts', 'utf8');
  for (const start of ['xoxb-', 'xapp-']) {
    expect(guide).toContain(`\`${start}\``);
    expect(config).toContain(`startsWith('${start}'`);
  }
  expect(forms.map(({ name }) => name)).toEqual(expect.arrayContaining(['set-channels', 'set-person']));
  expect(manifest).toContain('Ask Kith');
  for (const [, path = ''] of guide.matchAll(/\]\((?!https)([^)]+)\)/g))
    expect(existsSync(`docs/guides/${path}`), path).toBe(true);
  expect(readFileSync('README.md', 'utf8')).toContain('(docs/guides/slack.md)');
});

it('what it says of requests is as the code has it', () => {
  expect(readFileSync('integrations/slack/receivers.ts', 'utf8')).toContain('MOST_AHEAD_S = 60');
  expect(buildManifest(commands, { mode: 'http', url: 'https://kith.example.com/' })).toContain(
    `"https://kith.example.com${EVENTS_PATH}"`,
  );
});
