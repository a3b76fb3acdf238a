import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { newIdentityKey, parseIdentityKeys, weaknessOf } from '../../../src/store/identity-keys.ts';

const key = (secret: Buffer) => ({ id: 'k', secret });

describe('the weakness of an identity key', () => {
  it('is told of zeros, a repeated byte, a repeated pattern, counting up, and a text', () => {
    expect(weaknessOf(key(Buffer.alloc(32)))).toBe('repeated');
    expect(weaknessOf(key(Buffer.alloc(32, 7)))).toBe('repeated');
    expect(weaknessOf(key(Buffer.from('passwordpasswordpasswordpassword')))).toBe('pattern');
    expect(weaknessOf(key(Buffer.from(Array.from({ length: 32 }, (_, i) => i))))).toBe('pattern');
    expect(weaknessOf(key(Buffer.from('our own secret for our customers')))).toBe('few-bytes');
  });

  it('is none of keys that were drawn', () => {
    for (let i = 0; i < 2_000; i++) expect(weaknessOf(key(randomBytes(32)))).toBeNull();
    expect(weaknessOf(parseIdentityKeys(newIdentityKey())[0]!)).toBeNull();
  });
});
