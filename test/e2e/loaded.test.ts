import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runKith } from './run-kith.ts';
import { withFolders } from './small-crm.ts';

const { root, small } = withFolders();
const profiles = mkdtempSync(join(tmpdir(), 'kith-loaded-'));
afterAll(() => rmSync(profiles, { recursive: true, force: true }));

/** The scripts that a command's process ran any line of, as V8 lists them for coverage. */
async function loadedBy(words: readonly string[], environment: Record<string, string> = {}): Promise<string[]> {
  const folder = mkdtempSync(join(profiles, 'of-'));
  const ran = await runKith(words, { ...environment, NODE_V8_COVERAGE: folder });
  expect(ran).toMatchObject({ code: 0 });
  return readdirSync(folder).flatMap((file) => {
    const { result } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as { result: { url: string }[] };
    return result.map(({ url }) => url);
  });
}

const packages = (urls: readonly string[]): Set<string> =>
  new Set(urls.flatMap((url) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1] ?? []));

const SLACK = ['@slack/bolt', '@slack/web-api'];
const DRAWING = ['@napi-rs/canvas', 'chart.js', 'chartjs-node-canvas'];
const STORE = ['chdb', '@clickhouse/client', 'apache-arrow', 'piscina'];

describe('A command loads what it needs', () => {
  const environment = { KITH_DATA_DIR: join(root, 'loaded') };
  beforeAll(async () => {
    expect(await runKith(['import', small()], environment)).toMatchObject({ code: 0 });
    expect(await runKith(['analyse'], environment)).toMatchObject({ code: 0 });
  }, 120_000);

  test('help and the version: neither a store, nor Slack, nor charts', async () => {
    for (const words of [['--help'], ['--version'], ['report', '--help']]) {
      const loaded = packages(await loadedBy(words));
      expect(loaded).toContain('commander');
      for (const name of [...STORE, ...SLACK, ...DRAWING, '@hubspot/api-client']) expect(loaded).not.toContain(name);
    }
  }, 60_000);

  test('a report: a store, and charts when one is drawn', async () => {
    const loaded = packages(await loadedBy(['report', 'loyalty'], environment));
    expect(loaded).toContain('chdb');
    for (const name of [...SLACK, ...DRAWING]) expect(loaded).not.toContain(name);
    const drawn = await loadedBy(['report', 'loyalty', '--png', join(root, 'loyalty.png')], environment);
    expect(packages(drawn)).toContain('chartjs-node-canvas');
  }, 60_000);
});
