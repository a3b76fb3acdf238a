import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { OPTIONAL_SCOPES, REQUIRED_SCOPES, SCOPES } from '../../../integrations/slack/scopes.ts';
import { addKith, begin, CLIENT, comeBack, decide, OTHER, slackInstallation } from './installation.ts';
import { LINES, nowhere } from './with-stand-in.ts';

const MINUTE_MS = 60_000;

describe('the install page', () => {
  it.each(['en', 'zh'] as const)(
    'says what each scope is for, and begins nothing by being looked at (%s)',
    async (language) => {
      const { installUrl, slack } = await slackInstallation();
      const answer = await fetch(`${installUrl}?lang=${language}`);
      expect([answer.status, answer.headers.get('set-cookie')]).toEqual([200, null]);
      const page = (await answer.text()).replaceAll('&quot;', '"').replaceAll('&#39;', "'");
      for (const { name, use } of SCOPES) {
        expect(page).toContain(`<code>${name}</code>`);
        expect(page).toContain(use[language]);
      }
      expect(page).toContain(language === 'en' ? 'Add to Slack' : '添加到 Slack');
      expect(page).toContain('width=device-width');
      expect(slack.calls('oauth.v2.access')).toBe(0);
    },
  );

  it('speaks the language of the browser, and offers the other one', async () => {
    const { installUrl } = await slackInstallation();
    const read = async (language: string) =>
      (await fetch(installUrl, { headers: { 'accept-language': language } })).text();
    expect(await read('zh-CN,zh;q=0.9')).toMatch(/<html lang="zh">[\s\S]*href="\?lang=en"/);
    expect(await read('de')).toMatch(/<html lang="en">[\s\S]*href="\?lang=zh"/);
  });

  it('is for reading alone', async () => {
    const { installUrl, redirectUrl } = await slackInstallation();
    for (const url of [installUrl, redirectUrl]) expect((await fetch(url, { method: 'POST' })).status).toBe(405);
  });
});

describe('adding Kith to Slack', () => {
  it('keeps the token sealed, tells who it is in, and repeats no secret anywhere', async () => {
    const { installUrl, access, slack, dataDir } = await slackInstallation();
    LINES.length = 0;
    const { status, page, back } = await addKith(installUrl);
    expect([status, page]).toEqual([200, expect.stringContaining('Kith was added to Acme')]);
    const standing = await access.standing();
    expect(standing).toMatchObject({ teamName: 'Acme', botToken: slack.botToken, installedBy: 'U0MAYA' });
    if (standing?.botToken == null) return expect.unreachable();
    expect([...standing.scopes].sort()).toEqual([...REQUIRED_SCOPES, ...OPTIONAL_SCOPES].sort());
    const code = new URL(back).searchParams.get('code')!;
    const texts = [page, ...LINES, ...readdirSync(dataDir).map((name) => readFileSync(join(dataDir, name), 'latin1'))];
    for (const text of texts)
      for (const secret of [standing.botToken, CLIENT.clientSecret, code]) expect(text).not.toContain(secret);
    expect(LINES.join('\n')).toContain('Kith was added to a Slack workspace');
  });

  it('goes on in the language in which it was begun', async () => {
    const { installUrl } = await slackInstallation();
    expect((await addKith(installUrl, { language: 'zh' })).page).toContain('Kith 已添加到 Acme');
    expect((await addKith(installUrl, { language: 'zh', decision: 'cancel' })).page).toContain('安装在 Slack 中被取消');
  });

  it('works without what a person left out, and says what that is', async () => {
    const { installUrl, access } = await slackInstallation();
    const { status, page } = await addKith(installUrl, { leaveOut: ['im:history'] });
    expect(status).toBe(200);
    expect(page).toContain('questions as direct messages (im:history)');
    const standing = await access.standing();
    expect(standing?.botToken !== null && standing?.scopes.includes('im:history')).toBe(false);
  });

  it('renews by a second time, and the token of the first is no longer kept', async () => {
    const { installUrl, access, slack } = await slackInstallation();
    await addKith(installUrl);
    const first = slack.botToken;
    expect(await (await fetch(installUrl)).text()).toContain('serves a workspace already');
    const { page } = await addKith(installUrl);
    expect(page).toContain('The connection to Acme was renewed');
    expect(slack.botToken).not.toBe(first);
    expect((await access.standing())?.botToken).toBe(slack.botToken);
  });

  it('says that it was declined, and keeps nothing', async () => {
    const { installUrl, access, slack } = await slackInstallation();
    const { status, page } = await addKith(installUrl, { decision: 'cancel' });
    expect([status, page]).toEqual([400, expect.stringContaining('declined in Slack')]);
    expect(await access.standing()).toBeNull();
    expect(slack.calls('oauth.v2.access')).toBe(0);
  });

  it('refuses a state that is not its own, not of this browser, too old or used, before it asks Slack', async () => {
    const { installUrl, access, slack, pass } = await slackInstallation();
    const { link, cookie } = await begin(installUrl);
    const back = await decide(link);
    const state = new URL(back).searchParams.get('state')!;
    const forged = `${state.slice(0, -4)}AAAA`;
    const refused = async (address: string, jar: string, why: RegExp) => {
      const { status, page } = await comeBack(address, jar);
      expect([status, page]).toEqual([400, expect.stringMatching(why)]);
      expect([slack.calls('oauth.v2.access'), await access.standing()]).toEqual([0, null]);
    };
    await refused(back.replace(encodeURIComponent(state), forged), cookie.replace(state, forged), /does not belong to/);
    await refused(back.replace(encodeURIComponent(state), 'x'), cookie.replace(state, 'x'), /does not belong to/);
    await refused(back, '', /begun in this browser/);
    await refused(back.replace(/&?state=[^&]*/, ''), cookie, /begun in this browser/);
    await refused(back.replace(/code=[^&]*&?/, ''), cookie, /begun in this browser/);
    pass(10 * MINUTE_MS);
    await refused(back, cookie, /more than 10 minutes ago/);
    pass(-10 * MINUTE_MS);
    expect((await comeBack(back, cookie)).status).toBe(200);
    expect(await comeBack(back, cookie)).toMatchObject({ status: 400, page: expect.stringContaining('used before') });
    expect(slack.calls('oauth.v2.access')).toBe(1);
  });

  it('takes a code of Slack once', async () => {
    const { installUrl } = await slackInstallation();
    const { back } = await addKith(installUrl);
    const again = await begin(installUrl);
    const replayed = new URL(back);
    replayed.searchParams.set('state', new URL(again.link).searchParams.get('state')!);
    expect(await comeBack(replayed.href, again.cookie)).toMatchObject({
      status: 400,
      page: expect.stringContaining('used before or is older than 10 minutes'),
    });
  });

  it('keeps nothing without a scope that it needs, and says what would not work', async () => {
    const { installUrl, access } = await slackInstallation({ app: { optionalScopes: ['files:write', 'commands'] } });
    const { status, page } = await addKith(installUrl, { leaveOut: ['files:write'] });
    expect(status).toBe(400);
    expect(page).toContain('charts as pictures; CSV and PDF files (files:write)');
    expect(page).not.toContain('(commands)');
    expect(await access.standing()).toBeNull();
  });

  it('refuses another workspace than the one that it serves, and leaves it again', async () => {
    const { installUrl, access, slack } = await slackInstallation();
    await addKith(installUrl);
    const { status, page } = await addKith(installUrl, { team: OTHER.id });
    expect([status, page]).toEqual([400, expect.stringContaining('another workspace than Globex')]);
    expect(page).not.toContain('Acme');
    expect(slack.calls('apps.uninstall')).toBe(1);
    expect(await access.standing()).toMatchObject({ teamName: 'Acme', botToken: slack.botToken });
    expect(await access.ended(slack.botToken)).toBe(false);
  });

  it('refuses the workspace of another tenant of the app, and leaves Kith in it', async () => {
    const { slack, access, installUrl } = await slackInstallation({
      isElsewhere: async (teamId) => teamId === OTHER.id,
    });
    expect((await addKith(installUrl, { team: OTHER.id })).status).toBe(400);
    expect([slack.calls('apps.uninstall'), await access.standing()]).toEqual([0, null]);
    expect((await addKith(installUrl)).status).toBe(200);
  });

  it('still serves that workspace alone after it was taken out, until it is disconnected', async () => {
    const { installUrl, access, slack, now } = await slackInstallation();
    await addKith(installUrl);
    const { botToken } = slack;
    await slack.uninstall();
    expect(await access.ended(botToken)).toBe(true);
    expect(await access.standing()).toEqual({
      teamId: 'T0KITHDEMO',
      teamName: 'Acme',
      botToken: null,
      removedAt: now(),
    });
    expect((await addKith(installUrl, { team: OTHER.id })).status).toBe(400);
    expect(await access.disconnect()).toMatchObject({ workspace: 'Acme (T0KITHDEMO)', withdrawn: false });
    expect((await addKith(installUrl, { team: OTHER.id })).page).toContain('Kith was added to Globex');
  });

  it('keeps a token that Slack still takes, whatever an event said', async () => {
    const { installUrl, access, slack } = await slackInstallation();
    await addKith(installUrl);
    expect(await access.ended(slack.botToken)).toBe(false);
    expect((await access.standing())?.botToken).toBe(slack.botToken);
  });

  it('is taken out of Slack when it is disconnected', async () => {
    const { installUrl, access, slack } = await slackInstallation();
    await addKith(installUrl);
    expect(await access.disconnect()).toMatchObject({ withdrawn: true });
    expect([slack.calls('apps.uninstall'), await access.standing()]).toEqual([1, null]);
    expect(await access.disconnect()).toMatchObject({ workspace: 'none' });
  });

  it.each([
    ['a wrong secret', async () => ({ clientSecret: 'wrong' }), /SLACK_CLIENT_ID with SLACK_CLIENT_SECRET/],
    ['a Slack that is not there', async () => ({ apiUrl: await nowhere() }), /could not reach Slack/],
  ] as const)('says what is wrong with %s', async (_, installer, why) => {
    const { installUrl, slack, access } = await slackInstallation({ installer: await installer() });
    const { link, cookie } = await begin(installUrl);
    const there = new URL(link);
    const real = new URL(slack.apiUrl);
    [there.host, there.protocol] = [real.host, real.protocol];
    const { status, page } = await comeBack(await decide(there.href), cookie);
    expect(status).toBeGreaterThanOrEqual(500);
    expect(page).toMatch(why);
    expect(await access.standing()).toBeNull();
  });
});
