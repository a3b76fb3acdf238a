import { readdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { digests } from '../../../src/digests/index.ts';
import { portalStateSchema } from '../../../src/state/portal-state.ts';

describe('the register of digests', () => {
  it('holds every digest of the folder, called like its file', async () => {
    const folder = new URL('../../../src/digests/', import.meta.url);
    const found: unknown[] = [];
    for (const file of (await readdir(folder)).filter((name) => name.endsWith('.ts') && name !== 'index.ts')) {
      const exported: Record<string, unknown> = await import(new URL(file, folder).href);
      const digest = exported[file.replace('.ts', '')];
      if (typeof digest === 'object' && digest !== null && 'build' in digest) found.push(digest);
    }
    expect(found.length).toBeGreaterThan(0);
    expect(new Set(digests)).toEqual(new Set(found));
  });

  it('has a schedule for each, a title in both languages, and names of their own', () => {
    const { schedules } = portalStateSchema.parse({});
    for (const digest of digests) {
      expect(schedules[digest.schedule]).toMatch(/^\S+ \S+ \S+ \S+ \S+$/);
      expect(digest.title.zh).toMatch(/\p{Script=Han}/u);
      expect(digest.title.en).not.toBe('');
    }
    expect(new Set(digests.map((digest) => digest.name)).size).toBe(digests.length);
  });
});
