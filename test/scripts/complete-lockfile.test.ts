import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type Lockfile, missingEntries } from '../../scripts/complete-lockfile.ts';

describe('the lockfile', () => {
  test('names every optional package, so that npm ci works on every platform', () => {
    const lockfile: Lockfile = JSON.parse(readFileSync('package-lock.json', 'utf8'));
    expect([...missingEntries(lockfile).keys()]).toEqual([]);
  });

  test('names no registry', () => {
    expect(readFileSync('package-lock.json', 'utf8')).not.toMatch(/"resolved"|https?:\/\/[^"]*\.tgz/);
  });

  test('is seen to be incomplete when an optional package has no entry', () => {
    const lockfile: Lockfile = {
      packages: {
        'node_modules/a': {
          version: '1.0.0',
          dev: true,
          optionalDependencies: { '@a/linux-arm64-musl': '1.0.0', '@a/win32-x64': '1.0.0' },
        },
        'node_modules/@a/win32-x64': { version: '1.0.0' },
      },
    };
    expect(Object.fromEntries(missingEntries(lockfile))).toEqual({
      'node_modules/@a/linux-arm64-musl': {
        version: '1.0.0',
        cpu: ['arm64'],
        os: ['linux'],
        libc: ['musl'],
        optional: true,
        dev: true,
      },
    });
  });
});
