import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { SETTINGS } from '../../src/config.ts';
import { portalStateSchema } from '../../src/state/portal-state.ts';
import { tryWords } from './try-words.ts';

const guide = readFileSync('docs/guides/operations.md', 'utf8');
const quoted = [...guide.matchAll(/`([^`]+)`/g)].map(([, text]) => text!);
const source = (path: string): string => readFileSync(path, 'utf8');

it('every command and option that it names is there', async () => {
  const commands = quoted.filter((text) => /^kith [a-z]/.test(text));
  expect(commands.length).toBeGreaterThan(8);
  for (const text of commands) expect(await tryWords(text.split(' ').slice(1)), text).toMatchObject({ code: 0 });
  expect((await tryWords(['backup', 'DIR', '--with-keys'])).code).toBe(2);
});

it('every variable that it names is one of Kith’s, or of Node', () => {
  const names = new Set(quoted.filter((text) => /^[A-Z]+(?:_[A-Z]+)+$/.test(text)));
  expect(names.size).toBeGreaterThan(6);
  const known = new Set<string>([...SETTINGS.map(({ name }) => name), 'NODE_OPTIONS']);
  expect([...names].filter((name) => !known.has(name))).toEqual([]);
});

it('every file and address that it names is one that Kith writes or answers', () => {
  const code = [
    'src/jobs/backup-format.ts',
    'src/store/connect.ts',
    'src/store/erasure-record.ts',
    'src/store/data-lock.ts',
    'src/store/connection-file.ts',
    'src/store/installation-file.ts',
    'src/state/state-store.ts',
    'src/store/identity-key-file.ts',
    'integrations/http/create-listener.ts',
  ]
    .map(source)
    .join('\n');
  const files = new Set(quoted.filter((text) => /^[\w-]+\.(?:json|key|lock)$/.test(text)));
  expect(files.size).toBeGreaterThan(5);
  for (const file of files) expect(code).toContain(`'${file}'`);
  for (const path of quoted.flatMap((text) => /^(?:GET )?(\/[a-z]+z)$/.exec(text)?.[1] ?? []))
    expect(code).toContain(`'${path}'`);
});

const WORDS = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];

/** Figures of the code, each with the sentence of the guide that tells it: `#` stands for the figure, `@` for it as a word. */
const FIGURES: readonly (readonly [path: string, figure: RegExp, inUnit: number, sentence: string])[] = [
  ['src/jobs/upkeep-jobs.ts', /BACKUPS_KEPT = ([\d_]+);/, 1, 'and the newest # are kept'],
  ['src/jobs/upkeep-jobs.ts', /name: 'backup',\s+schedule: '10 (\d+) \* \* \*'/, 1, 'one is made every night at #:10'],
  ['src/serve-until-stopped.ts', /STOPS_WITHIN_MS = ([\d_]+);/, 1_000, 'the process ends within # s'],
  ['src/jobs/readiness.ts', /ANSWERS_WITHIN_MS = ([\d_]+);/, 1_000, 'the store answers within # s'],
  ['src/jobs/readiness.ts', /ANSWERS_WITHIN_MS = ([\d_]+);/, 1_000, 'the store has not answered for # s'],
  ['src/jobs/readiness.ts', /= ([\d_]+) \* 60 \* 60/, 1, 'is younger than\n  # hours'],
  ['src/limit-handlers.ts', /AT_ONCE = ([\d_]+);/, 1, 'a person may have @ questions under way at once'],
  ['src/lib/read-body.ts', /MOST_BODY_BYTES = ([\d_]+);/, 1_000_000, 'A request may hold # MB'],
  ['src/limit-handlers.ts', /WORKED_ON = ([\d_]+);/, 1, 'Answers are made # at a time'],
  ['src/limit-handlers.ts', /WAITS_MS = ([\d_]+);/, 1_000, 'has waited # s for their turn'],
  ['integrations/slack/in-flight.ts', /MOST_AT_ONCE = ([\d_]+);/, 1, 'all people together #.'],
  ['Dockerfile', /MALLOC_ARENA_MAX=(\d+)/, 1, '`MALLOC_ARENA_MAX=#`'],
  ['Dockerfile', /MALLOC_MMAP_THRESHOLD_=(\d+)/, 1, '`MALLOC_MMAP_THRESHOLD_=#`'],
  ['Dockerfile', /NODE_OPTIONS=--max-old-space-size=(\d+)/, 1024, 'The container gives the main thread # GB'],
];

it.each(FIGURES)('its figure is that of %s %s', (path, pattern, inUnit, sentence) => {
  const found = pattern.exec(source(path));
  const value = Number(found?.[1]?.replaceAll('_', '')) / inUnit;
  expect(guide).toContain(sentence.replace('#', String(value)).replace('@', WORDS[value] ?? String(value)));
});

it('what it says is kept for how long is what is kept unless somebody decides otherwise', () => {
  const { retentionDays } = portalStateSchema.parse({});
  for (const [name, days] of Object.entries(retentionDays)) expect(guide).toContain(`\`${name}\` ${days}`);
});
