import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { acquireDataLock } from '../../../src/store/data-lock.ts';

let dataDir: string;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'kith-lock-'));
});
afterAll(() => rm(dataDir, { recursive: true, force: true }));

describe('the lock of the data folder', () => {
  it('is held by one until it is released', async () => {
    const lock = await acquireDataLock(dataDir);
    await expect(acquireDataLock(dataDir)).rejects.toMatchObject({
      code: 'store-locked',
      message: expect.stringMatching(new RegExp(`in use by another Kith \\(process ${process.pid}\\); stop it first`)),
    });
    await lock.release();
    await (await acquireDataLock(dataDir)).release();
  });

  it('is refused while another process lives and taken over once it is dead', async () => {
    const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    await once(other, 'spawn');
    await writeFile(join(dataDir, 'kith.lock'), `${other.pid} \n`);
    await expect(acquireDataLock(dataDir)).rejects.toMatchObject({
      code: 'store-locked',
      message: expect.stringContaining(`process ${other.pid}`),
    });
    other.kill('SIGKILL');
    await once(other, 'exit');
    const lock = await acquireDataLock(dataDir);
    expect(await readFile(join(dataDir, 'kith.lock'), 'utf8')).toMatch(new RegExp(`^${process.pid} `));
    await lock.release();
  });

  it.skipIf(process.platform !== 'linux')('left by a process whose id was given to another is taken over', async () => {
    await writeFile(join(dataDir, 'kith.lock'), `${process.pid} 1\n`);
    await (await acquireDataLock(dataDir)).release();
  });

  it('that is damaged is taken over', async () => {
    await writeFile(join(dataDir, 'kith.lock'), '');
    await (await acquireDataLock(dataDir)).release();
  });

  it('is given to exactly one of many that ask at once', async () => {
    const asked = await Promise.allSettled(Array.from({ length: 10 }, () => acquireDataLock(dataDir)));
    const held = asked.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    expect(held).toHaveLength(1);
    await held[0]?.release();
  });

  it('cannot be taken in a folder that cannot be written to', async () => {
    await expect(acquireDataLock('/proc/kith')).rejects.toMatchObject({ code: 'store-unwritable' });
  });
});
