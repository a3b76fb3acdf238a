import { createCipheriv, createDecipheriv, hkdfSync, randomFillSync } from 'node:crypto';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** A key of its own for each portal and purpose (HKDF-SHA256), so that nothing sealed in one place opens in another. */
export function deriveKey(secret: Buffer, portalId: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, portalId, `kith identity ${purpose}`, 32));
}

/** base64 of nonce, ciphertext and tag (AES-256-GCM); `place` is authenticated, so that sealed texts cannot be swapped. */
export function seal(key: Buffer, place: string, plain: string): string {
  const nonce = nextNonce();
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(Buffer.from(place));
  return Buffer.concat([nonce, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString('base64');
}

/** Random bytes for many nonces: asking for those of each takes as long as sealing a name. */
const nonces = Buffer.alloc(NONCE_BYTES * 512);
let nextAt = nonces.length;

/** Each is given once; a copy, since the bytes that it is taken from are filled anew. */
function nextNonce(): Buffer {
  if (nextAt === nonces.length) {
    randomFillSync(nonces);
    nextAt = 0;
  }
  const nonce = Buffer.from(nonces.subarray(nextAt, nextAt + NONCE_BYTES));
  nextAt += NONCE_BYTES;
  return nonce;
}

/** Throws when the key, the place or a byte is another. */
export function unseal(key: Buffer, place: string, sealed: string): string {
  const bytes = Buffer.from(sealed, 'base64');
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES));
  decipher.setAAD(Buffer.from(place));
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]).toString('utf8');
}
