import { randomBytes } from 'node:crypto';
import type { Instant } from '../domain/crm.ts';
import { KithError, when } from '../lib/errors.ts';
import { instantText } from './crm-rows.ts';
import type { Database } from './database.ts';
import type { ErasureRecord, SealedKey } from './erasure-record.ts';
import { isHashKey } from './former-hash-keys.ts';
import { type IdentityVault, keyedHash } from './identity-keys.ts';
import { deriveKey, seal, unseal } from './sealing.ts';
import type { Sequence } from './sequence.ts';

/**
 * Who asked to be forgotten, as keyed hashes of contact ids. Their key is random and never changes; it is stored sealed under the
 * identity keys, so that rotating those loses nobody.
 */
export interface Tombstones {
  /** KithError('identity-key') when somebody was forgotten under a key that none of the identity keys opens. */
  load(): Promise<void>;
  /** Ready once `load` has resolved. */
  has(contactId: string): boolean;
  /** Resolves once the file beside the tables and the tables know them. */
  add(contactIds: readonly string[]): Promise<void>;
  /** Notes an erasure before anything of it happens: `content` is sealed, and stays until `end`. */
  begin(id: string, content: string): Promise<void>;
  /** Erasures that began and did not end. */
  underWay(): Promise<readonly { readonly id: string; readonly content: string }[]>;
  end(id: string): Promise<void>;
  /** A keyed hash of anything, the same for good; nobody without the key can tell what it is of. */
  hash(kind: string, text: string): Promise<string>;
  /** After a restore: reads them anew, with what the file beside the tables knows. */
  reload(): Promise<void>;
  /** Seals the keys under the current identity key; how many were under another. */
  reseal(): Promise<number>;
}

/** Authenticated with the sealed key; no contact id looks so. */
const PLACE = 'tombstone key';
const SECRET_BYTES = 32;
const ERASURE = 'erasure under way';

interface Known {
  /** The first one hashes; all of them look up. */
  readonly secrets: readonly Buffer[];
  readonly hashes: Set<string>;
}

/** When a key came decides which is the first, so that sealing it again does not change that. */
interface DatedKey extends SealedKey {
  readonly at: Instant;
}

export function createTombstones(options: {
  readonly database: Database;
  readonly vault: IdentityVault;
  readonly sequence: Sequence;
  readonly record: ErasureRecord;
  readonly now: () => Instant;
}): Tombstones {
  const { database, vault, sequence, record, now } = options;
  let known: Known | null = null;
  let loading: Promise<Known> | null = null;

  /** With those that `former-hash-keys.ts` keeps, which are sealed again and copied along like them. */
  async function storedKeys(): Promise<DatedKey[]> {
    const rows = await database.query<SealedKey & { at_ms: string }>(
      `SELECT id, key_id AS keyId, sealed, toUnixTimestamp64Milli(at) AS at_ms FROM {db:Identifier}.tombstone_keys FINAL
       ORDER BY at, id`,
    );
    return rows.map(({ at_ms, ...key }) => ({ ...key, at: Number(at_ms) }));
  }

  async function ownKeys(): Promise<DatedKey[]> {
    return (await storedKeys()).filter((key) => !isHashKey(key));
  }

  async function storedHashes(): Promise<{ hash: string; at: string }[]> {
    return database.query('SELECT hash, toString(at) AS at FROM {db:Identifier}.tombstones FINAL');
  }

  function open({ keyId, sealed }: SealedKey): Buffer {
    return Buffer.from(vault.open(keyId, PLACE, sealed), 'base64');
  }

  async function keep(secrets: readonly Buffer[]): Promise<void> {
    const keys = secrets.map((secret) => ({
      id: randomBytes(8).toString('hex'),
      keyId: vault.currentKeyId,
      sealed: vault.seal(PLACE, secret.toString('base64')),
    }));
    await saveKeys(inOrder(keys));
  }

  /** Keys that come now, one after the other. */
  function inOrder(keys: readonly SealedKey[]): DatedKey[] {
    const first = now();
    return keys.map((key, i) => ({ ...key, at: first + i }));
  }

  async function saveKeys(keys: readonly DatedKey[]): Promise<void> {
    await database.insert(
      'tombstone_keys',
      keys.map(({ id, keyId, sealed, at }) => ({
        id,
        key_id: keyId,
        sealed,
        at: instantText(at),
        version: sequence.next(),
      })),
    );
  }

  /** As the file beside the tables holds them, in their order. */
  async function keysForRecord(): Promise<SealedKey[]> {
    return (await storedKeys()).map(({ id, keyId, sealed }) => ({ id, keyId, sealed }));
  }

  async function copyToRecord(erased: readonly { readonly hash: string; readonly at: string }[]): Promise<void> {
    await record.add(await keysForRecord(), erased);
  }

  /** What the file beside the tables knows and a restored table does not. */
  async function takeOver(): Promise<void> {
    const { keys, erased, open: underWay } = await record.read();
    if (erased.length + underWay.length === 0) return;
    const stored = await storedKeys();
    const missing = keys.filter(({ id }) => !stored.some((key) => key.id === id));
    if (missing.length > 0) await saveKeys(inOrder(missing));
    const has = new Set((await storedHashes()).map(({ hash }) => hash));
    const fresh = erased.filter(({ hash }) => !has.has(hash));
    await database.insert(
      'tombstones',
      fresh.map(({ hash, at }) => ({ hash, at: instantText(Date.parse(at)) })),
    );
  }

  async function read(): Promise<Known> {
    await takeOver();
    const hashes = await storedHashes();
    if ((await ownKeys()).length === 0) {
      // Before there was a key of their own, tombstones were made under the identity keys.
      await keep(hashes.length === 0 ? [randomBytes(SECRET_BYTES)] : vault.hashingKeys());
    }
    const secrets: Buffer[] = [];
    for (const key of await ownKeys()) {
      // Where nobody was forgotten, nobody is lost with it.
      const secret = hashes.length > 0 ? mustOpen(key) : tryOpen(key);
      if (secret !== null) secrets.push(secret);
    }
    if (secrets.length === 0) {
      const fresh = randomBytes(SECRET_BYTES);
      await keep([fresh]);
      secrets.push(fresh);
    }
    return { secrets, hashes: new Set(hashes.map(({ hash }) => hash)) };
  }

  function mustOpen(key: SealedKey): Buffer {
    if (vault.hashingKeyOf(key.keyId) === null) throw unknownErased(key.keyId);
    return open(key);
  }

  function tryOpen(key: SealedKey): Buffer | null {
    try {
      return open(key);
    } catch (error) {
      return when('identity-key', () => null)(error);
    }
  }

  /**
   * Keys under which nobody was forgotten and that no identity key opens any more: from the first tombstone on, one that does not open
   * is somebody who is not recognised, and Kith stays shut.
   */
  async function dropUseless(hashes: ReadonlySet<string>): Promise<void> {
    const { erased, open: underWay } = await record.read();
    if (hashes.size + erased.length + underWay.length > 0) return;
    const useless = (await ownKeys()).filter((key) => tryOpen(key) === null).map(({ id }) => id);
    if (useless.length === 0) return;
    await database.command(
      'ALTER TABLE {db:Identifier}.tombstone_keys DELETE WHERE id IN {useless:Array(String)} SETTINGS mutations_sync = 2',
      {
        useless,
      },
    );
  }

  /** Read once, however many ask at the same time: two that find no key would each make one. */
  function loaded(): Promise<Known> {
    const attempt =
      loading ??
      read().then((found) => {
        known = found;
        return found;
      });
    loading = attempt;
    // A failed reading is tried again.
    attempt.catch(() => {
      if (loading === attempt) loading = null;
    });
    return attempt;
  }

  return {
    load: async () => void (await loaded()),
    has(contactId) {
      if (known === null || known.hashes.size === 0) return false;
      const { secrets, hashes } = known;
      return secrets.some((secret) => hashes.has(keyedHash(secret, 'contact', contactId)));
    },
    async add(contactIds) {
      const { secrets, hashes } = await loaded();
      await dropUseless(hashes);
      const at = new Date(now()).toISOString();
      const fresh = contactIds.map((id) => keyedHash(secrets[0]!, 'contact', id)).filter((hash) => !hashes.has(hash));
      await copyToRecord(fresh.map((hash) => ({ hash, at })));
      await database.insert(
        'tombstones',
        fresh.map((hash) => ({ hash, at: instantText(now()) })),
      );
      for (const hash of fresh) hashes.add(hash);
    },
    async begin(id, content) {
      const { secrets, hashes } = await loaded();
      await dropUseless(hashes);
      await record.begin(await keysForRecord(), { id, sealed: seal(sealingKey(secrets[0]!), ERASURE, content) });
    },
    async underWay() {
      const { open: sealed } = await record.read();
      if (sealed.length === 0) return [];
      const { secrets } = await loaded();
      return sealed.map((one) => ({ id: one.id, content: openedWith(secrets, one.sealed) }));
    },
    end: (id) => record.end(id),
    hash: async (kind, text) => keyedHash((await loaded()).secrets[0]!, kind, text),
    async reload() {
      // What is known holds until what is there has been read.
      loading = null;
      await loaded();
    },
    async reseal() {
      await loaded();
      const older = (await storedKeys()).filter(({ keyId }) => keyId !== vault.currentKeyId);
      const keys = older.map((key) => ({
        ...key,
        keyId: vault.currentKeyId,
        sealed: vault.seal(PLACE, open(key).toString('base64')),
      }));
      if (keys.length > 0) await saveKeys(keys);
      // The file too, and what was erased before there was one.
      const hashes = await storedHashes();
      const kept = await record.read();
      if (hashes.length + kept.keys.length > 0)
        await copyToRecord(
          hashes.map(({ hash, at }) => ({ hash, at: new Date(`${at.replace(' ', 'T')}Z`).toISOString() })),
        );
      return older.length;
    },
  };
}

/** Not rotated with the identity keys either: the tombstones' own secret, for another purpose. */
function sealingKey(secret: Buffer): Buffer {
  return deriveKey(secret, 'tombstones', ERASURE);
}

function openedWith(secrets: readonly Buffer[], sealed: string): string {
  for (const secret of secrets) {
    try {
      return unseal(sealingKey(secret), ERASURE, sealed);
    } catch {
      // Of a folder that was put together from two: another of the keys.
    }
  }
  throw new KithError('identity-key', {
    en: 'An erasure that was broken off cannot be gone on with, since no key opens what it was about; bring back the erasures.json and the identity key that belong together, or erase the person again in a copy made anew',
    zh: '中断的删除无法继续，因为没有密钥能打开其内容；请恢复相互匹配的 erasures.json 与身份密钥，或在重新复制的数据中再次删除此人',
  });
}

function unknownErased(keyId: string): KithError {
  return new KithError('identity-key', {
    en: `Somebody was erased under the identity key "${keyId}", which is not among the keys given, so Kith could not tell whom it must not copy again; add it after the current one. If it is lost for good, begin with an empty data folder and erase them again`,
    zh: `有人曾在身份密钥“${keyId}”下被删除，而它不在所给的密钥中，Kith 因此无法识别不得再次复制的人；请将它添加到当前密钥之后。若已永久丢失，请从空的数据文件夹开始并再次删除这些人`,
  });
}
