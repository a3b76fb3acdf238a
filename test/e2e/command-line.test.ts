import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadOrCreateKeys } from '../../src/store/identity-key-file.ts';
import { openStore } from '../../src/store/open-store.ts';
import { npmRunKith, runKith } from './run-kith.ts';
import { COMPANIES, DEALS, expectSentence, PIPELINES, withFolders } from './small-crm.ts';

const { root, folder, small } = withFolders();

describe('the command line on a folder of five customers', () => {
  const data = join(root, 'five');
  const environment = { KITH_DATA_DIR: data };

  test('imports, analyses and answers without a silly score', async () => {
    expect((await runKith(['import', small()], environment)).code).toBe(0);
    const analysed = await runKith(['analyse', '--json'], environment);
    expect(analysed.code).toBe(0);
    const summary = JSON.parse(analysed.out);
    expect(summary.revenue).toMatchObject({ ours: '2200.00', crm: '2200.00', currency: 'EUR', differences: [] });
    expect(summary.customers).toMatchObject({ total: 5, by_level: { 1: 0, 2: 0, 3: 0 } });
    expect(summary.churn).toMatchObject({ model: null, auc: null });
    const answered = await runKith(['report', 'churn-risk'], environment);
    expect(answered.code).toBe(0);
    expect(answered.out).not.toMatch(/\d+%/);
    expect(answered.out).toContain('evidence level 0');
  }, 120_000);

  test('answers in Chinese, as JSON and as a picture', async () => {
    const zh = await runKith(['report', 'customer', '李氏', '--lang', 'zh'], environment);
    expect(zh.out).toContain('数据截至');
    const png = join(root, 'chart.png');
    const json = await runKith(['report', 'loyalty', '--json', '--png', png], environment);
    expect(JSON.parse(json.out)).toMatchObject({ language: 'en' });
    expect(readFileSync(png).subarray(1, 4).toString()).toBe('PNG');
  }, 120_000);

  test('says what is wrong with an unknown customer, command or report, and exits with 2', async () => {
    const customer = await runKith(['report', 'customer', 'Acmee'], environment);
    expectSentence(customer.err, /Acme/);
    const command = await runKith(['report', 'churn-rsk'], environment);
    expectSentence(command.err, /There is no command 'churn-rsk'; did you mean 'churn-risk'\?/);
    expect([customer.code, command.code]).toEqual([2, 2]);
  }, 120_000);

  test('exports scores, backs up, and restores into an empty folder', async () => {
    const csv = join(root, 'csv');
    expect((await runKith(['export', csv], environment)).code).toBe(0);
    expect(readFileSync(join(csv, 'loyalty.csv'), 'utf8').split('\n')[0]).toContain('customer_id,customer');
    const copy = join(root, 'backup');
    expect((await runKith(['backup', copy], environment)).code).toBe(0);
    const elsewhere = { KITH_DATA_DIR: join(root, 'restored') };
    expect((await runKith(['restore', copy], elsewhere)).code).toBe(0);
    const [before, after] = await Promise.all([
      runKith(['report', 'segments'], environment),
      runKith(['report', 'segments'], elsewhere),
    ]);
    expect(after.out).toBe(before.out);
    expectSentence((await runKith(['restore', copy], elsewhere)).err, /already holds data/);
  }, 120_000);

  test('notes who typed what, of how many customers, as an answer in Slack is noted', async () => {
    expect((await runKith(['runs'], environment)).code).toBe(0);
    await runKith(['monthly', join(root, 'month.pdf')], environment);
    const verified = await runKith(['audit', 'verify', '--json'], environment);
    expect(JSON.parse(verified.out)).toMatchObject({ ok: true });
    const store = await openStore({ dataDir: data, keys: await loadOrCreateKeys(data, null) });
    try {
      const portal = await store.portal((await store.portals())[0]!);
      const rows = await portal.query<{ actor: string; act: string; subject: string; details: string }>(
        'SELECT actor, act, subject, details FROM {db:Identifier}.audit ORDER BY seq',
      );
      const me = `command line: ${userInfo().username}`;
      const of = (subject: string) =>
        rows
          .filter((row) => row.subject === subject && row.actor === me)
          .map(({ act, details }) => ({ act, ...JSON.parse(details) }));
      expect(of('customer')[0]).toMatchObject({
        act: 'asked',
        customers: 1,
        first: [expect.stringMatching(/^[0-9a-f]{32}$/)],
      });
      expect(of('customer').at(-1)).toMatchObject({ refused: 'unknown-customer' });
      expect(of('churn-risk')[0]).toMatchObject({ act: 'asked', text: '' });
      expect(of('loyalty')).not.toEqual([]);
      expect(of('chart')[0]).toMatchObject({ act: 'exported', directory: root });
      expect(of('runs')[0]).toMatchObject({ act: 'asked' });
      expect(of('scores')[0]).toMatchObject({ act: 'exported', directory: join(root, 'csv') });
      expect(of('monthly')[0]).toMatchObject({ act: 'exported', directory: root });
      expect(rows.filter(({ actor }) => actor === 'command-line')).toEqual([]);
      expect(JSON.stringify(rows)).not.toContain('李氏');
    } finally {
      await store.close();
    }
  }, 120_000);
});

describe('bad input', () => {
  test('a missing token, and nothing imported yet, by the command of the README', async () => {
    const environment = { KITH_DATA_DIR: join(root, 'none') };
    const sync = await runKith(['sync'], environment, folder());
    expectSentence(sync.err, /HUBSPOT_ACCESS_TOKEN is not set; .*kith import DIR/);
    const report = await npmRunKith(['report', 'segments'], environment);
    expectSentence(report.err, /There is no data yet; run 'kith import DIR'/);
    expect([sync.code, report.code]).toEqual([2, 2]);
  }, 120_000);

  test('a folder that is not there, is empty, or has rows that cannot be read', async () => {
    const environment = { KITH_DATA_DIR: join(root, 'rows') };
    expectSentence((await runKith(['import', '/nowhere/at/all'], environment)).err, /\/nowhere\/at\/all/);
    const empty = await runKith(['import', folder()], environment);
    expectSentence(empty.err, /deals\.csv/);
    expect(empty.code).toBe(2);
    const deals = `${DEALS}900,Broken,p,yes,12 EUR,EUR,2024-01-01T00:00:00Z,2024-02-30T99:00:00Z,1\n`;
    const partly = await runKith(
      ['import', folder({ 'pipelines.csv': PIPELINES, 'companies.csv': COMPANIES, 'deals.csv': deals }), '--json'],
      environment,
    );
    expect(partly.code).toBe(0);
    const { synced, rejected, rejects } = JSON.parse(partly.out);
    expect([synced.deals, rejected]).toEqual([20, 1]);
    expect(rejects[0]).toMatchObject({ objectType: 'deals', recordId: '900', place: 'deals.csv:22' });
  }, 120_000);

  test('an empty portal is answered with facts, not with a crash', async () => {
    const environment = { KITH_DATA_DIR: join(root, 'empty') };
    expect(
      (await runKith(['import', folder({ 'companies.csv': 'id,name\n', 'deals.csv': 'id,amount\n' })], environment))
        .code,
    ).toBe(0);
    expect((await runKith(['analyse'], environment)).code).toBe(0);
    for (const name of ['churn-risk', 'segments', 'value', 'loyalty', 'basket', 'kith status']) {
      const { code, out } = await runKith(['report', ...name.split(' ')], environment);
      expect([name, code]).toEqual([name, 0]);
      expect(out).not.toMatch(/NaN|undefined|null|Infinity/);
    }
  }, 120_000);

  test('a damaged state file is refused, and left as it is', async () => {
    const data = folder({ 'state.json': '{ "version": 1, "portals": { "x": ' });
    const { code, err } = await runKith(['report', 'segments'], { KITH_DATA_DIR: data });
    expectSentence(err, /state\.json/);
    expect(code).toBe(1);
    expect(readFileSync(join(data, 'state.json'), 'utf8')).toBe('{ "version": 1, "portals": { "x": ');
  }, 120_000);

  test('a data folder that cannot be written', async () => {
    const file = join(folder({ file: 'a file, not a folder' }), 'file');
    const { code, err } = await runKith(['report', 'segments'], { KITH_DATA_DIR: join(file, 'data') });
    expectSentence(err, /cannot write to the data folder/);
    expect(code).toBe(1);
  }, 120_000);

  test('a setting that is wrong', async () => {
    const { code, err } = await runKith(['report', 'segments'], { KITH_HORIZON_DAYS: 'soon' });
    expectSentence(err, /KITH_HORIZON_DAYS: 'soon'/);
    expect(code).toBe(2);
  }, 120_000);
});
