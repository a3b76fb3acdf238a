import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { KithError } from '../lib/errors.ts';
import { writeWhole } from '../lib/write-whole.ts';
import { unwritable } from './data-folder.ts';
import { createSerial } from './serial.ts';

/** A key of tombstones, sealed under the identity key that is named. */
export interface SealedKey {
  readonly id: string;
  readonly keyId: string;
  readonly sealed: string;
}

/** An erasure that is under way: what it needs to be gone on with, sealed under the first of the keys. */
export interface SealedErasure {
  readonly id: string;
  readonly sealed: string;
}

export interface PortalErasures {
  readonly keys: readonly SealedKey[];
  readonly erased: readonly { readonly hash: string; readonly at: string }[];
  readonly open: readonly SealedErasure[];
}

/**
 * Who was erased, beside the tables: keyed hashes only, and sealed who is being erased now. It is in no backup, so that whoever restores
 * one erases again what was erased since. Copy it along when the data folder moves.
 */
export interface ErasureRecord {
  read(): Promise<PortalErasures>;
  /** Resolves once it is on disk. */
  add(keys: readonly SealedKey[], erased: PortalErasures['erased']): Promise<void>;
  /** An erasure begins. Resolves once it is on disk. */
  begin(keys: readonly SealedKey[], erasure: SealedErasure): Promise<void>;
  /** It is over, and nothing of it stays. */
  end(id: string): Promise<void>;
}

export const ERASURES_FILE = 'erasures.json';

const portalSchema = z.strictObject({
  keys: z.array(z.strictObject({ id: z.string(), keyId: z.string(), sealed: z.string() })),
  erased: z.array(z.strictObject({ hash: z.string(), at: z.string() })),
  open: z.array(z.strictObject({ id: z.string(), sealed: z.string() })).default([]),
});
const fileSchema = z.strictObject({ version: z.literal(1), portals: z.record(z.string(), portalSchema) });

const NONE: PortalErasures = { keys: [], erased: [], open: [] };
const serially = createSerial();

/** One portal's part of the data folder's `erasures.json`. */
export function erasureRecord(dataDir: string, portalId: string): ErasureRecord {
  const path = join(dataDir, ERASURES_FILE);

  async function readAll(): Promise<z.infer<typeof fileSchema>> {
    const text = await readFile(path, 'utf8').catch((error: unknown) => {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
      throw damaged(path, error);
    });
    if (text === null) return { version: 1, portals: {} };
    try {
      return fileSchema.parse(JSON.parse(text));
    } catch (error) {
      throw damaged(path, error);
    }
  }

  /** Changes this portal's part; what is on disk is whole before and after. */
  const change = (of: (own: PortalErasures) => Partial<PortalErasures>): Promise<void> =>
    serially(async () => {
      const { portals } = await readAll();
      const own = portals[portalId] ?? NONE;
      const file = { version: 1, portals: { ...portals, [portalId]: { ...own, ...of(own) } } };
      await writeWhole(path, `${JSON.stringify(file, null, 1)}\n`).catch((error: unknown) => {
        throw unwritable(dataDir, error);
      });
    });

  return {
    read: async () => (await readAll()).portals[portalId] ?? NONE,
    add: (keys, erased) =>
      change((own) => ({
        keys: keysWith(own, keys),
        erased: [...new Map([...erased, ...own.erased].map((one) => [one.hash, one])).values()],
      })),
    begin: (keys, erasure) => change((own) => ({ keys: keysWith(own, keys), open: [...own.open, erasure] })),
    end: (id) => change((own) => ({ open: own.open.filter((one) => one.id !== id) })),
  };
}

/** The newest of each; what nobody was or is being erased under is of no use any more. */
function keysWith(own: PortalErasures, keys: readonly SealedKey[]): SealedKey[] {
  const needed = own.erased.length + own.open.length === 0 ? [] : own.keys;
  return [...new Map([...needed, ...keys].map((key) => [key.id, key])).values()];
}

function damaged(path: string, cause: unknown): KithError {
  return new KithError(
    'store-damaged',
    {
      en: `The file ${path} is not what Kith wrote: it says who was erased, so bring it back from a copy before you go on`,
      zh: `文件 ${path} 不是 Kith 写入的内容：其中记录了谁已被删除，请先从副本中恢复它再继续`,
    },
    { cause },
  );
}
