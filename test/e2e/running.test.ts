import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { startStandInHubspot } from '../../demo/hubspot/start-stand-in-hubspot.ts';
import { readPortalFolder } from '../../demo/portal/read-portal-folder.ts';
import { startStandInSlack } from '../../demo/slack/start-stand-in-slack.ts';
import { demoWorkspace, PEOPLE } from '../../demo/workspace.ts';
import { commandListings } from '../../src/app.ts';
import { runKith, startKith, waitForWords } from './run-kith.ts';
import { expectSentence, freePort, withFolders } from './small-crm.ts';

const { root, small } = withFolders();

/** A demo that keeps what it makes in a folder of its own. */
function demoIn(name: string) {
  const temporary = join(root, name);
  mkdirSync(temporary);
  const child = startKith(['demo', '--data', small(), '--port', '0'], { TMPDIR: temporary });
  return {
    temporary,
    child,
    ended: new Promise((done) => child.once('close', (code, signal) => done([code, signal]))),
    own: () => readdirSync(temporary).filter((folder) => folder.startsWith('kith-demo-')),
  };
}

function tablesIn(dataDir: string): number {
  const metadata = join(dataDir, 'store', 'metadata');
  const databases = readdirSync(metadata).filter((name) => name.startsWith('kith_') && !name.endsWith('.sql'));
  return databases.flatMap((name) => readdirSync(join(metadata, name))).length;
}

describe('a running Kith', () => {
  test('starts with the first sync, serves its health, and stops on SIGTERM with nothing left behind', async () => {
    const limits = { perTenSeconds: 190, searchPerSecond: 5, daily: 250_000 };
    const hubspot = await startStandInHubspot({ portal: await readPortalFolder(small()), token: 'pat', limits });
    const slack = await startStandInSlack({ workspace: demoWorkspace('Test', [], commandListings) });
    const port = await freePort();
    const environment = {
      KITH_DATA_DIR: join(root, 'started'),
      HUBSPOT_ACCESS_TOKEN: 'pat',
      HUBSPOT_BASE_URL: hubspot.url,
      SLACK_BOT_TOKEN: slack.botToken,
      SLACK_APP_TOKEN: slack.appToken,
      SLACK_API_URL: slack.apiUrl,
      KITH_HTTP_PORT: String(port),
    };
    const doctor = await runKith(['doctor'], environment);
    expect([doctor.code, doctor.out]).toEqual([0, expect.stringContaining('✓ Slack: @')]);
    const child = startKith(['start'], environment);
    await waitForWords(child, /Kith is in Slack for/);
    const ready = await fetch(`http://127.0.0.1:${port}/readyz`);
    expect([ready.status, await ready.json()]).toEqual([200, { ok: true, reason: '' }]);
    expect((await runKith(['analyse', '--json'], environment)).code).toBe(0);
    await slack.runCommand({ userId: PEOPLE.manager, channelId: 'C05GENERAL', command: '/segments', text: '' });
    await slack.waitForMessage(
      ({ ephemeralFor, text }) => ephemeralFor === PEOPLE.manager && /segments|groups/i.test(text),
      30_000,
    );
    const ended = new Promise((done) => child.once('close', done));
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    await Promise.all([slack.close(), hubspot.close()]);
    expect(readdirSync(environment.KITH_DATA_DIR).sort()).toEqual(['identity.key', 'store']);
  }, 180_000);

  test('says in one line that a Slack token is wrong', async () => {
    const slack = await startStandInSlack({ workspace: demoWorkspace('Test', [], commandListings) });
    const data = join(root, 'five');
    expect((await runKith(['import', small()], { KITH_DATA_DIR: data })).code).toBe(0);
    const environment = {
      KITH_DATA_DIR: data,
      SLACK_BOT_TOKEN: 'xoxb-wrong',
      SLACK_APP_TOKEN: slack.appToken,
      SLACK_API_URL: slack.apiUrl,
      KITH_HTTP_PORT: '0',
    };
    const { code, err } = await runKith(['start'], environment);
    expectSentence(err, /SLACK_BOT_TOKEN/);
    expect(err).not.toContain('xoxb-wrong');
    expect(code).toBe(1);
    const doctor = await runKith(['doctor'], environment);
    expect(doctor.code).toBe(2);
    expect(doctor.out).toMatch(/✗ HubSpot token\n {4}→ Set HUBSPOT_ACCESS_TOKEN/);
    await slack.close();
  }, 120_000);

  test('answers commands typed beside it, stops on SIGTERM, and lets its folder go', async () => {
    const { child, ended, own } = demoIn('beside');
    const found = await waitForWords(child, /KITH_DATA_DIR=(\S+)[\s\S]*Ctrl-C/);
    const environment = { KITH_DATA_DIR: found[1]! };
    const status = await runKith(['report', 'kith', 'status'], environment);
    expect(status.code).toBe(0);
    expect(status.out).toContain('Scheduled jobs');
    expect((await runKith(['report', 'no-such-thing'], environment)).code).toBe(2);
    // In the language of whoever types, not of the process that answers.
    const chinese = await runKith(['report', 'kith', 'status'], { ...environment, KITH_LANGUAGE: 'zh' });
    expect(chinese.out).toContain('定时任务');
    const second = await runKith(['start'], environment);
    expectSentence(second.err, /in use by another Kith/);
    expect(second.code).toBe(1);
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
    expect(own()).toEqual([]);
    const after = await runKith(['report', 'kith', 'status'], environment);
    expectSentence(after.err, /There is no data yet/);
  }, 300_000);

  test.each([
    ['before it keeps anything', /stand-in Slack at/, [null, 'SIGINT']],
    ['while it copies', / records /, [null, 'SIGINT']],
    ['while it analyses', / archived engagements /, [null, 'SIGINT']],
    ['when it is ready', /Ctrl-C ends it and removes everything it kept/, [0, null]],
  ] as const)(
    'leaves nothing of a demo that Ctrl-C ends %s',
    async (when, words, end) => {
      const { child, ended, own } = demoIn(`demo ${when}`);
      await waitForWords(child, words);
      expect(own()).toHaveLength(1);
      child.kill('SIGINT');
      expect(await ended).toEqual(end);
      expect(own()).toEqual([]);
    },
    120_000,
  );

  test.each([1, 8, 15, 22])(
    'leaves nothing of a demo that Ctrl-C ends in the middle of a statement: table %i being made',
    async (tables) => {
      const { child, ended, temporary, own } = demoIn(`demo of ${tables} tables`);
      await vi.waitFor(() => expect(tablesIn(join(temporary, own()[0]!))).toBeGreaterThanOrEqual(tables), {
        timeout: 60_000,
        interval: 1,
      });
      child.kill('SIGINT');
      expect(await ended).toEqual([null, 'SIGINT']);
      expect(own()).toEqual([]);
    },
    120_000,
  );

  test('is started by npm with nothing in between that would end it while it stops', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'));
    // The command tsx kills its child when a Ctrl-C is not heard within 60 ms.
    for (const name of ['demo', 'kith']) expect(scripts[name]).toMatch(/^node --import tsx src\/main\.ts/);
  });
});
