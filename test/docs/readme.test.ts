import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { commandListings } from '../../src/app.ts';
import { SETTINGS } from '../../src/config.ts';
import { tryWords } from './try-words.ts';

const readme = readFileSync('README.md', 'utf8');
const quoted = [...readme.matchAll(/`([^`\n]+)`/g)].map(([, text]) => text!.replaceAll('\\|', '|'));
const commandLine = /## The command line\n([\s\S]*?)\n## /.exec(readme)?.[1] ?? '';

/** What stands for a value, as one that is taken. */
const VALUES: Readonly<Record<string, string>> = { INSTANT: '2026-01-31', N: '8080' };

/** `backup DIR [--with-key]` as it may be typed: without what is in brackets, and with all of it. */
function typed(text: string): string[][] {
  const [least, most] = [text.replace(/\[[^\]]*\]/g, ''), text.replace(/[[\]]/g, '')];
  const alternatives = [least, most].flatMap((line) => {
    const either = /(--\w+)\|(--\w+)/.exec(line);
    return either === null ? [line] : [line.replace(either[0], either[1]!), line.replace(either[0], either[2]!)];
  });
  return alternatives.map((line) =>
    line
      .split(' ')
      .filter((word) => word !== '')
      .map((word) => VALUES[word] ?? word.replace(/\|.*$/, '')),
  );
}

describe('the README', () => {
  const rows = commandLine.split('\n').filter((line) => /^\| `/.test(line));
  const named = rows.flatMap((row) => [...row.split(/(?<!\\)\|/)[1]!.matchAll(/`([^`]+)`/g)].map(([, text]) => text!));

  it.each(named.map((text) => text.replaceAll('\\|', '|')))(
    'names a command that is taken as written: kith %s',
    async (text) => {
      for (const words of typed(text)) expect(await tryWords(words), words.join(' ')).toMatchObject({ code: 0 });
    },
  );

  it('names every command of the command line', async () => {
    expect(named.length).toBeGreaterThan(20);
    const { said } = await tryWords(['--help']);
    const all = [...said.matchAll(/^ {2}([a-z][a-z-]*)/gm)].map(([, name]) => name!);
    expect(all.length).toBeGreaterThan(15);
    const words = new Set(named.map((text) => text.split(' ')[0]));
    expect(all.filter((name) => name !== 'help' && !words.has(name))).toEqual([]);
  });

  it('names no other command, option, or script of the command line in its text', async () => {
    const scripts = JSON.parse(readFileSync('package.json', 'utf8')).scripts as Record<string, string>;
    const lines = [...quoted, ...[...readme.matchAll(/^ *(npm .*?)(?: +#.*)?$/gm)].map(([, line]) => line!)];
    for (const [, script = ''] of lines.flatMap((line) => [...line.matchAll(/npm run ([a-z]+)/g)]))
      expect(scripts, script).toHaveProperty(script);
    const typedInText = lines.flatMap((line) => /^(?:npm run kith --|kith) ([a-z].*)$/.exec(line)?.[1] ?? []);
    expect(typedInText.length).toBeGreaterThan(5);
    for (const line of typedInText)
      expect(await tryWords(line.replace('…', 'x').split(' ')), line).toMatchObject({ code: 0 });
  });

  it('names slash commands that exist, all of them, and all that follows /kith', () => {
    const slash = quoted.flatMap((text) => /^\/([a-z-]+)(?: ([a-z]+))?/.exec(text)?.slice(1, 3).join(' ').trim() ?? []);
    const names = new Set(slash.map((text) => text.split(' ')[0]!));
    expect([...names].sort()).toEqual(commandListings.map(({ name }) => name).sort());
    const usage = commandListings.find(({ name }) => name === 'kith')!.usage;
    const under = slash.flatMap((text) => /^kith (.+)$/.exec(text)?.[1] ?? []);
    expect([...new Set(under)].sort()).toEqual(usage.replace(/[[\]]/g, '').split('|').sort());
  });

  it('names variables that Kith reads', () => {
    const names = quoted.flatMap((text) => text.match(/\b[A-Z]+(?:_[A-Z]+)+\b/g) ?? []);
    expect(names.length).toBeGreaterThan(4);
    const known: readonly string[] = SETTINGS.map(({ name }) => name);
    expect(names.filter((name) => !known.includes(name))).toEqual([]);
  });

  it('leads to pages and pictures that are there', () => {
    const links = [...readme.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, path]) => path!);
    expect(links.length).toBeGreaterThan(10);
    expect(links.filter((path) => !existsSync(path))).toEqual([]);
  });
});
