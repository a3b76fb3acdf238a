import { readFileSync, statSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { ALL_SCOPES } from '../../demo/hubspot/scopes.ts';
import { checkUpHubspot } from '../../integrations/hubspot/check-up.ts';
import { createSend } from '../../integrations/hubspot/http.ts';
import { openHubspot } from '../../integrations/hubspot/open-hubspot.ts';
import { crmFindings } from '../../src/jobs/doctor/crm-findings.ts';
import { connectionFile } from '../../src/store/connection-file.ts';
import { newIdentityKey, parseIdentityKeys } from '../../src/store/identity-keys.ts';
import { createTokenKeeper } from '../../src/token-keeper.ts';
import { installation } from '../integrations/hubspot/installation.ts';

const MINUTE = 60_000;
const TOKEN_CALL = 'POST /oauth/2026-03/token';
const DETAILS = { method: 'GET', path: '/account-info/2026-09/details' } as const;
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function installed(options: Parameters<typeof installation>[0] = {}) {
  const all = await installation(options);
  closing.push(all.close);
  const tokens = await all.connect();
  const send = createSend({ accessToken: all.keeper, basePath: all.server.url });
  return { ...all, tokens, ask: () => send(DETAILS, AbortSignal.timeout(10_000)) };
}

describe('the tokens of an installation', () => {
  it('are the portal’s, with the scopes that were granted', async () => {
    const { tokens, ask } = await installed();
    expect(tokens.portalId).toBe('424242');
    expect(tokens.scopes).toContain('crm.objects.deals.read');
    expect((await ask()).status).toBe(200);
  });

  it('are renewed once before they end, however many ask, and no call is refused', async () => {
    const { oauth, server, pass, ask } = await installed();
    pass(24 * MINUTE);
    await ask();
    expect(oauth.renewals()).toBe(0);
    pass(90_000);
    const before = server.calls();
    const answers = await Promise.all(Array.from({ length: 40 }, ask));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 40 }, () => 200));
    expect(oauth.renewals()).toBe(1);
    // One renewal, and every call once.
    expect(server.calls() - before).toBe(41);
  });

  it('with a short life are renewed in its last sixth', async () => {
    const { oauth, pass, ask } = await installed({ app: { lifetimeMs: 60_000 } });
    pass(49_000);
    await ask();
    expect(oauth.renewals()).toBe(0);
    pass(2000);
    await ask();
    expect(oauth.renewals()).toBe(1);
  });

  it('are renewed once by two that share the folder', async () => {
    const { oauth, keeper, restarted, pass } = await installed();
    const other = restarted();
    await Promise.all([keeper.current(), other.current()]);
    pass(31 * MINUTE);
    const [one, two] = await Promise.all([keeper.current(), other.current()]);
    expect(one).toBe(two);
    expect(oauth.renewals()).toBe(1);
  });

  it('that HubSpot refuses before their time are renewed once, and each refused call is made again', async () => {
    const { oauth, keeper, file, ask, tokens } = await installed();
    // What a clock that is wrong, or a token that HubSpot ended early, looks like.
    await file.save({ ...tokens, accessToken: `${tokens.accessToken}x` });
    keeper.reset();
    const answers = await Promise.all(Array.from({ length: 10 }, ask));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(oauth.renewals()).toBe(1);
  });

  it('survive a renewal whose answer was lost, by asking again with what is stored', async () => {
    const { oauth, server, pass, ask } = await installed();
    pass(31 * MINUTE);
    server.setFault({ calls: { 1: 'done-reset' }, on: TOKEN_CALL });
    expect((await ask()).status).toBe(200);
    expect(oauth.renewals()).toBe(2);
  });

  it('survive a crash between the renewal and the file: nothing of it was used, so what is stored still renews', async () => {
    const { oauth, app, file, now, pass, restarted, server } = await installed();
    pass(31 * MINUTE);
    const crashing = createTokenKeeper({
      app,
      file: { ...file, save: () => Promise.reject(new Error('the power went off')) },
      now,
    });
    await expect(crashing.current()).rejects.toThrow('the power went off');
    expect(oauth.renewals()).toBe(1);
    const send = createSend({ accessToken: restarted(), basePath: server.url });
    expect((await send(DETAILS, AbortSignal.timeout(10_000))).status).toBe(200);
    pass(31 * MINUTE);
    expect((await send(DETAILS, AbortSignal.timeout(10_000))).status).toBe(200);
  });

  it('are used to their end while HubSpot cannot renew them for a moment', async () => {
    const { server, pass, ask, tokens, keeper } = await installed();
    pass(26 * MINUTE);
    server.setFault({ calls: { 1: '503', 2: '502', 3: '503' }, on: TOKEN_CALL });
    expect(await keeper.current()).toBe(tokens.accessToken);
    server.setFault({ seed: 1, share: 1, kinds: ['503'], on: TOKEN_CALL });
    pass(5 * MINUTE);
    await expect(ask()).rejects.toMatchObject({
      code: 'crm-answer',
      message: expect.stringMatching(/try again later/),
    });
  });
});

describe('an installation that was withdrawn', () => {
  it('is told with the next step, asks HubSpot once, and works again once connected anew', async () => {
    const { oauth, server, keeper, ask, connect } = await installed();
    oauth.uninstall();
    await expect(ask()).rejects.toMatchObject({
      code: 'crm-not-connected',
      message: expect.stringMatching(/BAD_REFRESH_TOKEN.*kith connect hubspot/),
    });
    const before = server.calls();
    const failed = await Promise.allSettled(Array.from({ length: 10 }, ask));
    expect(failed.every(({ status }) => status === 'rejected')).toBe(true);
    // The calls themselves, and no further renewal.
    expect(server.calls() - before).toBeLessThanOrEqual(10);
    await expect(openHubspot({ accessToken: keeper, basePath: server.url })).rejects.toMatchObject({
      code: 'crm-not-connected',
    });
    await connect();
    expect((await ask()).status).toBe(200);
  });

  it('is not mistaken for a client secret that is wrong', async () => {
    const { file, tokens, pass } = await installed();
    const wrong = await installation({ clientSecret: 'something-else' });
    closing.push(wrong.close);
    pass(0);
    await wrong.file.save(tokens);
    wrong.pass(31 * MINUTE);
    const error = await wrong.keeper.current().catch((reason: Error) => reason);
    expect(error).toMatchObject({ code: 'config', message: expect.stringContaining('HUBSPOT_CLIENT_SECRET') });
    expect(String(error)).not.toContain('something-else');
    expect(await file.read()).not.toBeNull();
  });
});

describe('the tokens at rest', () => {
  it('are in no byte of the data folder, and only this user reads the file', async () => {
    const { dataDir, tokens, keeper, pass, file } = await installed();
    pass(31 * MINUTE);
    await keeper.current();
    const secrets = [tokens, (await file.read())!].flatMap(({ accessToken, refreshToken }) => [
      accessToken,
      refreshToken,
    ]);
    expect(new Set(secrets).size).toBe(4);
    const names = await readdir(dataDir, { recursive: true });
    expect(names).toContain('hubspot-connection.json');
    for (const name of names) {
      const bytes = await readFile(join(dataDir, name));
      for (const secret of secrets)
        for (const form of [
          secret,
          Buffer.from(secret).toString('base64').slice(0, -4),
          Buffer.from(secret).toString('hex'),
        ])
          expect(bytes.includes(form), name).toBe(false);
    }
    expect(statSync(join(dataDir, 'hubspot-connection.json')).mode & 0o777).toBe(0o600);
  });

  it('open after the key was rotated, and are sealed under the new one by the next renewal', async () => {
    const { dataDir, keys, file, tokens, app, now, pass } = await installed();
    const [old] = keys;
    const next = parseIdentityKeys(newIdentityKey());
    const rotated = connectionFile(dataDir, async () => [...next, ...keys]);
    expect((await rotated.read())?.refreshToken).toBe(tokens.refreshToken);
    pass(31 * MINUTE);
    await createTokenKeeper({ app, file: rotated, now }).current();
    expect(await connectionFile(dataDir, async () => next).read()).not.toBeNull();
    await expect(file.read()).rejects.toMatchObject({
      code: 'identity-key',
      message: expect.stringMatching(new RegExp(`${next[0]!.id}.*${old!.id}.*kith connect hubspot`)),
    });
  });

  it('do not open when a byte of the file was changed, nor when the portal was', async () => {
    const { dataDir, keys } = await installed();
    const path = join(dataDir, 'hubspot-connection.json');
    const whole = JSON.parse(readFileSync(path, 'utf8'));
    const flipped = Buffer.from(whole.sealed, 'base64');
    flipped[20]! ^= 1;
    for (const broken of [
      { ...whole, sealed: flipped.toString('base64') },
      { ...whole, portal: '1' },
      { ...whole, key: 'k-gone' },
      { sealed: whole.sealed },
    ]) {
      await writeFile(path, JSON.stringify(broken));
      const error: Error = await connectionFile(dataDir, async () => keys)
        .read()
        .then(
          () => expect.unreachable(),
          (reason) => reason,
        );
      expect(error.message).toMatch(/kith connect hubspot/);
      expect(error.message).not.toContain('\n');
    }
  });
});

describe('what belongs to the installation and not to a token', () => {
  it('is the limit: what was learned of the day’s calls still holds after a renewal', async () => {
    const { server, keeper, pass, oauth } = await installed();
    const open = () => openHubspot({ accessToken: keeper, basePath: server.url });
    const first = await open();
    server.setFault({ calls: { 1: '429-daily' } });
    await expect(first.sink.current('companies', ['1'], ['kith_tier'])).rejects.toMatchObject({ code: 'crm-limit' });
    server.setFault(null);
    pass(31 * MINUTE);
    await keeper.current();
    expect(oauth.renewals()).toBe(1);
    const before = server.calls();
    await expect(open()).rejects.toMatchObject({ code: 'crm-limit' });
    expect(server.calls()).toBe(before);
  });

  it('is what the doctor tells: the kind of token, when it ends, and each missing scope by its name', async () => {
    const scopes = ALL_SCOPES.filter((scope) => !scope.startsWith('crm.schemas.contacts'));
    const { server, keeper, now } = await installed({ scopes });
    const options = { basePath: server.url, engagements: false, properties: [], now };
    const checkup = await checkUpHubspot({ ...options, accessToken: keeper });
    const findings = crmFindings(checkup);
    expect(checkup.grant?.expiresAt).toBe(now() + 30 * MINUTE);
    const token = findings.find(({ what }) => what.en.startsWith('HubSpot token'));
    expect(token).toMatchObject({
      state: 'ok',
      what: { en: expect.stringMatching(/OAuth.* ends .*\d\d:\d\d.* renewed/) },
    });
    const missing = findings.filter(({ what }) => what.en.startsWith('HubSpot scope missing'));
    expect(missing.map(({ what, next }) => [what.en.split(' ')[3], next?.en.includes('kith connect hubspot')])).toEqual(
      [
        ['crm.schemas.contacts.read', true],
        ['crm.schemas.contacts.write', true],
      ],
    );
  });
});
