import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { z } from 'zod';
import { KithError } from '../lib/errors.ts';
import { unwritable } from './data-folder.ts';
import { createSerial } from './serial.ts';

/** A key of tombstones, sealed under the identity key that is named. */
export interface SealedKey {
  readonly id: string;
  readonly keyId: string;
  readonly sealed: string;
}

export interface PortalErasures {
  readonly keys: readonly SealedKey[];
  readonly erased: readonly { readonly hash: string; readonly at: string }[];
}

/**
 * Who was erased, beside the tables: keyed hashes only. It is in no backup, so that whoever restores one erases again what was
 * erased since. Copy it along when the data folder moves.
 */
export interface ErasureRecord {
  read(): Promise<PortalErasures>;
  /** Resolves once it is on disk. */
  add(keys: readonly SealedKey[], erased: PortalErasures['erased']): Promise<void>;
}

export const ERASURES_FILE = 'erasures.json';

const portalSchema = z.strictObject({
  keys: z.array(z.strictObject({ id: z.string(), keyId: z.string(), sealed: z.string() })),
  erased: z.array(z.strictObject({ hash: z.string(), at: z.string() })),
});
const fileSchema = z.strictObject({ version: z.literal(1), portals: z.record(z.string(), portalSchema) });

const NONE: PortalErasures = { keys: [], erased: [] };
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

  return {
    read: async () => (await readAll()).portals[portalId] ?? NONE,
    add: (keys, erased) =>
      serially(async () => {
        const { portals } = await readAll();
        const own = portals[portalId] ?? NONE;
        const merged = {
          keys: [...new Map([...own.keys, ...keys].map((key) => [key.id, key])).values()],
          erased: [...new Map([...erased, ...own.erased].map((one) => [one.hash, one])).values()],
        };
        const file = { version: 1, portals: { ...portals, [portalId]: merged } };
        await writeFileAtomic(path, `${JSON.stringify(file, null, 1)}\n`, { mode: 0o600, fsync: true }).catch(
          (error: unknown) => {
            throw unwritable(dataDir, error);
          },
        );
      }),
  };
}

function damaged(path: string, cause: unknown): KithError {
  return new KithError(
    'store-damaged',
    `The file ${path} is not what Kith wrote: it says who was erased, so bring it back from a copy before you go on`,
    { cause },
  );
}
