import { mkdtempSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Config, loadConfig } from '../../src/config.ts';
import type { Logger } from '../../src/lib/logger.ts';
import { createServedTenants } from '../../src/served-tenants.ts';
import { filesStamp, readTenants } from '../../src/tenants.ts';

let folder = '';
const lines: string[] = [];
const log = (message: string): void => void lines.push(message);
const logger: Logger = { debug: log, info: log, warn: log, error: log };
const stop = new AbortController();

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kith-served-'));
  lines.length = 0;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (name: string, text: string): void => writeFileSync(join(folder, `${name}.env`), text);

function serving(more: Readonly<Record<string, string>> = {}) {
  const environment = { KITH_TENANTS_DIR: folder, KITH_DATA_DIR: '/var/kith', ...more };
  const root = loadConfig(environment);
  const happened: string[] = [];
  const tenants = createServedTenants({
    root,
    read: () => readTenants(environment, root),
    logger,
    stop: stop.signal,
    async serve({ tenant, language }: Config, stopped) {
      happened.push(`${tenant} in ${language}`);
      await new Promise((ended) => stopped.addEventListener('abort', ended));
      happened.push(`${tenant} ended`);
    },
  });
  const follow = async (act = tenants.follow): Promise<string[]> => {
    await act();
    return happened.splice(0);
  };
  return { root, tenants, follow };
}

describe('the tenants of a process', () => {
  it('are followed without a restart: who is new is served, who changed is started again, who is gone is ended', async () => {
    write('acme', '');
    write('bolt', '');
    const { root, tenants, follow } = serving();
    expect(await follow()).toEqual(['acme in en', 'bolt in en']);
    const before = filesStamp(root);
    write('coral', '');
    expect(filesStamp(root)).not.toBe(before);
    expect(await follow()).toEqual(['coral in en']);
    write('acme', 'KITH_LANGUAGE=zh\n');
    expect(await follow()).toEqual(['acme ended', 'acme in zh']);
    unlinkSync(join(folder, 'bolt.env'));
    expect(await follow()).toEqual(['bolt ended']);
    expect(tenants.count()).toBe(2);
    expect(await follow()).toEqual([]);
    expect(await follow(() => tenants.restart('coral'))).toEqual(['coral ended', 'coral in en']);
  });

  it('go on with their settings of before while their file is not right, and that is told once', async () => {
    write('acme', '');
    const { follow } = serving();
    await follow();
    write('acme', 'SLACK_MODE=pigeon\n');
    expect(await follow()).toEqual([]);
    expect(await follow()).toEqual([]);
    const told = lines.filter((line) => line.includes('pigeon'));
    expect(told).toEqual([expect.stringMatching(/^A tenant is served with its settings of before: .*acme\.env/)]);
    write('acme', 'KITH_LANGUAGE=zh\n');
    expect(await follow()).toEqual(['acme ended', 'acme in zh']);
  });

  it('go on as they were while their folder cannot be read', async () => {
    write('acme', '');
    const { follow } = serving();
    await follow();
    rmSync(folder, { recursive: true });
    expect(await follow()).toEqual([]);
    expect(lines.at(-1)).toMatch(/^The tenants go on as they were: .*cannot be read/);
  });
});
