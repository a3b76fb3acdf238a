import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { openTenant } from './open-tenant.ts';
import { runKith, startKith, waitForWords } from './run-kith.ts';
import { expectSentence, freePort } from './small-crm.ts';

const folder = await mkdtemp(join(tmpdir(), 'kith-two-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

it('serves two tenants from one process and one engine, each by itself, and says what is wrong with a third', {
  timeout: 180_000,
}, async () => {
  const now = Date.now();
  const acme = await openTenant(folder, 'acme', { seed: 3, companies: 25, now });
  const bolt = await openTenant(folder, 'bolt', { seed: 4, companies: 25, now });
  await writeFile(join(folder, 'tenants.d', 'typo.env'), 'SLACK_MODE=pigeon\n');
  const port = String(await freePort());
  const environment = {
    KITH_DATA_DIR: join(folder, 'data'),
    KITH_TENANTS_DIR: join(folder, 'tenants.d'),
    KITH_HTTP_PORT: port,
    KITH_LOG_LEVEL: 'info',
  };
  const listed = await runKith(['tenants'], environment);
  expect(listed.out).toMatch(/✓ acme: shard 0, this process\n✓ bolt: .*\n✗ typo: .*typo\.env.*'pigeon'/);

  const kith = startKith(['start'], environment);
  try {
    // The broken one is told at once, and holds up nobody.
    await Promise.all([
      waitForWords(kith, /A tenant is not served: [^\n]*typo\.env/),
      waitForWords(kith, /"tenant":"acme"[^\n]*Kith is in Slack/),
      waitForWords(kith, /"tenant":"bolt"[^\n]*Kith is in Slack/),
    ]);
    const ready = async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).json();
    expect(await ready('/readyz')).toEqual({ ok: true, reason: '2 of 2 tenants are served' });
    expect(await ready('/acme/readyz')).toMatchObject({ ok: true });
    const of = (tenant: string) => ({ ...environment, KITH_LOG_LEVEL: 'warn', KITH_TENANT: tenant });
    // Handed to the process that runs.
    const [ours, theirs] = await Promise.all(['acme', 'bolt'].map((name) => runKith(['analyse'], of(name))));
    expect([ours?.code, theirs?.code]).toEqual([0, 0]);
    const said = await runKith(['report', 'value'], of('acme'));
    expect(said.out).toContain('acme Ltd');
    expect(said.out).not.toContain('bolt Ltd');
    expectSentence(
      (await runKith(['report', 'value'], environment)).err,
      /several tenants: say which one with KITH_TENANT/,
    );
    expectSentence((await runKith(['report', 'value'], of('acmee'))).err, /no tenant 'acmee'.*acme, bolt/);
    kith.kill('SIGTERM');
    expect(await new Promise((done) => kith.once('close', done))).toBe(0);
  } finally {
    kith.kill('SIGKILL');
    await Promise.all([acme.close(), bolt.close()]);
  }
  // The engine is free again, and one tenant is read by itself.
  const alone = await runKith(['report', 'value'], { ...environment, KITH_LOG_LEVEL: 'warn', KITH_TENANT: 'bolt' });
  expect(alone.out).toContain('bolt Ltd');
});
