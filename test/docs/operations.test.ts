import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { runProgram } from '../../src/cli/program.ts';
import { SETTINGS } from '../../src/config.ts';
import { portalStateSchema } from '../../src/state/portal-state.ts';

const guide = readFileSync('docs/guides/operations.md', 'utf8');
const quoted = [...guide.matchAll(/`([^`]+)`/g)].map(([, text]) => text!);
const source = (path: string): string => readFileSync(path, 'utf8');

async function help(words: readonly string[]): Promise<string> {
  let said = '';
  const out = (text: string): void => {
    said += text;
  };
  const never = (): never => {
    throw new Error('nothing is opened for help');
  };
  await runProgram([...words, '--help'], {
    terminal: { out, err: out, isTerminal: false, columns: 100 },
    version: '0',
    language: 'en',
    open: never,
    manifest: never,
    doctor: never,
    start: never,
    demo: never,
  });
  return said;
}

it('every command and option that it names is there', async () => {
  const commands = quoted.filter((text) => /^kith [a-z]/.test(text));
  expect(commands.length).toBeGreaterThan(8);
  for (const text of commands) {
    const [, name = '', ...rest] = text.split(' ');
    const said = await help([name]);
    expect(said, text).toContain(`Usage: kith ${name}`);
    for (const option of rest.filter((word) => word.startsWith('--'))) expect(said, text).toContain(option);
  }
});

it('every variable that it names is one of Kith’s, or of Node', () => {
  const names = new Set(quoted.filter((text) => /^[A-Z]+(?:_[A-Z]+)+$/.test(text)));
  expect(names.size).toBeGreaterThan(6);
  const known = new Set<string>([...SETTINGS.map(({ name }) => name), 'NODE_OPTIONS']);
  expect([...names].filter((name) => !known.has(name))).toEqual([]);
  expect(source('Dockerfile')).toContain('NODE_OPTIONS=--max-old-space-size=2048');
});

it('every file and address that it names is one that Kith writes or answers', () => {
  const code = [
    'src/jobs/backup.ts',
    'src/store/connect.ts',
    'src/store/erasure-record.ts',
    'src/store/data-lock.ts',
    'src/store/connection-file.ts',
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

it('its figures are those of the code', () => {
  const { retentionDays } = portalStateSchema.parse({});
  for (const [name, days] of Object.entries(retentionDays)) expect(guide).toContain(`\`${name}\` ${days}`);
  expect(source('src/jobs/upkeep-jobs.ts')).toMatch(/BACKUPS_KEPT = 14;[\s\S]*'10 2 \* \* \*'/);
  expect(source('src/serve-until-stopped.ts')).toContain('STOPS_WITHIN_MS = 10_000');
  expect(source('src/jobs/readiness.ts')).toMatch(/ANSWERS_WITHIN_MS = 5_000[\s\S]*26 \* 60 \* 60/);
  expect(source('src/limit-handlers.ts')).toContain('AT_ONCE = 3');
  expect(source('integrations/http/create-listener.ts')).toContain('MOST_BODY_BYTES = 1_000_000');
});
