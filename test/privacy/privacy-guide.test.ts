import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { copiedObjects } from '../../integrations/hubspot/copied-objects.ts';
import { portalStateSchema } from '../../src/state/portal-state.ts';

const guide = readFileSync('docs/guides/privacy.md', 'utf8');
const program = readFileSync('src/cli/program.ts', 'utf8');

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

  it('names commands and options that there are', () => {
    const commands = new Set([...guide.matchAll(/`kith ([a-z-]+)/gu)].map(([, name]) => name!));
    expect(commands.size).toBeGreaterThanOrEqual(7);
    for (const name of commands) expect(program, name).toMatch(new RegExp(`command\\('${name}[ ']`, 'u'));
    for (const [, option] of guide.matchAll(/`kith [^`]*(--[a-z-]+)/gu)) expect(program).toContain(`'${option}`);
  });
});
