import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** Licences under which Kith may be given on with what it needs to run. */
export const ALLOWED: readonly string[] = [
  'MIT',
  'ISC',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '0BSD',
  'BlueOak-1.0.0',
  'OFL-1.1',
  'Unlicense',
  'CC0-1.0',
  'Python-2.0',
];

const lockSchema = z.object({
  packages: z.record(
    z.string(),
    z.object({
      version: z.string().optional(),
      dev: z.boolean().optional(),
      devOptional: z.boolean().optional(),
      license: z.string().optional(),
      link: z.boolean().optional(),
      os: z.array(z.string()).optional(),
      optionalDependencies: z.record(z.string(), z.string()).optional(),
    }),
  ),
});
const packageSchema = z.object({
  license: z.union([z.string(), z.object({ type: z.string() })]).optional(),
  licenses: z.array(z.object({ type: z.string() })).optional(),
});

export interface LicensedPackage {
  readonly name: string;
  readonly version: string;
  /** 'unknown' where nothing says. */
  readonly licence: string;
}

/**
 * Every package that `npm ci --omit=dev` may install, by package-lock.json and, where that is silent, by the package itself. A build
 * for another machine is not installed here: it comes with the package that is, under its licence.
 */
export function productionLicences(folder: string): readonly LicensedPackage[] {
  const { packages } = lockSchema.parse(JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8')));
  const licenceAt = (path: string): string => packages[path]?.license ?? licenceOfInstalled(join(folder, path));
  const entries = Object.entries(packages).filter(
    ([path, entry]) => path !== '' && entry.dev !== true && entry.link !== true,
  );
  const builtFor = (name: string, version: string): string | undefined =>
    entries.find(([, { optionalDependencies }]) => optionalDependencies?.[name] === version)?.[0];
  return entries
    .map(([path, { version = '', os }]) => {
      const name = path.replace(/^.*node_modules\//, '');
      const own = licenceAt(path);
      const whole = own === 'unknown' && os !== undefined ? builtFor(name, version) : undefined;
      return { name, version, licence: whole === undefined ? own : licenceAt(whole) };
    })
    .sort((one, other) => (one.name < other.name ? -1 : one.name > other.name ? 1 : 0));
}

function licenceOfInstalled(path: string): string {
  try {
    const { license, licenses } = packageSchema.parse(JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')));
    if (typeof license === 'string') return license;
    return license?.type ?? licenses?.map(({ type }) => type).join(' OR ') ?? 'unknown';
  } catch {
    return 'unknown';
  }
}

/** Of `(A OR B)` one has to be allowed, of `A AND B` both. */
export function isAllowed(licence: string): boolean {
  return licence
    .replace(/[()]/g, '')
    .split(/\s+AND\s+/)
    .every((part) => part.split(/\s+OR\s+/).some((one) => ALLOWED.includes(one.trim())));
}

/** A table for people: licence, how many, and which. */
export function licenceList(packages: readonly LicensedPackage[]): string {
  const byLicence = new Map<string, string[]>();
  for (const { name, version, licence } of packages) {
    byLicence.set(licence, [...(byLicence.get(licence) ?? []), `${name}@${version}`]);
  }
  return [...byLicence]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(
      ([licence, names]) =>
        `${licence} (${names.length})\n${[...new Set(names)].map((name) => `  ${name}\n`).join('')}`,
    )
    .join('\n');
}

if (process.argv[1]?.endsWith('licences.ts') === true) {
  const packages = productionLicences(process.cwd());
  const refused = packages.filter(({ licence }) => !isAllowed(licence));
  process.stdout.write(licenceList(packages));
  for (const { name, version, licence } of refused)
    process.stderr.write(`not allowed: ${name}@${version} (${licence})\n`);
  process.exitCode = refused.length === 0 ? 0 : 1;
}
