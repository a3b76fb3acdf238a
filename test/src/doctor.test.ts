import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ALL_SCOPES } from '../../demo/hubspot/scopes.ts';
import { startStandInHubspot } from '../../demo/hubspot/start-stand-in-hubspot.ts';
import type { PortalData } from '../../demo/portal/portal-data.ts';
import { startStandInSlack } from '../../demo/slack/start-stand-in-slack.ts';
import { CHANNELS, demoWorkspace } from '../../demo/workspace.ts';
import { createListener } from '../../integrations/http/create-listener.ts';
import { checkUpHubspot } from '../../integrations/hubspot/check-up.ts';
import { probes } from '../../src/app/probes.ts';
import { loadConfig } from '../../src/config.ts';
import { examine, type StoreExamination } from '../../src/doctor.ts';
import { crmFindings } from '../../src/jobs/doctor/crm-findings.ts';
import { instanceId } from '../../src/lib/instance-id.ts';
import { createLogger } from '../../src/lib/logger.ts';
import type { Finding } from '../../src/ports/doctor.ts';
import { newIdentityKey } from '../../src/store/identity-keys.ts';
import { NO_LIMITS, smallPortal, TOKEN } from '../demo/hubspot/small-portal.ts';
import { addKith, CLIENT, slackInstallation } from '../integrations/slack/installation.ts';

let dataDir: string;
const closing: (() => Promise<void>)[] = [];
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'kith-doctor-'));
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  await rm(dataDir, { recursive: true, force: true });
});

async function hubspot(options: { scopes?: readonly string[]; portal?: PortalData; now?: () => number } = {}) {
  const server = await startStandInHubspot({ portal: smallPortal(), token: TOKEN, limits: NO_LIMITS, ...options });
  closing.push(server.close);
  return server;
}

const checkUp = (basePath: string, more: Partial<Parameters<typeof checkUpHubspot>[0]> = {}) =>
  checkUpHubspot({ accessToken: TOKEN, basePath, engagements: true, properties: [], now: Date.now, ...more });

const nothingStored = async (): Promise<StoreExamination> => ({ portalId: null, findings: [], isRunning: false });
const look = async (environment: Record<string, string>, store = nothingStored) => {
  const config = loadConfig({ KITH_DATA_DIR: dataDir, ...environment });
  return examine(config, await probes(config), store);
};
const named = (findings: readonly Finding[], start: string) => findings.filter(({ what }) => what.en.startsWith(start));
const without = (...scopes: string[]) => ALL_SCOPES.filter((scope) => !scopes.includes(scope));

describe('the doctor at HubSpot', () => {
  it('is content with a full token, and tells currency, zone, won stages, clock and calls left', async () => {
    const server = await hubspot();
    const before = server.calls();
    const findings = crmFindings(await checkUp(server.url));
    expect(findings.map(({ state, what }) => [state, what.en])).toEqual([
      ['ok', 'HubSpot: portal 424242, currency EUR, time zone Europe/Berlin'],
      ['ok', 'HubSpot token: a static one, of a service key or a private app'],
      ['ok', 'HubSpot scopes: all 19 calls are allowed'],
      ['ok', 'Deal pipelines: 1; won stages: Orders › Paid'],
      ['ok', expect.stringMatching(/^Clock: within \d s of HubSpot's$/)],
      ['ok', expect.stringMatching(/^HubSpot calls today: 9,999,9\d\d of 10,000,000 left \(100%\)$/)],
    ]);
    expect(server.calls() - before).toBeLessThanOrEqual(21);
  });

  it.each([...ALL_SCOPES.filter((scope) => scope !== 'crm.objects.deals.write')])(
    'names %s when it is the one that is missing, and says whether it is needed',
    async (scope) => {
      const { url } = await hubspot({ scopes: without(scope) });
      const checkup = await checkUp(url);
      // HubSpot lets a pipeline be read by either of two scopes, so that deals' schema alone is never missed.
      const wanted = scope === 'crm.schemas.deals.read' ? [] : [[scope]];
      expect(checkup.missingScopes.map(({ names }) => names)).toEqual(wanted);
      const isOptional = /write$|schemas/.test(scope);
      for (const { state, what, next } of named(crmFindings(checkup), 'HubSpot scope missing')) {
        expect([state, what.en]).toEqual([isOptional ? 'advice' : 'problem', expect.stringContaining(scope)]);
        expect([next?.en, next?.zh]).toEqual([expect.stringContaining(scope), expect.stringContaining(scope)]);
        expect(what.en).toMatch(isOptional ? /optional/ : /needed|KITH_ENGAGEMENTS/);
      }
    },
  );

  it('asks for no scope of engagements while they are switched off, and changes nothing by asking', async () => {
    const server = await hubspot({ scopes: without('sales-email-read', 'crm.objects.feedback_submissions.read') });
    const ids = server.portal.ids('companies');
    const properties = server.portal.properties('companies', ids[0]!);
    expect((await checkUp(server.url, { engagements: false })).missingScopes).toEqual([]);
    expect(server.portal.ids('companies')).toEqual(ids);
    expect(server.portal.properties('companies', ids[0]!)).toEqual(properties);
  });

  it('finds a pipeline in which nothing is ever won, and says where to change it', async () => {
    const portal = smallPortal();
    const stages = portal.stages.map((stage) => (stage.object === 'deals' ? { ...stage, probability: '0.9' } : stage));
    const { url } = await hubspot({ portal: { ...portal, stages } });
    const [finding] = named(crmFindings(await checkUp(url)), 'Deal pipelines');
    expect(finding).toMatchObject({
      state: 'problem',
      next: { en: expect.stringContaining('Settings → Objects → Deals') },
    });
  });

  it('measures the clocks against each other, either way, and finds more than a minute', async () => {
    const { url } = await hubspot();
    const clock = async (aheadMs: number) =>
      named(crmFindings(await checkUp(url, { now: () => Date.now() + aheadMs })), 'Clock')[0];
    expect(await clock(30_000)).toMatchObject({ state: 'ok' });
    expect(await clock(120_000)).toMatchObject({
      state: 'problem',
      what: { en: expect.stringMatching(/1(19|20|21) s ahead of/) },
    });
    expect(await clock(-120_000)).toMatchObject({
      state: 'problem',
      what: { en: expect.stringMatching(/1(19|20|21) s behind/) },
    });
  });

  it('says what could not be told when HubSpot is in trouble, instead of calling it missing', async () => {
    const server = await hubspot();
    server.setFault({ seed: 1, share: 1, kinds: ['502'], on: '/crm/objects/2026-09/deals' });
    const checkup = await checkUp(server.url);
    expect(checkup.missingScopes).toEqual([]);
    expect(checkup.untold).toEqual([{ call: 'GET /crm/objects/2026-09/deals', reason: '502' }]);
    expect(named(crmFindings(checkup), 'HubSpot did not tell')[0]?.next?.en).toContain('again');
  });

  it('notices a property of ours that is of another type there, or lacks an option', async () => {
    const { url } = await hubspot();
    const definition = { label: '', description: '' };
    const { drift } = await checkUp(url, {
      properties: [
        { ...definition, name: 'domain', type: 'number' },
        { ...definition, name: 'kith_not_made_yet', type: 'number' },
      ],
    });
    expect(drift).toEqual([{ type: 'companies', property: 'domain', kind: 'type', found: 'string' }]);
  });

  it('warns of a day whose calls are nearly used up', () => {
    const checkup = {
      account: { portalId: '1', currency: 'EUR', timeZone: 'UTC' },
      tried: 1,
      missingScopes: [],
      untold: [],
    };
    const [finding] = named(
      crmFindings({
        ...checkup,
        tokenKind: 'oauth',
        grant: null,
        pipelines: null,
        clockAheadMs: null,
        drift: [],
        daily: { used: 95, limit: 100 },
      }),
      'HubSpot calls today',
    );
    expect(finding).toMatchObject({ state: 'advice', what: { en: 'HubSpot calls today: 5 of 100 left (5%)' } });
  });
});

describe('the doctor as a whole', () => {
  it('needs no token, no data and no network, and has a next step in both languages for whatever is missing', async () => {
    const findings = await look({});
    for (const { state, what, next } of findings) {
      expect(what.zh).toMatch(/\p{Script=Han}|HubSpot|Slack|Webhook/u);
      if (state === 'ok') expect(next).toBeNull();
      else
        expect([next?.en, next?.zh]).toEqual([
          expect.stringMatching(/\w{3}/),
          expect.stringMatching(/\p{Script=Han}/u),
        ]);
    }
    expect(findings.filter(({ state }) => state === 'problem').map(({ what }) => what.en)).toEqual([
      'HubSpot token',
      'Slack bot token',
      'Slack app token',
    ]);
  });

  it('tells of a wrong token and of an address where nothing is, without repeating the token', async () => {
    const { url } = await hubspot();
    const wrong = await look({ HUBSPOT_ACCESS_TOKEN: 'pat-na1-not-it', HUBSPOT_BASE_URL: url });
    expect(named(wrong, 'HubSpot')).toEqual([
      {
        state: 'problem',
        what: { en: 'HubSpot', zh: 'HubSpot' },
        next: {
          en: expect.stringContaining('HUBSPOT_ACCESS_TOKEN'),
          zh: expect.stringContaining('HUBSPOT_ACCESS_TOKEN'),
        },
      },
    ]);
    const nowhere = await look({ HUBSPOT_ACCESS_TOKEN: 'pat-na1-not-it', HUBSPOT_BASE_URL: 'http://127.0.0.1:1' });
    expect(named(nowhere, 'HubSpot')[0]?.next?.en).toContain('HUBSPOT_BASE_URL');
    expect(JSON.stringify([wrong, nowhere])).not.toContain('not-it');
  });

  it('finds a broken schedule and a damaged state file', async () => {
    const state = { portals: { '424242': { schedules: { sync: 'every noon' } } } };
    await writeFile(join(dataDir, 'state.json'), JSON.stringify(state));
    const [schedule] = named(await look({ KITH_PORTAL: '424242' }), 'Schedule of sync');
    expect(schedule).toMatchObject({ state: 'problem', next: { en: expect.stringContaining('schedules.sync') } });
    await writeFile(join(dataDir, 'state.json'), '{');
    const [damaged] = named(await look({}), 'Settings people made');
    expect(damaged).toMatchObject({ state: 'problem', next: { en: expect.stringContaining('state.json') } });
  });

  it('says that a key in the folder belongs into the environment', async () => {
    await writeFile(join(dataDir, 'identity.key'), newIdentityKey());
    expect(named(await look({}), 'Identity keys')[0]).toMatchObject({
      state: 'advice',
      next: { en: expect.stringContaining('KITH_IDENTITY_KEYS') },
    });
  });

  it('says that the key is missing where there is data', async () => {
    await rm(join(dataDir, 'identity.key'), { force: true });
    await mkdir(join(dataDir, 'store'), { recursive: true });
    const [found] = named(await look({}), 'Identity keys');
    expect(found).toMatchObject({ state: 'problem', what: { en: expect.stringContaining('is missing') } });
    await rm(join(dataDir, 'store'), { recursive: true });
    expect(named(await look({}), 'Identity keys')[0]).toMatchObject({ state: 'ok' });
  });

  it('warns of a key that anybody could guess, and of a file that holds none', async () => {
    await writeFile(join(dataDir, 'identity.key'), `k1:${Buffer.alloc(32, 7).toString('base64')}`);
    expect(named(await look({}), 'Identity key')[0]).toMatchObject({ state: 'problem' });
    await writeFile(join(dataDir, 'identity.key'), 'k1:x');
    expect(named(await look({}), 'Identity key')[0]).toMatchObject({ state: 'problem' });
  });
});

const lookAtSlack = async (options: {
  scopes?: readonly string[];
  channels?: Record<string, string>;
  adminChannel?: string;
  managementChannel?: string;
}) => {
  const definition = demoWorkspace('Test', [], []);
  const channels = definition.channels.map((one) =>
    one.id === CHANNELS.service ? { ...one, botIsMember: false } : one,
  );
  const { scopes } = options;
  const slack = await startStandInSlack({
    workspace: { ...definition, channels },
    ...(scopes === undefined ? {} : { scopes }),
  });
  closing.push(slack.close);
  await writeFile(
    join(dataDir, 'state.json'),
    JSON.stringify({
      portals: {
        '1': {
          channels: options.channels ?? {},
          adminChannel: options.adminChannel ?? null,
          managementChannel: options.managementChannel ?? null,
        },
      },
    }),
  );
  const environment = {
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_APP_TOKEN: slack.appToken,
    SLACK_API_URL: slack.apiUrl,
  };
  return named(await look({ ...environment, KITH_PORTAL: '1' }), 'Slack');
};

describe('the doctor in Slack', () => {
  it('names each missing scope, and which of them are optional', async () => {
    const scopes = [
      'commands',
      'chat:write',
      'files:write',
      'users:read',
      'users:read.email',
      'app_mentions:read',
      'channels:read',
      'groups:read',
    ];
    const findings = await lookAtSlack({ scopes });
    expect(findings.map(({ state, what }) => [state, what.en])).toEqual([
      ['ok', expect.stringMatching(/^Slack: @kith in /)],
      ['problem', 'Slack scope missing: files:read'],
      ['advice', 'Slack scope missing: im:history (optional)'],
      ['advice', 'Slack scope missing: im:write (optional)'],
      ['ok', 'Slack app token: works'],
      ['advice', 'Slack channels: none is named, so no digest is posted'],
    ]);
  });

  it('looks whether the bot is a member of each channel, and whether the channel exists', async () => {
    const findings = await lookAtSlack({
      channels: { sales: CHANNELS.sales, service: CHANNELS.service, finance: 'C0NOWHERE' },
    });
    expect(named(findings, 'Slack channel of').map(({ state, what, next }) => [state, what.en, next?.en])).toEqual([
      ['ok', 'Slack channel of sales: #sales', undefined],
      ['problem', 'Slack channel of service: #service, and Kith is not in it', 'Type /invite @Kith in #service'],
      [
        'problem',
        expect.stringContaining('C0NOWHERE, which Slack does not know'),
        expect.stringContaining('channels.finance'),
      ],
    ]);
  });
});

describe('the doctor where Kith is added to Slack by OAuth', () => {
  it('says where to add it, how it was added, and when it was taken out, with the next step', async () => {
    const { access, slack, installUrl, keys, dataDir: folder } = await slackInstallation();
    const environment = {
      SLACK_CLIENT_ID: CLIENT.clientId,
      SLACK_CLIENT_SECRET: CLIENT.clientSecret,
      SLACK_APP_TOKEN: slack.appToken,
      SLACK_API_URL: slack.apiUrl,
      KITH_PUBLIC_URL: new URL(installUrl).origin,
      KITH_DATA_DIR: folder,
      KITH_IDENTITY_KEYS: keys.map(({ id, secret }) => `${id}:${secret.toString('base64')}`).join(','),
    };
    const told = async () => {
      const findings = named(await look(environment), 'Slack');
      return findings.map(({ state, what, next }) => `${state} ${what.en} ${next?.en ?? ''} ${next?.zh ?? ''}`);
    };
    expect(await told()).toEqual([expect.stringMatching(/^problem Slack .*not added.*\/slack\/install.*尚未添加/)]);
    await addKith(installUrl, { leaveOut: ['im:history'] });
    expect(await told()).toEqual([
      expect.stringMatching(/^ok Slack: @kith in Acme/),
      expect.stringMatching(/^ok Slack installation: by OAuth/),
      expect.stringMatching(/^advice .*im:history.*\/slack\/install and add Kith again with im:history/),
      expect.stringMatching(/^ok Slack app token/),
      expect.stringMatching(/^advice Slack channels/),
    ]);
    const { botToken } = slack;
    await slack.uninstall();
    // Nobody has told Kith yet.
    expect(await told()).toEqual([expect.stringMatching(/^problem Slack .*account_inactive.*kith connect slack/)]);
    await access.ended(botToken);
    expect(await told()).toEqual([expect.stringMatching(/^problem Slack .*taken out of .*Acme.*messages wait.*移除/)]);
  });
});

describe('the doctor and the channel of those who look after Kith', () => {
  it('looks whether it exists and the bot is in it, whether or not a department has a channel', async () => {
    const at = (adminChannel: string, channels: Record<string, string> = {}) => lookAtSlack({ adminChannel, channels });
    const told = (findings: readonly Finding[]) =>
      findings.flatMap(({ state, what, next }) => (/channel/.test(what.en) ? [[state, what.en, next?.en]] : []));
    expect(told(await at(CHANNELS.sales, { sales: CHANNELS.sales }))).toEqual([
      ['ok', 'Slack channel of sales: #sales', undefined],
      ['ok', "Slack channel for Kith's own troubles: #sales", undefined],
    ]);
    expect(told(await at(CHANNELS.service))).toEqual([
      [
        'problem',
        "Slack channel for Kith's own troubles: #service, and Kith is not in it",
        'Type /invite @Kith in #service',
      ],
      ['advice', 'Slack channels: none is named, so no digest is posted', expect.anything()],
    ]);
    const [lost] = told(await at('C0NOWHERE', { sales: CHANNELS.sales })).slice(1);
    expect(lost).toEqual([
      'problem',
      expect.stringContaining('C0NOWHERE, which Slack does not know'),
      expect.stringContaining('Correct adminChannel in state.json'),
    ]);
  });
});

describe('the doctor and the channel of the monthly report', () => {
  it('looks whether it exists and the bot is in it', async () => {
    const at = async (managementChannel: string) =>
      named(await lookAtSlack({ managementChannel, channels: { sales: CHANNELS.sales } }), 'Slack channel of the');
    expect(await at(CHANNELS.sales)).toMatchObject([
      {
        state: 'ok',
        what: { en: 'Slack channel of the monthly report: #sales', zh: expect.stringContaining('月度报告') },
      },
    ]);
    expect(await at(CHANNELS.service)).toMatchObject([
      { state: 'problem', next: { en: 'Type /invite @Kith in #service' } },
    ]);
    expect(await at('C0NOWHERE')).toMatchObject([
      { state: 'problem', next: { en: expect.stringContaining('Correct managementChannel in state.json') } },
    ]);
  });
});

describe('the doctor and the public address', () => {
  const listener = async (instance: string) => {
    const server = createListener({
      port: 0,
      host: '127.0.0.1',
      logger: createLogger('silent'),
      ready: () => ({ ok: true, reason: '' }),
      instance,
    });
    closing.push(server.close);
    return `http://127.0.0.1:${await server.open()}`;
  };
  const running = async (): Promise<StoreExamination> => ({ portalId: null, findings: [], isRunning: true });
  const webhooks = async (environment: Record<string, string>, store = running) =>
    named(await look(environment, store), 'Webhooks')[0];

  it('knows its own Kith from another one and from something else', async () => {
    expect(await webhooks({})).toMatchObject({ state: 'ok' });
    const own = await listener(instanceId(dataDir));
    expect(await webhooks({ KITH_PUBLIC_URL: `${own}/` })).toMatchObject({
      state: 'advice',
      what: { en: expect.stringContaining(`${own} leads to this Kith`) },
      next: { en: expect.stringContaining('HUBSPOT_CLIENT_SECRET') },
    });
    const secret = { HUBSPOT_CLIENT_SECRET: 's3cret' };
    expect(await webhooks({ KITH_PUBLIC_URL: own, ...secret })).toMatchObject({ state: 'ok', next: null });
    const other = await listener('somebody-else');
    expect(await webhooks({ KITH_PUBLIC_URL: other })).toMatchObject({
      state: 'problem',
      what: { en: expect.stringContaining('not this Kith') },
    });
    const page = createServer((_, response) => response.writeHead(404).end('<html></html>'));
    await new Promise<void>((resolve) => page.listen(0, '127.0.0.1', resolve));
    closing.push(() => new Promise((resolve) => page.close(() => resolve())));
    const { port } = page.address() as AddressInfo;
    expect(await webhooks({ KITH_PUBLIC_URL: `http://127.0.0.1:${port}` })).toMatchObject({
      what: { en: expect.stringContaining('answers 404') },
    });
    expect(await webhooks({ KITH_PUBLIC_URL: 'http://127.0.0.1:1' })).toMatchObject({
      state: 'problem',
      next: { en: expect.stringContaining('KITH_HTTP_PORT') },
    });
  });

  it('says that it cannot be tried while Kith does not run', async () => {
    expect(await webhooks({ KITH_PUBLIC_URL: 'http://127.0.0.1:1' }, nothingStored)).toMatchObject({
      state: 'advice',
      next: { en: expect.stringContaining('kith start') },
    });
  });
});
