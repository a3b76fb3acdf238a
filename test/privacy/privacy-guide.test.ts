import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { copiedObjects } from '../../integrations/hubspot/copied-objects.ts';
import { portalStateSchema } from '../../src/state/portal-state.ts';
import { tryWords } from '../docs/try-words.ts';

const guide = readFileSync('docs/guides/privacy.md', 'utf8');

describe('the guide for a data-protection officer', () => {
  it('lists exactly the properties that are copied', () => {
    const listed = new Map(
      [...guide.matchAll(/^\| (\w+) +\| (`.+`) +\|$/gmu)].map(([, object, properties]) => [
        object,
        [...properties!.matchAll(/`([^`]+)`/gu)].map(([, name]) => name),
      ]),
    );
    const copied = copiedObjects({}, { engagements: false }).filter(
      ({ object }) => !['owners', 'pipelines'].includes(object),
    );
    expect(listed.size).toBe(copied.length);
    for (const { object, properties } of copied) expect(listed.get(object), object).toEqual(properties);
  });

  it('says how long things are kept as the settings have it', () => {
    const said = Object.fromEntries(
      [...guide.matchAll(/\| (\d+) +\| `retentionDays\.(\w+)` +\|/gu)].map(([, days, name]) => [name, Number(days)]),
    );
    expect(said).toEqual(portalStateSchema.parse({}).retentionDays);
  });

  it('names commands and options that there are', async () => {
    const lines = new Set([...guide.matchAll(/`kith ([^`]+)`/gu)].map(([, line]) => line!));
    expect(new Set([...lines].map((line) => line.split(' ')[0])).size).toBeGreaterThanOrEqual(7);
    for (const line of lines) {
      const words = line.split(' ');
      const { code, said } = await tryWords([words[0]!, '--help']);
      expect(code, line).toBe(0);
      expect(said).toContain(`Usage: kith ${words[0]} `);
      for (const option of words.filter((word) => word.startsWith('--'))) expect(said, line).toContain(option);
    }
  });
});
