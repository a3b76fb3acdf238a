import { describe, expect, it } from 'vitest';
import { databaseName, portalIdOf } from '../../../src/store/database-name.ts';

const TENANTS = [null, 'a', 'ac', 'b', 'ac-me', 'ac-me-1', '2d', '5f'];
const PORTALS = ['1', '123', 'a', 'ac', 'ac__1', '__1', '_2d', '_ac__1', 'ünïon 中', '-', 'A'];

describe('the name of a database', () => {
  it('is one tenant’s and one portal’s alone, and says to that tenant which portal’s', () => {
    const names = new Map<string, string>();
    for (const tenant of TENANTS) {
      for (const portal of PORTALS) {
        const name = databaseName(portal, tenant);
        expect(name).toMatch(/^kith_[a-z0-9_]+$/);
        expect(names.get(name)).toBeUndefined();
        names.set(name, portal);
        for (const other of TENANTS) expect(portalIdOf(name, other)).toBe(other === tenant ? portal : null);
      }
    }
  });

  it('is refused where there is no id, or one that no file system takes', () => {
    expect(() => databaseName('')).toThrow(/empty/);
    expect(() => databaseName('中'.repeat(40))).toThrow(/too long/);
  });
});
