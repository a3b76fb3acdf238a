import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadConfig, SETTINGS } from '../../src/config.ts';
import { readTenants } from '../../src/tenants.ts';

const guide = readFileSync('docs/guides/several-companies.md', 'utf8');
const quoted = [...guide.matchAll(/`([^`\n]+)`/g)].map(([, text]) => text!);

it('names settings and files that there are', () => {
  const names = quoted.flatMap((text) => text.match(/\b[A-Z]+(?:_[A-Z]+)+\b/g) ?? []);
  expect(new Set(names).size).toBeGreaterThan(8);
  const known = SETTINGS.map(({ name }) => String(name));
  expect([...new Set(names)].filter((name) => !known.includes(name))).toEqual([]);
  for (const [, path = ''] of guide.matchAll(/\]\((?!https?:)([^)#]+)/g))
    expect(existsSync(join('docs/guides', path)), path).toBe(true);
});

it('lists exactly the settings that a tenant may not have', () => {
  const [, list = ''] = /but those of the whole process \(([^)]+)\)/.exec(guide) ?? [];
  const told = [...list.matchAll(/`(\w+)`/g)].map(([, name]) => name!);
  const folder = mkdtempSync(join(tmpdir(), 'kith-guide-'));
  try {
    const refused = SETTINGS.map(({ name }) => String(name)).filter((name) => {
      writeFileSync(join(folder, 'acme.env'), `${name}=\n`);
      const environment = { KITH_TENANTS_DIR: folder };
      return readTenants(environment, loadConfig(environment)).broken.size > 0;
    });
    const aboutTenants = ['KITH_SHARD', 'KITH_SHARD_URLS', 'KITH_SIGN_UP', 'KITH_TENANT', 'KITH_TENANTS_DIR'];
    expect(refused.filter((name) => !aboutTenants.includes(name)).sort()).toEqual(told.sort());
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
