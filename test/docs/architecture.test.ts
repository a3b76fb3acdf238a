import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const page = readFileSync('ARCHITECTURE.md', 'utf8');
const quoted = new Set([...page.matchAll(/`([^`\n]+)`/g)].map(([, text]) => text));

it('every file and folder of src has its place in ARCHITECTURE.md, and no other is named', () => {
  const entries = readdirSync('src', { withFileTypes: true }).map(({ name }) => `src/${name}`);
  expect(entries.length).toBeGreaterThan(30);
  expect(entries.filter((entry) => !quoted.has(entry))).toEqual([]);
  const named = [...quoted].filter((text) => /^src\/[\w-]+(?:\.ts)?$/.test(text!));
  expect(named.filter((text) => !entries.includes(text!))).toEqual([]);
});

it('every file that Kith keeps in the data folder is in its table', () => {
  const kept = [
    'state.json',
    'identity.key',
    'erasures.json',
    'hubspot-connection.json',
    'hubspot-connection.lock',
    'slack-connection.json',
    'slack-connection.lock',
    'kith.lock',
    'kith.sock',
  ];
  for (const file of kept) expect(quoted).toContain(file);
  // What the sources write there, wherever they do.
  const sources = ['src/store', 'src/state', 'src/cli'].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts'))
      .map((path) => readFileSync(`${folder}/${path}`, 'utf8')),
  );
  const written = sources.flatMap((source) =>
    [...source.matchAll(/'([\w-]+\.(?:json|key|lock|sock))'/g)].map(([, name]) => name!),
  );
  expect([...new Set(written)].sort()).toEqual([...kept].sort());
});
