import { createHmac, randomBytes } from 'node:crypto';
import { KithError } from '../lib/errors.ts';
import { deriveKey, seal, unseal } from './sealing.ts';

/** A secret under which contacts' identities are sealed. `id` is stored beside what it sealed; the secret never is. */
export interface IdentityKey {
  readonly id: string;
  /** 32 bytes. */
  readonly secret: Buffer;
}

const SECRET_BYTES = 32;

/** Reads `id:base64,id:base64`; the first is the one that new identities are sealed with. */
export function parseIdentityKeys(text: string): IdentityKey[] {
  const entries = text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
  if (entries.length === 0) {
    throw new KithError('identity-key', {
      en: 'No identity key was given; make one with `kith doctor` and keep it safe',
      zh: '没有给出身份密钥；请用 `kith doctor` 创建并妥善保管',
    });
  }
  const keys = entries.map((entry, index) => {
    const colon = entry.indexOf(':');
    const id = entry.slice(0, Math.max(colon, 0));
    const secret = Buffer.from(entry.slice(colon + 1), 'base64');
    if (!/^[A-Za-z0-9_-]{1,32}$/.test(id)) {
      throw new KithError('identity-key', {
        en: `Identity key number ${index + 1} does not start with a name of letters, digits, - or _ and a colon; write it as name:base64`,
        zh: `第 ${index + 1} 个身份密钥没有以名称（字母、数字、- 或 _）和冒号开头；请写成 name:base64`,
      });
    }
    if (secret.length !== SECRET_BYTES) {
      throw new KithError('identity-key', {
        en: `Identity key "${id}" holds ${secret.length} bytes, not ${SECRET_BYTES}; a key is ${SECRET_BYTES} random bytes in base64`,
        zh: `身份密钥“${id}”有 ${secret.length} 字节，而不是 ${SECRET_BYTES} 字节；密钥是 base64 编码的 ${SECRET_BYTES} 个随机字节`,
      });
    }
    return { id, secret };
  });
  const seen = new Set<string>();
  for (const { id } of keys) {
    if (seen.has(id))
      throw new KithError('identity-key', {
        en: `Two identity keys are named "${id}"; give each its own name`,
        zh: `有两个身份密钥都名为“${id}”；请各取一个名称`,
      });
    seen.add(id);
  }
  return keys;
}

/** A fresh key as `id:base64`, for the environment. */
export function newIdentityKey(): string {
  return `k${randomBytes(4).toString('hex')}:${randomBytes(SECRET_BYTES).toString('base64')}`;
}

/** What a hash is of; a contact's id is hashed for the tombstone of one who was forgotten. */
type HashKind = 'email' | 'phone' | 'contact';

/** Seals, opens and hashes identities of one portal. */
export interface IdentityVault {
  readonly currentKeyId: string;
  /** base64 of nonce, ciphertext and tag (AES-256-GCM); `contactId` is authenticated, so that rows cannot be swapped. */
  seal(contactId: string, plain: string): string;
  open(keyId: string, contactId: string, sealed: string): string;
  /** HMAC-SHA256 under the current key, hex; '' for ''. `kind` keeps an e-mail's hash apart from a phone's. */
  hash(kind: HashKind, normalised: string): string;
  /** The same under every key, for a search over rows that older keys sealed. */
  hashes(kind: HashKind, normalised: string): string[];
  /** The secrets that `hash` works with, the current one first: tombstones that were made under them stay readable so. */
  hashingKeys(): readonly Buffer[];
  /** What `hash` worked with when this key was the current one; null where the key is not given. */
  hashingKeyOf(keyId: string): Buffer | null;
  /** From now on what is sealed and hashed is so under this key; those before it still open. */
  adopt(key: IdentityKey): void;
}

/**
 * The portal is part of the key derivation (HKDF-SHA256), so that one person's hash in two portals cannot be linked, and
 * sealing and hashing use separate keys.
 */
export function createIdentityVault(keys: readonly IdentityKey[], portalId: string): IdentityVault {
  const [first] = keys;
  if (first === undefined)
    throw new KithError('identity-key', {
      en: 'No identity key was given; contacts cannot be kept without one',
      zh: '没有给出身份密钥；没有它就不能保存联系人',
    });
  const derive = ({ id, secret }: IdentityKey) => ({
    id,
    sealing: deriveKey(secret, portalId, 'seal'),
    hashing: deriveKey(secret, portalId, 'hash'),
  });
  const derived = new Map(keys.map((key) => [key.id, derive(key)]));
  let own = derived.get(first.id)!;
  return {
    get currentKeyId() {
      return own.id;
    },
    seal: (contactId, plain) => seal(own.sealing, contactId, plain),
    hashingKeys: () => [own, ...[...derived.values()].filter((one) => one !== own)].map(({ hashing }) => hashing),
    hashingKeyOf: (keyId) => derived.get(keyId)?.hashing ?? null,
    adopt(key) {
      own = derived.get(key.id) ?? derive(key);
      derived.set(key.id, own);
    },
    open(keyId, contactId, sealed) {
      const key = derived.get(keyId);
      if (key === undefined) {
        throw new KithError('identity-key', {
          en: `Contacts are sealed with the identity key "${keyId}", which is not among the keys given (${[...derived.keys()].join(', ')}); add it after the current one`,
          zh: `联系人由身份密钥“${keyId}”加密，但它不在所给的密钥中（${[...derived.keys()].join('、')}）；请把它加在当前密钥之后`,
        });
      }
      try {
        return unseal(key.sealing, contactId, sealed);
      } catch (cause) {
        throw new KithError(
          'identity-key',
          {
            en: `The identity of contact ${contactId} does not open with the key "${keyId}"; the key's secret was changed or the row was altered`,
            zh: `联系人 ${contactId} 的身份信息无法用密钥“${keyId}”打开；密钥内容已更改，或该行被改动`,
          },
          { cause },
        );
      }
    },
    hash: (kind, normalised) => (normalised === '' ? '' : keyedHash(own.hashing, kind, normalised)),
    hashes: (kind, normalised) =>
      normalised === '' ? [] : [...derived.values()].map(({ hashing }) => keyedHash(hashing, kind, normalised)),
  };
}

/** HMAC-SHA256, hex. */
export function keyedHash(key: Buffer, kind: string, text: string): string {
  return createHmac('sha256', key).update(`${kind}:${text}`).digest('hex');
}

/** What makes a secret none: all bytes alike, a short pattern over and over, or too few different bytes for random ones; else null. */
export function weaknessOf({ secret }: IdentityKey): 'repeated' | 'pattern' | 'few-bytes' | null {
  const different = new Set(secret).size;
  if (different === 1) return 'repeated';
  for (let period = 2; period <= secret.length / 2; period++) {
    if (secret.every((byte, i) => i < period || byte === secret[i - period])) return 'pattern';
  }
  const steps = new Set(Array.from(secret, (byte, i) => (byte - secret[(i + 1) % secret.length]! + 256) % 256));
  if (steps.size <= 3) return 'pattern';
  // 32 random bytes hold 30 different ones as a rule, and fewer than 20 about once in 10¹².
  return different < 20 ? 'few-bytes' : null;
}

/** Lower case and trimmed: what two spellings of one address share. */
export function normaliseEmail(email: string): string {
  return email.trim().toLowerCase();
}

/** Digits and a leading plus only. */
export function normalisePhone(phone: string): string {
  const digits = phone.replace(/\D/g, '');
  return digits === '' ? '' : `${phone.trim().startsWith('+') ? '+' : ''}${digits}`;
}
