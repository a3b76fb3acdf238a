import fs from 'node:fs';
import fsPromises, { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { removeLeftovers } from '../../../src/lib/write-whole.ts';
import { stateSchema } from '../../../src/state/portal-state.ts';
import { createStateFile } from '../../../src/state/state-file.ts';
import { connect, type Engine } from '../../../src/store/connect.ts';
import { erasureRecord } from '../../../src/store/erasure-record.ts';
import { KEY_FILE, loadOrCreateKeys, saveKeys } from '../../../src/store/identity-key-file.ts';
import { type IdentityKey, newIdentityKey, parseIdentityKeys } from '../../../src/store/identity-keys.ts';
import { installationFile } from '../../../src/store/installation-file.ts';
import { keysThatSealed } from '../../../src/store/key-check.ts';
import { openStore } from '../../../src/store/open-store.ts';
import { contact } from './records.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kith-key-file-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

class Stopped extends Error {}

/** Steps of the file system that change something. */
const STEPS = ['open', 'write', 'fsync', 'close', 'rename', 'chmod', 'chown', 'link', 'unlink', 'mkdir'] as const;

/**
 * Does something in a process that ends before its file-system step of that number: neither that step nor any later one happens, and
 * of a write that is the first of them half is on disk. Gives back whether it came to its end.
 */
async function stoppedBefore(step: number, act: () => Promise<unknown>): Promise<boolean> {
  let done = 0;
  const isOver = (): boolean => done++ >= step;
  const undo: (() => void)[] = [];
  const sample = await fsPromises.open(join(folder, '.sample'), 'w');
  const handles = Object.getPrototypeOf(sample) as Record<string, (...given: unknown[]) => Promise<unknown>>;
  await sample.close();
  await fsPromises.unlink(join(folder, '.sample'));
  const ofHandles = { writeFile: handles.writeFile!, sync: handles.sync! };
  const whole = fs as unknown as Record<string, (...given: unknown[]) => unknown>;
  const promised = fsPromises as unknown as Record<string, (...given: unknown[]) => Promise<unknown>>;
  for (const name of STEPS) {
    const plain = whole[name]!;
    undo.push(() => {
      whole[name] = plain;
    });
    whole[name] = (...given: unknown[]) => {
      if (!isOver()) return plain(...given);
      const [fd, text] = given;
      const told = given.at(-1) as (error: Error) => void;
      if (name === 'write' && done === step + 1 && typeof text === 'string')
        fs.writeSync(fd as number, text.slice(0, text.length / 2));
      return told(new Stopped());
    };
    const promise = promised[name];
    if (promise === undefined) continue;
    undo.push(() => {
      promised[name] = promise;
    });
    promised[name] = (...given: unknown[]) => (isOver() ? Promise.reject(new Stopped()) : promise(...given));
  }
  handles.writeFile = function (this: unknown, ...given: unknown[]) {
    if (!isOver()) return ofHandles.writeFile.apply(this, given);
    const text = String(given[0]);
    return ofHandles.writeFile.call(this, text.slice(0, text.length / 2)).then(() => Promise.reject(new Stopped()));
  };
  handles.sync = function (this: unknown, ...given: unknown[]) {
    return isOver() ? Promise.reject(new Stopped()) : ofHandles.sync.apply(this, given);
  };
  syncBuiltinESMExports();
  try {
    await act();
    return true;
  } catch {
    return false;
  } finally {
    for (const one of undo) one();
    Object.assign(handles, ofHandles);
    syncBuiltinESMExports();
  }
}

const keyOf = (n: number): IdentityKey => ({ id: `k${n}`, secret: Buffer.alloc(32, `secret number ${n}`) });

/** Files that a stop may meet half-written: what is in one before, what is written, and how a later start reads it. */
const FILES = [
  {
    file: 'identity.key',
    before: (dir: string) => saveKeys(dir, [keyOf(1)]),
    write: (dir: string) => saveKeys(dir, [keyOf(2), keyOf(1)]),
    read: async (dir: string) => (await loadOrCreateKeys(dir, null)).map(({ id }) => id).join(),
    states: ['k1', 'k2,k1'],
  },
  {
    file: 'erasures.json',
    before: (dir: string) => erasureRecord(dir, 'p').add([], [{ hash: 'a', at: '1' }]),
    write: (dir: string) => erasureRecord(dir, 'p').begin([], { id: 'e', sealed: 'x' }),
    read: async (dir: string) => {
      const { erased, open } = await erasureRecord(dir, 'p').read();
      return `${erased.length},${open.length}`;
    },
    states: ['1,0', '1,1'],
  },
  {
    file: 'state.json',
    before: async (dir: string) => {
      const at = createStateFile(join(dir, 'state.json'));
      await at.write(stateSchema.parse({ portals: { p: { language: 'en' } } }));
      await at.write(stateSchema.parse({ portals: { p: { language: 'en' } } }));
    },
    write: (dir: string) =>
      createStateFile(join(dir, 'state.json')).write(stateSchema.parse({ portals: { p: { language: 'zh' } } })),
    read: async (dir: string) => (await createStateFile(join(dir, 'state.json')).read())?.portals.p?.language,
    states: ['en', 'zh'],
  },
  {
    file: 'slack-connection.json',
    before: (dir: string) => installationFile(dir, async () => [keyOf(1)]).save(installed('one')),
    write: (dir: string) => installationFile(dir, async () => [keyOf(1)]).save(installed('two')),
    read: async (dir: string) => (await installationFile(dir, async () => [keyOf(1)]).read())?.botToken,
    states: ['one', 'two'],
  },
] as const;

function installed(botToken: string) {
  return {
    ...{ teamId: 'T1', teamName: 'Acme', botToken, scopes: ['chat:write'], installedBy: 'U2', installedAt: 1 },
  };
}

describe('a file that is written when Kith is stopped', () => {
  it.each(FILES)(
    'before any step holds the old or the new content: $file',
    async ({ file, before, write, read, states }) => {
      const seen = new Set<unknown>();
      let step = 0;
      for (let isDone = false; !isDone; step++) {
        await rm(join(folder, file), { force: true });
        await before(folder);
        isDone = await stoppedBefore(step, () => write(folder));
        const left = await read(folder);
        expect(states, `stopped before step ${step}`).toContain(left);
        seen.add(left);
        await removeLeftovers([join(folder, file), join(folder, `${file}.bak`)]);
        expect((await readdir(folder)).filter((name) => /\.\d+$/.test(name))).toEqual([]);
      }
      expect(step).toBeGreaterThan(5);
      expect([...seen]).toEqual(states);
    },
  );

  it('for the first time is there whole or not at all: identity.key', async () => {
    let isThere = false;
    for (let step = 0, isDone = false; !isDone; step++) {
      await rm(join(folder, KEY_FILE), { force: true });
      isDone = await stoppedBefore(step, () => loadOrCreateKeys(folder, null));
      const text = await readFile(join(folder, KEY_FILE), 'utf8').catch(() => null);
      if (text !== null) expect(parseIdentityKeys(text.trim()), `stopped before step ${step}`).toHaveLength(1);
      if (text === null) expect(isThere, `stopped before step ${step}`).toBe(false);
      isThere = text !== null;
      const [key] = await loadOrCreateKeys(folder, null);
      if (text !== null) expect(text).toContain(key!.id);
      await removeLeftovers([join(folder, KEY_FILE)]);
      expect((await readdir(folder)).filter((name) => name.startsWith(`${KEY_FILE}.`))).toEqual([]);
    }
    expect(isThere).toBe(true);
  });
});

describe('a store that holds sealed contacts', () => {
  let data = '';
  let engine: Engine;
  const key = newIdentityKey();
  beforeAll(async () => {
    data = await mkdtemp(join(tmpdir(), 'kith-key-store-'));
    engine = await connect({ dataDir: data });
    await writeFile(join(data, KEY_FILE), `${key}\n`);
    const store = await openStore({ dataDir: data, keys: parseIdentityKeys(key), engine });
    const portal = await store.portal('p');
    await portal.crm.upsert('contacts', [contact('1', { email: 'ann@example.com' })], { origin: 'list' });
  });
  afterAll(async () => {
    await engine.client.close();
    await rm(data, { recursive: true, force: true });
  });

  const load = () => loadOrCreateKeys(data, null, () => keysThatSealed(engine, null));

  it('opens with its key', async () => {
    expect(await load()).toEqual(parseIdentityKeys(key));
  });

  it('is not given a new key in place of one that is missing', async () => {
    await rm(join(data, KEY_FILE));
    await expect(load()).rejects.toThrow(/sealed with the identity key "k\w+", and .*identity\.key is missing/);
    expect(await readdir(data)).not.toContain(KEY_FILE);
    // Nor by another tenant's.
    expect(await keysThatSealed(engine, 'acme')).toEqual([]);
  });

  it.each([
    ['empty', '', /is empty/],
    ['cut off', key.slice(0, 20), /is damaged/],
    ['something else', '{"no":"key"}', /is damaged/],
  ])('refuses a key file that is %s, and leaves it as it is', async (_, text, reason) => {
    await writeFile(join(data, KEY_FILE), text);
    await expect(load()).rejects.toThrow(reason);
    expect(await readFile(join(data, KEY_FILE), 'utf8')).toBe(text);
  });

  it('has its names again after a full copy under a new key, where its own is lost', async () => {
    const fresh = parseIdentityKeys(newIdentityKey());
    const store = await openStore({ dataDir: data, keys: fresh, engine });
    const portal = await store.portal('p');
    await expect(portal.identity.read(['1'])).rejects.toMatchObject({ code: 'identity-key' });
    await portal.crm.upsert('contacts', [contact('1', { email: 'ann@example.com' })], { origin: 'list' });
    expect((await portal.identity.read(['1'])).get('1')?.email).toBe('ann@example.com');
    expect(await portal.identity.findByEmail('ann@example.com')).toEqual(['1']);
    const back = await (await openStore({ dataDir: data, keys: parseIdentityKeys(key), engine })).portal('p');
    await back.crm.upsert('contacts', [contact('1', { email: 'ann@example.com' })], { origin: 'by-id' });
  });

  it('is not opened with a key of the same name and another secret, which would seal what neither opens', async () => {
    const [own] = parseIdentityKeys(key);
    const other = { id: own!.id, secret: Buffer.alloc(32, 9) };
    const store = await openStore({ dataDir: data, keys: [other], engine });
    await expect(store.portal('p')).rejects.toMatchObject({
      code: 'identity-key',
      message: /is not the one that sealed/,
    });
    const right = await openStore({ dataDir: data, keys: [own!], engine });
    expect(await (await right.portal('p')).identity.findByEmail('ann@example.com')).toEqual(['1']);
  });
});
