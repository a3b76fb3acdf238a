import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

/**
 * A registry that offers only some platforms' builds of a package makes npm leave the others out of package-lock.json, and
 * `npm ci` then refuses the file on every platform. This adds the missing optional entries; run it after every change of
 * dependencies (`npm run lockfile`).
 */
interface LockEntry {
  version?: string;
  dev?: boolean;
  optional?: boolean;
  os?: string[];
  cpu?: string[];
  libc?: string[];
  optionalDependencies?: Record<string, string>;
  [other: string]: unknown;
}
export interface Lockfile {
  packages: Record<string, LockEntry>;
  [other: string]: unknown;
}

const OPERATING_SYSTEMS = [
  'linux',
  'darwin',
  'win32',
  'freebsd',
  'openbsd',
  'netbsd',
  'android',
  'aix',
  'sunos',
  'openharmony',
];
const PROCESSORS = ['x64', 'arm64', 'arm', 'ia32', 'ppc64', 's390x', 'riscv64', 'loong64', 'mips64el', 'wasm32'];

/** The optional dependencies that have no entry, by the path that the entry would have. */
export function missingEntries(lockfile: Lockfile): Map<string, LockEntry> {
  const missing = new Map<string, LockEntry>();
  for (const [path, entry] of Object.entries(lockfile.packages)) {
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
      if (isResolvable(lockfile, path, name)) continue;
      missing.set(`node_modules/${name}`, {
        version: version.replace(/^[\^~>=]+/, ''),
        ...platformOf(name),
        optional: true,
        ...(entry.dev === true ? { dev: true } : {}),
      });
    }
  }
  return missing;
}

function isResolvable(lockfile: Lockfile, path: string, name: string): boolean {
  for (let at = path; ; at = at.slice(0, Math.max(0, at.lastIndexOf('node_modules/') - 1))) {
    if (`${at === '' ? '' : `${at}/`}node_modules/${name}` in lockfile.packages) return true;
    if (at === '') return false;
  }
}

function platformOf(name: string): Pick<LockEntry, 'os' | 'cpu' | 'libc'> {
  const words = name.split(/[-/]/);
  const os = words.find((word) => OPERATING_SYSTEMS.includes(word));
  const cpu = words.map((word) => (word === 'armv7' ? 'arm' : word)).find((word) => PROCESSORS.includes(word));
  const libc = words.includes('musl') ? 'musl' : words.includes('gnu') || words.includes('glibc') ? 'glibc' : undefined;
  return {
    ...(cpu === undefined ? {} : { cpu: [cpu] }),
    ...(os === undefined ? {} : { os: [os] }),
    ...(libc === undefined ? {} : { libc: [libc] }),
  };
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const lockfile: Lockfile = JSON.parse(readFileSync('package-lock.json', 'utf8'));
  const missing = missingEntries(lockfile);
  for (const [path, entry] of missing) lockfile.packages[path] = entry;
  // An address would tie the file to one registry.
  for (const entry of Object.values(lockfile.packages)) delete entry.resolved;
  const packages = Object.fromEntries(
    Object.entries(lockfile.packages).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)),
  );
  writeFileSync('package-lock.json', `${JSON.stringify({ ...lockfile, packages }, null, 2)}\n`);
  process.stdout.write(`${missing.size} optional entries added\n`);
}
