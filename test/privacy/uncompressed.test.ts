import { mkdtempSync, rmSync } from 'node:fs';
import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { erase } from '../../src/jobs/erase.ts';
import type { PortalStore } from '../../src/store/portal-store.ts';
import { deal } from '../src/store/records.ts';
import { withStore } from '../src/store/with-store.ts';
import { idOf, item, person, say, shopIn, valuesOf } from './shop.ts';

const kith = withStore();
const copies = mkdtempSync(join(tmpdir(), 'kith-copies-'));
afterAll(() => rmSync(copies, { recursive: true, force: true }));

const CLEANED_WITHIN_MS = 60_000;

async function tablesOf(portal: PortalStore): Promise<readonly string[]> {
  const rows = await portal.query<{ name: string }>(
    `SELECT name FROM system.tables WHERE database = {database:String} AND engine LIKE '%MergeTree' ORDER BY name`,
    { database: portal.database },
  );
  return rows.map(({ name }) => name);
}

/** From now on what is stored stands in the files as it is, and parts that were replaced go at once. */
async function storePlainly(portal: PortalStore): Promise<void> {
  for (const table of await tablesOf(portal)) {
    const columns = await portal.query<{ name: string }>(
      `SELECT name FROM system.columns WHERE database = {database:String} AND table = {table:String} AND type LIKE '%String%'
       ORDER BY position`,
      { database: portal.database, table },
    );
    const plain = columns.map(({ name }) => `MODIFY COLUMN \`${name}\` CODEC(NONE)`).join(', ');
    await portal.command(`ALTER TABLE {db:Identifier}.${table} ${plain}`);
    await portal.command(`ALTER TABLE {db:Identifier}.${table} MODIFY SETTING old_parts_lifetime = 1, cleanup_delay_period = 1,
      cleanup_delay_period_random_add = 0, max_cleanup_delay_period = 1`);
    await portal.command(`OPTIMIZE TABLE {db:Identifier}.${table} FINAL SETTINGS optimize_throw_if_noop = 0`);
  }
}

/** Resolves once the engine has dropped every part that a newer one replaced, and the texts of the statements that did it. */
async function partsDropped(portal: PortalStore): Promise<void> {
  const until = Date.now() + CLEANED_WITHIN_MS;
  for (;;) {
    const [row] = await portal.query<{ n: string }>(
      `SELECT (SELECT count() FROM system.parts WHERE database = {database:String} AND NOT active)
         + (SELECT count() FROM system.mutations WHERE database = {database:String} AND position(command, 'WHERE 0') = 0) AS n,
         sleep(0.2)`,
      { database: portal.database },
    );
    if (row?.n === '0') return;
    if (Date.now() > until) throw new Error(`${row?.n} replaced parts and statements are still there`);
  }
}

interface Held {
  readonly file: string;
  readonly bytes: Buffer;
}

/** Every file of a folder, with its bytes. */
async function filesOf(folder: string): Promise<readonly Held[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  // A part may be dropped while its files are read.
  return Promise.all(
    files.map(async (file) => ({
      file: relative(folder, file),
      bytes: await readFile(file).catch(() => Buffer.alloc(0)),
    })),
  );
}

it('leaves none of the person’s values in an uncompressed copy, nor in any file of the store, also after the next full sync', async () => {
  const { at, portal, sync } = await shopIn(await kith.portal('plain'), 20);
  await say(at);
  const parts = [{ kind: 'text', text: `Ring ${person(1).phone}` }, item(2)] as const;
  const said = { language: 'en', headline: 'x', parts, trust: '' } as const;
  await at.outbox.enqueue({ key: 'phone', channelId: 'C1', kind: 'digest', report: said });
  // As versions before copied it.
  await portal.crm.upsert('deals', [deal('old', { name: 'For Given0001 Family0001' })], { origin: 'list' });
  const [sealed] = await portal.query<Record<string, string>>(
    'SELECT sealed, email_hash, phone_hash FROM {db:Identifier}.identities FINAL WHERE contact_id = {id:String}',
    { id: idOf(1) },
  );
  const theirs = [...valuesOf(1), ...Object.values(sealed!)];
  expect(theirs).toHaveLength(8);
  await storePlainly(portal);

  const copy = async (): Promise<readonly Held[]> => {
    const folder = await mkdtemp(join(copies, 'copy-'));
    for (const table of await tablesOf(portal))
      await portal.command(
        `INSERT INTO FUNCTION file({path:String}, 'Native') SELECT * FROM {db:Identifier}.${table}`,
        {
          path: join(folder, `${table}.native`),
        },
      );
    return filesOf(folder);
  };
  const store = () => filesOf(kith.dataDir);

  const holding = (files: readonly Held[], value: string): readonly string[] =>
    files.filter(({ bytes }) => bytes.includes(value)).map(({ file }) => file);

  for (const files of [await copy(), await store()])
    for (const value of theirs) expect(holding(files, value), value).not.toEqual([]);
  await erase({ ...at, who: person(1).email });
  const gone = async (when: string): Promise<void> => {
    await partsDropped(portal);
    for (const files of [await copy(), await store()]) {
      for (const value of theirs) expect(holding(files, value), `${value} ${when}`).toEqual([]);
      expect(holding(files, idOf(2))).not.toEqual([]);
    }
  };
  await gone('after the erasure');
  await sync();
  await gone('after the next full sync');
}, 180_000);
