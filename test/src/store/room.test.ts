import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStore } from '../../../src/store/open-store.ts';
import type { PortalStore, Store } from '../../../src/store/portal-store.ts';
import { checkFileSizeLimit } from '../../../src/store/room.ts';
import { canFillDisk, fillDisk, freeDisk, mountDisk, unmountDisk } from '../../chaos/disk.ts';
import { company } from './records.ts';
import { TEST_KEY } from './with-store.ts';

describe.skipIf(!canFillDisk())('a disk that is full (skipped where no disk can be made)', () => {
  const disk = mkdtempSync(join(tmpdir(), 'kith-room-'));
  let store: Store;
  let portal: PortalStore;
  beforeAll(async () => {
    mountDisk(disk);
    store = await openStore({ dataDir: join(disk, 'data'), keys: [TEST_KEY] });
    portal = await store.portal('p');
  });
  afterAll(async () => {
    await store?.close();
    unmountDisk(disk);
    rmSync(disk, { recursive: true });
  });

  it('is said before anything is written, by every way of writing, and what is there is read', async () => {
    await portal.crm.upsert('companies', [company('1')], { origin: 'list' });
    fillDisk(disk);
    const full = (table: string) => ({
      code: 'store-unwritable',
      message: `The disk is full: ${table} could not be written; free some space and run it again`,
      text: { zh: `磁盘已满：${table} 无法写入；请释放空间后重试` },
    });
    await expect(portal.insert('hints', [{ id: '1' }])).rejects.toMatchObject(full('hints'));
    await expect(
      portal.command(`ALTER TABLE {db:Identifier}.companies DELETE WHERE id = '1' SETTINGS mutations_sync = 2`),
    ).rejects.toMatchObject(full('companies'));
    await expect(portal.crm.upsert('companies', [company('2')], { origin: 'list' })).rejects.toMatchObject({
      code: 'store-unwritable',
    });
    expect(await portal.crm.liveIds('companies')).toEqual(['1']);
    await portal.freeMemory();
    freeDisk(disk);
    await portal.crm.upsert('companies', [company('2')], { origin: 'list' });
    expect(await portal.crm.liveIds('companies')).toEqual(['1', '2']);
  });
});

describe('a limit on the size of files', () => {
  it('is refused with what it is and how it is lifted', () => {
    const limits = (most: string) =>
      `Limit                     Soft Limit           Hard Limit           Units\nMax cpu time              1000  unlimited  seconds\nMax file size             ${most}                 unlimited            bytes\n`;
    expect(() => checkFileSizeLimit(limits('unlimited'))).not.toThrow();
    expect(() => checkFileSizeLimit('')).not.toThrow();
    expect(() => checkFileSizeLimit(limits('1048576'))).toThrow(
      /files of more than 1,048,576 bytes.*ulimit -f unlimited/,
    );
  });

  it.skipIf(process.platform !== 'linux')('is read from the process itself', () => {
    const code = `import('${new URL('../../../src/store/room.ts', import.meta.url).href}').then(({ checkFileSizeLimit }) => checkFileSizeLimit())`;
    const run = (limit: string) =>
      execFileSync('bash', ['-c', `ulimit -S -f ${limit}; "$0" --import tsx -e "$1"`, process.execPath, code], {
        stdio: 'pipe',
      });
    expect(() => run('unlimited')).not.toThrow();
    expect(() => run('2048')).toThrow(/2,097,152 bytes/);
  });
});
