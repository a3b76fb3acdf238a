import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { SETTINGS } from '../../src/config.ts';
import { tryWords } from './try-words.ts';

const guide = readFileSync('docs/guides/capacity.md', 'utf8');
const quoted = [...guide.matchAll(/`([^`\n]+)`/g)].map(([, text]) => text!);

it('names settings, commands and pages that there are', async () => {
  const names = new Set(quoted.flatMap((text) => text.match(/\b[A-Z]+(?:_[A-Z]+)+\b/g) ?? []));
  expect(names.size).toBeGreaterThan(3);
  const known = SETTINGS.map(({ name }) => String(name));
  expect([...names].filter((name) => !known.includes(name))).toEqual([]);
  const commands = quoted.filter((text) => /^kith [a-z]/.test(text));
  expect(commands.length).toBeGreaterThan(0);
  for (const text of commands) expect(await tryWords(text.split(' ').slice(1)), text).toMatchObject({ code: 0 });
  for (const [, path = ''] of guide.matchAll(/\]\((?!https?:)([^)#]+)/g))
    expect(existsSync(join('docs/guides', path)), path).toBe(true);
});

it('names a bench with options that there are', () => {
  const bench = readFileSync('bench/main.ts', 'utf8');
  expect(quoted).toContain('npm run bench -- --only growth --million');
  expect(bench).toMatch(/\n {2}growth: benchGrowth,/);
  expect(bench).toContain("million: { type: 'boolean'");
});

it('tells the limits of samples and parts that the code has', () => {
  const constant = (path: string, name: string): number =>
    Number(new RegExp(`const ${name} = ([\\d_]+)`).exec(readFileSync(path, 'utf8'))?.[1]?.replaceAll('_', ''));
  const told = (value: number): string => value.toLocaleString('en');
  expect(guide).toContain(`at most ${told(constant('src/analyses/churn-panel.ts', 'MAX_TRAINING_ROWS'))} rows`);
  expect(guide).toContain(`at most ${told(constant('src/analyses/churn-panel.ts', 'MAX_TEST_ROWS'))}\n`);
  expect(guide).toContain(`the store ${told(constant('src/jobs/worker.ts', 'ROWS_AT_ONCE'))} at a time`);
  expect(guide).toContain(
    `${told(constant('src/jobs/analyse.ts', 'MANY_CUSTOMERS'))} customers one analysis is read and computed after the other`,
  );
  expect(guide).toContain(`from ${constant('src/store/connect.ts', 'SPILL_FROM')} MB on`);
});
