import { describe, expect, it } from 'vitest';
import { unwritable } from '../../../src/store/data-folder.ts';
import { databaseName, portalIdOf } from '../../../src/store/database-name.ts';
import { createIdentityVault, newIdentityKey, parseIdentityKeys } from '../../../src/store/identity-keys.ts';
import { prepare } from '../../../src/store/migrate.ts';
import { migrations } from '../../../src/store/migrations/index.ts';
import { createSeenIds } from '../../../src/store/seen-ids.ts';
import { storeError } from '../../../src/store/store-error.ts';

describe('a database name', () => {
  it('is safe and tells the portal id back', () => {
    expect(databaseName('online-retail')).toBe('kith_online_2dretail');
    for (const id of ['1', 'A', 'a', '_', '_2d', '-', 'é', '客户', '../x', 'a b']) {
      expect(databaseName(id)).toMatch(/^kith_[a-z0-9_]+$/);
      expect(portalIdOf(databaseName(id))).toBe(id);
    }
    expect(portalIdOf('default')).toBeNull();
    expect(portalIdOf('kith_a_zz')).toBeNull();
  });

  it('is refused for an empty or endless id', () => {
    expect(() => databaseName('')).toThrow(/empty/);
    expect(() => databaseName('x'.repeat(300))).toThrow(/too long/);
  });
});

describe('identity keys', () => {
  it('are read from their text, the first being the current one', () => {
    const text = `${newIdentityKey()}, ${newIdentityKey()},`;
    const keys = parseIdentityKeys(text);
    expect(keys.map(({ secret }) => secret.length)).toEqual([32, 32]);
    expect(createIdentityVault(keys, 'p').currentKeyId).toBe(keys[0]?.id);
  });

  it.each([
    ['', /No identity key/],
    ['justbase64', /does not start with a name/],
    ['k1:c2hvcnQ=', /"k1" holds 5 bytes, not 32/],
  ])('%j is refused with what is wrong', (text, message) => {
    expect(() => parseIdentityKeys(text)).toThrow(message);
  });

  it('two of one name are refused, and no message holds a secret', () => {
    const key = newIdentityKey();
    expect(() => parseIdentityKeys(`${key},${key}`)).toThrow(/Two identity keys/);
    try {
      parseIdentityKeys(`k1:${'c2VjcmV0'.repeat(3)}`);
    } catch (error) {
      expect(String(error)).not.toContain('c2VjcmV0');
    }
  });
});

describe('an identity vault', () => {
  const key = { id: 'k1', secret: Buffer.alloc(32, 1) };
  const vault = createIdentityVault([key], 'portal');

  it('seals the same text differently every time and opens it again', () => {
    const sealed = [vault.seal('7', 'Anna 安娜'), vault.seal('7', 'Anna 安娜')];
    expect(sealed[0]).not.toBe(sealed[1]);
    expect(sealed.map((text) => vault.open('k1', '7', text))).toEqual(['Anna 安娜', 'Anna 安娜']);
  });

  it('does not open what was moved to another contact or changed by one bit', () => {
    const sealed = vault.seal('7', 'Anna');
    expect(() => vault.open('k1', '8', sealed)).toThrow(/contact 8 does not open/);
    const bytes = Buffer.from(sealed, 'base64');
    bytes[14]! ^= 1;
    expect(() => vault.open('k1', '7', bytes.toString('base64'))).toThrow(/does not open/);
  });

  it('hashes one person differently in two portals, and an e-mail apart from a phone', () => {
    const other = createIdentityVault([key], 'other');
    expect(vault.hash('email', 'a@b.c')).toMatch(/^[0-9a-f]{64}$/);
    expect(other.hash('email', 'a@b.c')).not.toBe(vault.hash('email', 'a@b.c'));
    expect(vault.hash('phone', 'a@b.c')).not.toBe(vault.hash('email', 'a@b.c'));
    expect(vault.hash('email', '')).toBe('');
  });
});

describe('migrations', () => {
  it('are numbered one by one', () => {
    expect(migrations.map(({ number }) => number)).toEqual(migrations.map((_, i) => i + 1));
  });

  it('name the portal’s database, can run again, and are replicated on a cluster', () => {
    const sql = 'CREATE TABLE a (id String) ENGINE = ReplacingMergeTree(version) ORDER BY id';
    expect(prepare(sql, false)).toBe(
      'CREATE TABLE IF NOT EXISTS {db:Identifier}.a (id String) ENGINE = ReplacingMergeTree(version) ORDER BY id',
    );
    expect(prepare(sql, true)).toContain('ENGINE = ReplicatedReplacingMergeTree(version)');
    expect(prepare('ALTER TABLE a ADD COLUMN b String', false)).toBe(
      'ALTER TABLE {db:Identifier}.a ADD COLUMN b String',
    );
    for (const { statements } of migrations) {
      for (const statement of statements) expect(prepare(statement, false)).toContain('{db:Identifier}.');
    }
  });
});

describe('seen ids', () => {
  it('never say no to one that was added, and seldom yes to one that was not', () => {
    const seen = createSeenIds()('deals');
    for (let i = 0; i < 100_000; i++) seen.add(`5360${i}`);
    let missed = 0;
    let wrong = 0;
    for (let i = 0; i < 100_000; i++) {
      if (!seen.mayHave(`5360${i}`)) missed += 1;
      if (seen.mayHave(`5361${i}x`)) wrong += 1;
    }
    expect(missed).toBe(0);
    expect(wrong).toBeLessThan(20);
  });

  it('are kept apart by kind, though all kinds share one filter', () => {
    const ofKind = createSeenIds();
    const [deals, tickets] = [ofKind('deals'), ofKind('tickets')];
    for (let i = 0; i < 1_000; i++) deals.add(String(i));
    const taken = Array.from({ length: 1_000 }, (_, i) => String(i)).filter((id) => tickets.mayHave(id));
    expect(taken).toEqual([]);
    expect(ofKind('deals').mayHave('999')).toBe(true);
  });
});

describe('a failure to write', () => {
  it('says whether the disk is full, read-only or not allowed, and what to do', () => {
    const failure = (code: string): string => unwritable('/data', Object.assign(new Error(code), { code })).message;
    expect(failure('ENOSPC')).toBe(
      'Kith cannot write to the data folder /data: the disk is full; free some space or choose another folder with KITH_DATA_DIR',
    );
    expect(failure('EROFS')).toContain('read-only');
    expect(failure('EACCES')).toContain('may not write');
    const full = storeError(new Error('Cannot write: No space left on device'), 'write', ['deals'], false);
    expect(full).toMatchObject({ code: 'store-unwritable', message: expect.stringContaining('disk is full') });
  });
});
