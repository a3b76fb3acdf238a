import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { shardOf } from '../../src/shard.ts';
import { findTenant, ownTenants, readTenants, tenantLines } from '../../src/tenants.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kith-tenants-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function read(files: Readonly<Record<string, string>>, more: Readonly<Record<string, string>> = {}) {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const environment = { KITH_TENANTS_DIR: folder, KITH_DATA_DIR: '/var/kith', ...more };
  const root = loadConfig(environment);
  return { root, tenants: readTenants(environment, root) };
}

describe('tenants', () => {
  it('have settings of their own over those of the process, and folders, addresses and backups of their own', () => {
    const { tenants } = read(
      {
        'acme.env': 'HUBSPOT_ACCESS_TOKEN=pat-a\nSLACK_BOT_TOKEN=xoxb-a\nKITH_LANGUAGE=zh\n',
        'bolt-2.env':
          'SLACK_BOT_TOKEN=xoxb-b\nHUBSPOT_CLIENT_ID=\nHUBSPOT_CLIENT_SECRET=\nHUBSPOT_ACCESS_TOKEN=pat-b\n',
        'README.md': 'not a tenant',
      },
      { KITH_PUBLIC_URL: 'https://kith.example/', KITH_BACKUP_DIR: '/backup' },
    );
    expect([...tenants.all.keys()]).toEqual(['acme', 'bolt-2']);
    expect(findTenant(tenants, 'acme')).toMatchObject({
      tenant: 'acme',
      tenantsDir: null,
      dataDir: '/var/kith/tenants/acme',
      sharedEngineDir: '/var/kith',
      publicUrl: 'https://kith.example/acme',
      backupDir: '/backup/acme',
      language: 'zh',
      hubspot: { accessToken: 'pat-a' },
      slack: { botToken: 'xoxb-a' },
    });
    expect(findTenant(tenants, 'bolt-2')).toMatchObject({ language: 'en', hubspot: { accessToken: 'pat-b' } });
  });

  it('have none of the process’s own addresses for a name', () => {
    const { tenants } = read({ 'slack.env': '', 'install.env': '', 'slack-2.env': '' });
    expect([...tenants.all.keys()]).toEqual(['slack-2']);
    expect(tenants.broken.get('slack')).toMatch(/no tenant's name.*none of healthz, hubspot, install, readyz, slack/);
  });

  it('may share an app, and one may take itself out', () => {
    const { tenants } = read(
      { 'acme.env': '', 'bolt.env': 'HUBSPOT_ACCESS_TOKEN=pat-b\nHUBSPOT_CLIENT_ID=\n' },
      { HUBSPOT_CLIENT_ID: 'app', HUBSPOT_CLIENT_SECRET: 'shared' },
    );
    expect(findTenant(tenants, 'acme').hubspot).toMatchObject({ clientId: 'app', accessToken: null });
    expect(findTenant(tenants, 'acme').shared).toEqual({ publicUrl: null, slack: false, hubspot: true });
    expect(findTenant(tenants, 'bolt').shared).toMatchObject({ hubspot: false });
    expect(findTenant(tenants, 'bolt').hubspot).toMatchObject({ clientId: null, accessToken: 'pat-b' });
  });

  it('do not hold one another up: what is wrong with one is said with its file and its value', () => {
    const { tenants, root } = read({
      'acme.env': 'HUBSPOT_ACCESS_TOKEN=pat-a\n',
      'port.env': 'KITH_HTTP_PORT=8080\nHUBSPOT_ACCESS_TOKEN=hunter2\n',
      'Bad_Name.env': '',
      'typo.env': 'SLACK_MODE=pigeon\nSLACK_BOT_TOKEN=hunter2\n',
    });
    expect([...tenants.all.keys()]).toEqual(['acme']);
    expect(tenants.broken.get('port')).toMatch(/port\.env: KITH_HTTP_PORT holds for the whole process; move it/);
    expect(tenants.broken.get('Bad_Name')).toMatch(/no tenant's name; use/);
    expect(tenants.broken.get('typo')).toMatch(/typo\.env: .*SLACK_MODE: 'pigeon'/);
    expect([...tenants.broken.values()].join()).not.toContain('hunter2');
    expect(() => findTenant(tenants, 'typo')).toThrow(/pigeon/);
    expect(() => findTenant(tenants, 'acmee')).toThrow(/no tenant 'acmee'.*it holds acme/);
    expect(tenantLines(tenants, root).map(({ name, problem }) => [name, problem === ''])).toEqual([
      ['Bad_Name', false],
      ['acme', true],
      ['port', false],
      ['typo', false],
    ]);
  });

  it('never share a token that the process was given', () => {
    for (const name of ['HUBSPOT_ACCESS_TOKEN', 'SLACK_BOT_TOKEN', 'SLACK_APP_TOKEN', 'KITH_PORTAL']) {
      const value = name === 'SLACK_APP_TOKEN' ? 'xapp-hunter2' : 'xoxb-hunter2';
      const given = () => read({ 'acme.env': '' }, { [name]: value });
      expect(given, name).toThrow(expect.objectContaining({ code: 'config', message: expect.stringContaining(name) }));
      expect(given, name).not.toThrow(/hunter2/);
    }
  });

  it('share the connection of one Slack app, in one process alone', () => {
    const app = {
      SLACK_CLIENT_ID: 'app',
      SLACK_CLIENT_SECRET: 'shared',
      SLACK_APP_TOKEN: 'xapp-hunter2',
      KITH_PUBLIC_URL: 'https://kith.example',
    };
    const { tenants } = read({ 'acme.env': '' }, app);
    expect(findTenant(tenants, 'acme').shared).toMatchObject({ publicUrl: 'https://kith.example', slack: true });
    expect(() => read({}, { ...app, KITH_SHARD: '0/2' })).toThrow(/set SLACK_MODE to http for one Slack app/);
    expect(read({}, { ...app, KITH_SHARD: '0/2', SLACK_MODE: 'http' }).tenants.all.size).toBe(1);
  });

  it('are shared out among processes, each to one', () => {
    const files = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`tenant-${i}.env`, '']));
    const owned = [0, 1, 2].map((index) => {
      const { tenants, root } = read(files, { KITH_SHARD: `${index}/3` });
      const own = ownTenants(tenants, root.shard);
      expect(own.every((name) => shardOf(name, 3) === index)).toBe(true);
      expect(tenantLines(tenants, root).filter(({ isOwn }) => isOwn)).toHaveLength(own.length);
      return own;
    });
    expect(owned.flat().sort()).toEqual(
      Object.keys(files)
        .map((file) => file.slice(0, -4))
        .sort(),
    );
    expect(owned.every((own) => own.length > 0)).toBe(true);
  });

  it('need their folder, and settings of shards need tenants', () => {
    const environment = { KITH_TENANTS_DIR: join(folder, 'nowhere') };
    expect(() => readTenants(environment, loadConfig(environment))).toThrow(/nowhere.*cannot be read.*make the folder/);
    expect(() => loadConfig({ KITH_SHARD: '0/3' })).toThrow(/KITH_SHARD is set and KITH_TENANTS_DIR is not/);
    expect(() => loadConfig({ KITH_TENANT: 'acme' })).toThrow(/KITH_TENANT is set and KITH_TENANTS_DIR is not/);
    expect(() => loadConfig({ KITH_SIGN_UP: 'on' })).toThrow(/KITH_SIGN_UP is set and KITH_TENANTS_DIR is not/);
    const tenants = { KITH_TENANTS_DIR: folder };
    expect(() => loadConfig({ ...tenants, KITH_SIGN_UP: 'on', KITH_PUBLIC_URL: 'https://kith.example' })).toThrow(
      /KITH_SIGN_UP is on and SLACK_CLIENT_ID, SLACK_CLIENT_SECRET, HUBSPOT_CLIENT_ID, HUBSPOT_CLIENT_SECRET are not set/,
    );
    const urls = 'http://kith-0:3000/, http://kith-1:3000';
    expect(() => loadConfig({ ...tenants, KITH_SHARD_URLS: urls })).toThrow(
      /KITH_SHARD_URLS is set and KITH_SHARD is not/,
    );
    expect(() => loadConfig({ ...tenants, KITH_SHARD: '0/3', KITH_SHARD_URLS: urls })).toThrow(
      /KITH_SHARD_URLS is 'http:.*one address for each of the 3 processes/,
    );
    expect(() => loadConfig({ ...tenants, KITH_SHARD: '0/2', KITH_SHARD_URLS: 'http://a,b' })).toThrow(/one address/);
    expect(loadConfig({ ...tenants, KITH_SHARD: '0/2', KITH_SHARD_URLS: urls }).shardUrls).toEqual([
      'http://kith-0:3000',
      'http://kith-1:3000',
    ]);
  });
});
