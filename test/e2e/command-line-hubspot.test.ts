import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type StandInHubspot, startStandInHubspot } from '../../demo/hubspot/start-stand-in-hubspot.ts';
import { readPortalFolder } from '../../demo/portal/read-portal-folder.ts';
import { runKith } from './run-kith.ts';
import { expectSentence, freePort, withFolders } from './small-crm.ts';

const { root, small } = withFolders();

describe('the command line against a HubSpot', () => {
  let hubspot: StandInHubspot;
  beforeAll(async () => {
    const limits = { perTenSeconds: 190, searchPerSecond: 5, daily: 250_000 };
    hubspot = await startStandInHubspot({ portal: await readPortalFolder(small()), token: 'pat-right', limits });
  });
  afterAll(() => hubspot.close());

  test('a wrong token, and a server that cannot be reached', async () => {
    const wrong = await runKith(['sync'], {
      KITH_DATA_DIR: join(root, 'wrong'),
      HUBSPOT_ACCESS_TOKEN: 'pat-wrong',
      HUBSPOT_BASE_URL: hubspot.url,
    });
    expectSentence(wrong.err, /HUBSPOT_ACCESS_TOKEN|token/);
    expect(wrong.err).not.toContain('pat-wrong');
    const port = await freePort();
    const gone = await runKith(['sync'], {
      KITH_DATA_DIR: join(root, 'gone'),
      HUBSPOT_ACCESS_TOKEN: 'pat-right',
      HUBSPOT_BASE_URL: `http://127.0.0.1:${port}`,
    });
    expectSentence(gone.err, /reach/);
    expect([wrong.code, gone.code]).toEqual([1, 1]);
  }, 120_000);

  test('syncs, analyses, and writes back only once somebody has approved it', async () => {
    const environment = {
      KITH_DATA_DIR: join(root, 'synced'),
      HUBSPOT_ACCESS_TOKEN: 'pat-right',
      HUBSPOT_BASE_URL: hubspot.url,
    };
    expect((await runKith(['sync'], environment)).code).toBe(0);
    expect((await runKith(['analyse'], environment)).code).toBe(0);
    expectSentence((await runKith(['write-back'], environment)).err, /--dry-run/);
    const dry = JSON.parse((await runKith(['write-back', '--dry-run', '--json'], environment)).out);
    expect(dry).toMatchObject({ changed: 5, written: 0 });
    const wet = JSON.parse((await runKith(['write-back', '--yes', '--json'], environment)).out);
    expect(wet).toMatchObject({ changed: 5, written: 5 });
    const again = JSON.parse((await runKith(['write-back', '--yes', '--json'], environment)).out);
    expect(again).toMatchObject({ changed: 0, written: 0 });
    const undone = JSON.parse((await runKith(['write-back', 'undo', wet.batch, '--json'], environment)).out);
    expect(undone.leftAlone).toBe(0);
    expect(undone.restored).toBeGreaterThan(5);
    expectSentence(
      (await runKith(['write-back', 'undo', 'nothing'], environment)).err,
      /There is no write-back batch 'nothing'/,
    );
  }, 120_000);
});
