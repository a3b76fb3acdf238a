import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commands } from '../../commands/index.ts';
import { type StandInHubspot, startStandInHubspot } from '../../demo/hubspot/start-stand-in-hubspot.ts';
import { generatePortal } from '../../demo/portal/generate-portal.ts';
import type { PortalData, RecordTable } from '../../demo/portal/portal-data.ts';
import { type StandInSlack, startStandInSlack } from '../../demo/slack/start-stand-in-slack.ts';
import { CHANNELS, demoState, demoWorkspace, PEOPLE } from '../../demo/workspace.ts';
import { commandListings, openApp } from '../../src/app.ts';
import { type Bot, startBot } from '../../src/bot.ts';
import { type Config, loadConfig } from '../../src/config.ts';
import type { Viewer } from '../../src/domain/people.ts';
import { erase } from '../../src/jobs/erase.ts';
import type { Asker, Kith, Workspace } from '../../src/kith.ts';
import { createLogger } from '../../src/lib/logger.ts';
import { newIdentityKey } from '../../src/store/identity-keys.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'kith-leaks-'));
const quiet = { update: () => undefined };
const TOKEN = 'pat-eu1-planted-0123456789';
const KEY = newIdentityKey();
const lines: string[] = [];
const errors: string[] = [];
const processes: string[] = [];
let hubspot: StandInHubspot;
let slack: StandInSlack;
let kith: Kith;
let at: Workspace;
let bot: Bot;
let ids: ReadonlySet<string>;
let planted: readonly { readonly id: string; readonly says: readonly string[] }[];

const HOSTILE = [
  '',
  'me',
  'all',
  "'; DROP TABLE contacts; --",
  '{db:Identifier}',
  '<!channel> <@U01ANA>',
  '%',
  '=HYPERLINK("http://x")',
  '\u202Egnp.exe',
  '__proto__',
];

/** The same portal with names, e-mails and phones that nothing else looks like. */
function withPlanted(portal: PortalData): { portal: PortalData; people: typeof planted } {
  const contacts = portal.objects.get('contacts')!;
  const of = (say: (i: number) => string): readonly string[] => contacts.ids.map((_, i) => say(i));
  const fields = {
    firstname: of((i) => `Zqgiven${i}x`),
    lastname: of((i) => `Zqfamily${i}x`),
    email: of((i) => `zqmail${i}x@planted.example`),
    phone: of((i) => `+4930777${String(i).padStart(6, '0')}`),
  };
  const table: RecordTable = { ...contacts, columns: new Map([...contacts.columns, ...Object.entries(fields)]) };
  const people = contacts.ids.map((id, i) => ({ id, says: Object.values(fields).map((column) => column[i]!) }));
  return { portal: { ...portal, objects: new Map([...portal.objects, ['contacts', table]]) }, people };
}

/** Command lines of this process and of every one that it started. */
function lookAtProcesses(): void {
  const parents = new Map<string, string>();
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  for (const pid of pids) {
    try {
      parents.set(pid, readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ')[1]!);
    } catch {
      // It ended meanwhile.
    }
  }
  const isOurs = (pid: string | undefined): boolean =>
    pid !== undefined && (pid === String(process.pid) || isOurs(parents.get(pid)));
  for (const pid of pids) {
    if (!isOurs(pid)) continue;
    try {
      processes.push(readFileSync(`/proc/${pid}/cmdline`, 'utf8'));
    } catch {
      // It ended meanwhile.
    }
  }
}

beforeAll(async () => {
  const made = withPlanted(generatePortal({ seed: 11, companies: 100, asOf: Date.now() }).portal);
  planted = made.people;
  ids = new Set(planted.map(({ id }) => id));
  const limits = { perTenSeconds: 100_000, searchPerSecond: 100, daily: 1_000_000 };
  hubspot = await startStandInHubspot({ portal: made.portal, token: TOKEN, limits });
  slack = await startStandInSlack({ workspace: demoWorkspace('Test', made.portal.owners, commandListings) });
  const base = loadConfig({
    KITH_DATA_DIR: dataDir,
    HUBSPOT_BASE_URL: hubspot.url,
    HUBSPOT_ACCESS_TOKEN: TOKEN,
    KITH_IDENTITY_KEYS: KEY,
    KITH_HTTP_PORT: '0',
  });
  const config: Config = {
    ...base,
    slack: { ...base.slack, botToken: slack.botToken, appToken: slack.appToken, apiUrl: slack.apiUrl },
  };
  // No list of secrets to take out: what is logged has none in it, or has them taken out by what they look like.
  const logger = createLogger('debug', { write: (line) => void lines.push(line) });
  kith = await openApp({ config, logger, now: Date.now, asOf: 'now' });
  at = (await kith.sync({ full: true, progress: quiet })).workspace;
  await at.updateState((state) => ({ ...demoState(state), unit: 'contact' }));
  lookAtProcesses();
  await kith.analyse(at, { asOf: null, only: [], progress: quiet });
  lookAtProcesses();
  bot = await startBot(kith, at, quiet);
}, 240_000);

afterAll(async () => {
  await bot?.stop();
  await kith?.close();
  await slack?.close();
  await hubspot?.close();
  rmSync(dataDir, { recursive: true, force: true });
}, 60_000);

const askerOf = (viewer: Partial<Viewer>, language: 'en' | 'zh' = 'en'): Asker => ({
  viewer: { userId: 'U9', role: 'viewer', department: null, ownerIds: [], place: { kind: 'only-viewer' }, ...viewer },
  language,
  timeZone: 'UTC',
  request: { id: 'r1', channelId: 'direct:U9' },
});

/** What it says, be it an answer or a refusal. */
async function said(work: () => Promise<unknown>): Promise<string> {
  try {
    return JSON.stringify(await work());
  } catch (error) {
    errors.push(error instanceof Error ? `${error.message}\n${error.stack}` : String(error));
    return error instanceof Error ? error.message : String(error);
  }
}

/** What a text tells of the planted people beyond what was typed: what says who they are, or the id behind a masked name or a button. */
function toldIn(text: string, typed = ''): readonly string[] {
  const found = [
    ...(text.match(/Zq(?:given|family)\d+x|zqmail\d+x|\+4930777\d{6}/gi) ?? []),
    ...(text.match(/(?<![\d.,])\d+(?![\d.,])/g) ?? []).filter((number) => ids.has(number)),
  ];
  return found.filter((value) => !typed.toLowerCase().includes(value.toLowerCase()));
}

describe('whoever may see no customer', () => {
  const nobody: readonly (readonly [string, Asker])[] = [
    [
      'an admin in a channel that is shared with another company',
      askerOf({ role: 'admin', place: { kind: 'shared-externally', channelId: 'C' } }),
    ],
    ['marketing, where customers are people', askerOf({ role: 'manager', department: 'marketing' }, 'zh')],
    ['finance, where customers are people', askerOf({ department: 'finance' })],
    [
      'finance’s channel',
      askerOf({ role: 'admin', place: { kind: 'department', department: 'finance', channelId: CHANNELS.finance } }),
    ],
  ];
  const words = (): readonly string[] => {
    const { id, says } = planted[3]!;
    return [
      '',
      'top 20',
      'high',
      'mine',
      'all',
      'churn-risk',
      says[2]!,
      `${says[0]} ${says[1]}`,
      says[3]!,
      id,
      'Gold',
      '30',
    ];
  };

  it('is told of none by any command or button, though others are told of many', { timeout: 240_000 }, async () => {
    const admin = askerOf({ role: 'admin' });
    const seen = new Set<string>();
    for (const { name } of commands)
      for (const text of words())
        for (const id of toldIn(await said(() => kith.command(at, admin, name, text)), text)) seen.add(id);
    expect(seen.size).toBeGreaterThan(20);
    for (const [who, asker] of nobody) {
      for (const { name } of commands)
        for (const text of words())
          expect(
            toldIn(await said(() => kith.command(at, asker, name, text)), text),
            `/${name} ${text}, ${who}`,
          ).toEqual([]);
      const { id } = planted[3]!;
      for (const action of kith.actions)
        for (const value of [`churn-risk:${id}`, id])
          expect(toldIn(await said(() => kith.action(at, asker, action, value)), value), `${action}, ${who}`).toEqual(
            [],
          );
    }
  });
});

describe('logs, errors and command lines of processes', () => {
  it('hold neither a secret nor a value of a person, whatever is synced, asked, written, delivered and refused', {
    timeout: 240_000,
  }, async () => {
    const admin = askerOf({ role: 'admin' });
    const [first] = planted;
    for (const text of [...HOSTILE, first!.says[2]!, `${first!.says[0]} ${first!.says[1]}`])
      for (const command of ['/customer', '/churn-risk', '/recommend', '/kith'])
        await slack.runCommand({ userId: PEOPLE.controller, channelId: CHANNELS.finance, command, text });
    for (const text of HOSTILE) {
      for (const { name } of commands) await said(() => kith.command(at, admin, name, text));
      await said(() => kith.ask(at, admin, { text, threadId: '', quoted: first!.says[2]! }));
      if (text !== '') continue;
      for (const action of kith.actions) await said(() => kith.action(at, admin, action, HOSTILE[2]!));
    }
    hubspot.setFault({ seed: 3, share: 0.3, kinds: ['500', 'reset'], most: 10 });
    await said(() => kith.sync({ full: true, progress: quiet }));
    await said(() => kith.writeBack(at, { dryRun: false, progress: quiet }));
    hubspot.setFault(null);
    await said(() => kith.writeBack(at, { dryRun: false, progress: quiet }));
    slack.setFault({ kind: 'refused', method: 'chat.postMessage', error: 'channel_not_found', times: 1 });
    for (const digest of ['sales', 'marketing', 'service', 'finance']) await said(() => bot.runJob(digest));
    await said(() => erase({ ...at, who: planted[5]!.says[2]!, actor: 'test', now: Date.now }));
    await said(() => erase({ ...at, who: 'nobody@nowhere.example', actor: 'test', now: Date.now }));
    await said(() => bot.runJob('deliver'));
    lookAtProcesses();
    await bot.stop();

    expect(lines.length).toBeGreaterThan(20);
    expect(errors.length).toBeGreaterThan(20);
    expect(processes.length).toBeGreaterThan(2);
    const secrets = [TOKEN, KEY, KEY.split(':')[1]!, slack.botToken, slack.appToken, slack.signingSecret];
    for (const [where, texts] of [
      ['logs', lines],
      ['errors', errors],
      ['processes', processes],
    ] as const) {
      const whole = texts.join('\n');
      for (const secret of secrets) expect(whole.includes(secret), `a secret in ${where}`).toBe(false);
    }
    // An error may repeat to whoever asked what they typed; a log repeats nothing.
    for (const [where, texts] of [
      ['logs', lines],
      ['processes', processes],
    ] as const)
      for (const { says } of planted)
        for (const value of says)
          expect(texts.find((text) => text.includes(value)) ?? null, `a person in ${where}`).toBeNull();
    const typed = planted.filter((_, i) => i === 0 || i === 3 || i === 5);
    for (const { says } of planted.filter((one) => !typed.includes(one)))
      for (const value of says)
        expect(errors.find((text) => text.includes(value)) ?? null, 'a person in errors').toBeNull();
  });
});
