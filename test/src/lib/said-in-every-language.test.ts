import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../../..');

/** Where an error is for whoever writes code, with why nobody else sees it. */
const NOT_FOR_PEOPLE: Readonly<Record<string, string>> = {
  'src/models/': 'an analysis gives what it takes',
  'src/store/arrow-columns.ts': 'an analysis names its own columns',
  'src/store/database.ts': 'no table is named by a person',
  'src/store/replace-associations.ts': 'a sync gives each record its own',
  'src/store/sealed-file.ts': 'whoever seals has made a key before',
  'integrations/slack/create-slack-installer.ts': 'said to Slack’s library',
};

interface Raised {
  readonly file: string;
  readonly line: number;
  readonly words: string;
}

/** Every place where an error of Kith's is made, with what stands between its brackets. */
function raised(): readonly Raised[] {
  return ['src', 'commands', 'integrations'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .flatMap((name) => {
        const file = `${folder}/${name}`;
        const source = readFileSync(join(ROOT, file), 'utf8');
        return [...source.matchAll(/new (?:KithError|HubspotRefusal|Refused)\(/g)].map(({ 0: found, index }) => ({
          file,
          line: source.slice(0, index).split('\n').length,
          words: upToBracket(source.slice(index + found.length)),
        }));
      }),
  );
}

function upToBracket(text: string): string {
  let open = 1;
  for (const [at, character] of [...text].entries()) {
    if (character === '(') open += 1;
    if (character === ')') open -= 1;
    if (open === 0) return [...text].slice(0, at).join('');
  }
  return text;
}

/** Words in every language, in the reader's own, or made elsewhere from such. */
const isSaid = ({ words }: Raised): boolean =>
  /\bzh\b|\bsay\(/.test(words) || !/['"`][^'"`]*\s[^'"`]*['"`]/.test(words);
const isElsewhere = ({ file }: Raised): boolean => Object.keys(NOT_FOR_PEOPLE).some((start) => file.startsWith(start));

describe('errors that people can reach, in a chat or a terminal', () => {
  it('are said in every language wherever they are raised', () => {
    const found = raised();
    expect(found.length).toBeGreaterThan(150);
    const english = found.filter((one) => !isSaid(one) && !isElsewhere(one));
    expect(english.map(({ file, line }) => `${file}:${line}`)).toEqual([]);
  });
});
