import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../../..');

/** Where an error is told to a terminal or a log alone, with why. */
const NOT_IN_CHATS: Readonly<Record<string, string>> = {
  'src/models/': 'an analysis runs by itself',
  'src/features/': 'an analysis runs by itself',
  'src/analyses/': 'an analysis runs by itself',
  'src/jobs/analyse.ts': 'an analysis runs by itself',
  'src/jobs/worker.ts': 'an analysis runs by itself',
  'src/jobs/scheduler.ts': 'told when Kith starts',
  'src/ledger/outbox.ts': 'deliveries run by themselves',
  'src/config.ts': 'told when Kith starts',
  'src/config/': 'told when Kith starts',
  'src/workspaces.ts': 'told when Kith starts',
  'src/app/chat-access.ts': 'told when Kith starts',
  'src/main.ts': 'told when Kith starts',
  'src/shard.ts': 'told when Kith starts',
  'src/tenants.ts': 'told when Kith starts',
  'src/doctor-store.ts': 'the doctor makes a finding of it',
  'src/operations.ts': 'typed in a terminal',
  'src/crm-access.ts': 'typed in a terminal',
  'src/slack-access.ts': 'typed in a terminal',
  'src/cli/': 'typed in a terminal',
  'src/jobs/backup.ts': 'typed in a terminal',
  'src/jobs/export-scores.ts': 'typed in a terminal',
  'src/jobs/find-contacts.ts': 'typed in a terminal',
  'src/jobs/rotate-keys.ts': 'typed in a terminal',
  'src/jobs/run-history.ts': 'typed in a terminal',
  'src/jobs/summarise-run.ts': 'typed in a terminal',
  'src/store/connect.ts': 'told when Kith starts',
  'src/store/sealed-file.ts': 'told when Kith starts',
  'src/store/data-folder.ts': 'told when Kith starts',
  'src/store/data-lock.ts': 'told when Kith starts',
  'src/store/database.ts': 'no table is named by a person',
  'src/store/database-name.ts': 'told when Kith starts',
  'src/store/erasure-record.ts': 'told when Kith starts',
  'src/store/identity-keys.ts': 'told when Kith starts',
  'src/store/identity-key-file.ts': 'told when Kith starts',
  'src/store/migrate.ts': 'told when Kith starts',
  'src/store/replace-associations.ts': 'a sync runs by itself',
  'integrations/http/': 'told when Kith starts',
  'integrations/slack/create-slack-chat.ts': 'told when Kith starts',
  'integrations/slack/create-slack-installer.ts': 'said to Slack’s library',
  'integrations/slack/receivers.ts': 'told when Kith starts',
  'integrations/slack/shared-socket.ts': 'told when Kith starts',
  'integrations/slack/slack-errors.ts': 'told when Kith starts',
  'integrations/slack/files.ts': 'a note beside the answer says it',
  'integrations/slack/upload.ts': 'a note beside the answer says it',
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
const isElsewhere = ({ file }: Raised): boolean => Object.keys(NOT_IN_CHATS).some((start) => file.startsWith(start));

describe('errors that a chat’s people can reach', () => {
  it('are said in every language wherever they are raised', () => {
    const found = raised();
    expect(found.length).toBeGreaterThan(150);
    const english = found.filter((one) => !isSaid(one) && !isElsewhere(one));
    expect(english.map(({ file, line }) => `${file}:${line}`)).toEqual([]);
  });
});
