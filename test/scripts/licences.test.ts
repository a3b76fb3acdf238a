import { expect, it } from 'vitest';
import { isAllowed, licenceList, productionLicences } from '../../scripts/licences.ts';

const packages = productionLicences(process.cwd());

it('everything that Kith needs to run may be given on with it', () => {
  expect(packages.length).toBeGreaterThan(100);
  // A build for another machine is not installed here; it comes with the package that is, under the same licence.
  const silent = packages.filter(({ licence }) => licence === 'unknown').map(({ name }) => name);
  expect(silent.filter((name) => !/^@(chdb\/lib|napi-rs\/canvas)-/.test(name))).toEqual([]);
  const refused = packages.filter(({ licence }) => licence !== 'unknown' && !isAllowed(licence));
  expect(refused).toEqual([]);
});

it('a licence that asks for more is refused, and of two to choose from one is enough', () => {
  expect(['GPL-3.0', 'AGPL-3.0-only', 'MIT AND GPL-2.0', 'SEE LICENSE IN x', 'unknown'].filter(isAllowed)).toEqual([]);
  expect(['(MIT OR GPL-3.0)', 'Apache-2.0 AND MIT', '(BSD-2-Clause OR MIT)'].every(isAllowed)).toBe(true);
  expect(licenceList([{ name: 'a', version: '1.0.0', licence: 'MIT' }])).toBe('MIT (1)\n  a@1.0.0\n');
});
