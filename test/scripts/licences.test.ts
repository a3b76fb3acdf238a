import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { isAllowed, licenceList, productionLicences } from '../../scripts/licences.ts';

it('everything that Kith needs to run may be given on with it, builds for other machines too', () => {
  const packages = productionLicences(process.cwd());
  expect(packages.length).toBeGreaterThan(100);
  expect(packages.filter(({ licence }) => !isAllowed(licence))).toEqual([]);
  expect(packages).toContainEqual(expect.objectContaining({ name: '@chdb/lib-darwin-arm64', licence: 'Apache-2.0' }));
});

it('a package of which nothing says under which licence it is ends the script with 1', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kith-licences-'));
  const packages = {
    'node_modules/whole': { version: '2.0.0', license: 'MIT', optionalDependencies: { 'whole-mac': '2.0.0' } },
    'node_modules/whole-mac': { version: '2.0.0', os: ['darwin'], optional: true },
    'node_modules/stray-mac': { version: '2.0.0', os: ['darwin'], optional: true },
  };
  writeFileSync(join(folder, 'package-lock.json'), JSON.stringify({ packages }));
  const ran = spawnSync(resolve('node_modules/.bin/tsx'), [resolve('scripts/licences.ts')], { cwd: folder });
  expect([ran.status, ran.stderr.toString()]).toEqual([1, 'not allowed: stray-mac@2.0.0 (unknown)\n']);
  rmSync(folder, { recursive: true });
});

it('a licence that asks for more is refused, and of two to choose from one is enough', () => {
  expect(['GPL-3.0', 'AGPL-3.0-only', 'MIT AND GPL-2.0', 'SEE LICENSE IN x', 'unknown'].filter(isAllowed)).toEqual([]);
  expect(['(MIT OR GPL-3.0)', 'Apache-2.0 AND MIT', '(BSD-2-Clause OR MIT)'].every(isAllowed)).toBe(true);
  expect(licenceList([{ name: 'a', version: '1.0.0', licence: 'MIT' }])).toBe('MIT (1)\n  a@1.0.0\n');
});
