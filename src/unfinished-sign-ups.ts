import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ChatInstallation } from './domain/chat-installation.ts';
import type { Instant } from './domain/crm.ts';
import { KithError } from './lib/errors.ts';
import type { Text } from './lib/text.ts';
import { createSerial } from './store/serial.ts';
import { isTenantName } from './tenants.ts';

const HOUR_MS = 60 * 60_000;
/** Folders of sign-ups that are not finished, of all processes together. */
export const MOST_UNFINISHED = 50;
/** New folders that one process makes within an hour. */
export const MOST_AN_HOUR = 30;
/** After its last step a sign-up is forgotten, with its sealed token: longer than a browser may take for the next step. */
export const FORGOTTEN_AFTER_MS = 2 * HOUR_MS;
/** In a tenant's folder until its file is made; says when it was begun last, in ms. */
const PENDING = 'sign-up.pending';
const MOST_ALIKE = 1000;

type Workspace = Pick<ChatInstallation, 'teamId' | 'teamName'>;

/** Folders of tenants that are none yet. Whoever makes a folder has its name; any process may forget it. */
export interface UnfinishedSignUps {
  /** The folder that this workspace began and did not end, else a new one. KithError('too-many') where there is no room for it. */
  begin(workspace: Workspace): Promise<string>;
  /** It is a tenant now. */
  finished(name: string): Promise<void>;
  /** Removes those that nobody went on with; how many. */
  forget(): Promise<number>;
}

export function createUnfinishedSignUps(options: {
  readonly folderOf: (name: string) => string;
  readonly isTenant: (name: string) => boolean;
  /** Whose the installation in a folder is. */
  readonly teamOf: (name: string) => Promise<string | null>;
  readonly now: () => Instant;
}): UnfinishedSignUps {
  const { folderOf, isTenant, teamOf, now } = options;
  const all = dirname(folderOf('any'));
  const pendingOf = (name: string): string => join(folderOf(name), PENDING);
  const serially = createSerial();
  /** When this process made its newest folders. */
  let made: Instant[] = [];

  async function unfinished(): Promise<string[]> {
    const names = await readdir(all).catch(() => []);
    return names.filter((name) => existsSync(pendingOf(name))).sort();
  }

  async function begunAt(name: string): Promise<Instant> {
    const written = Number(await readFile(pendingOf(name), 'utf8'));
    return written > 0 ? written : (await stat(pendingOf(name))).mtimeMs;
  }

  async function forget(): Promise<number> {
    let forgotten = 0;
    for (const name of await unfinished()) {
      // It was stopped after it became a tenant: only the mark is too much.
      if (isTenant(name)) await rm(pendingOf(name), { force: true });
      else if (now() - (await begunAt(name)) >= FORGOTTEN_AFTER_MS) {
        await rm(folderOf(name), { recursive: true, force: true });
        forgotten += 1;
      }
    }
    return forgotten;
  }

  /** A name that nobody has. */
  async function claim({ teamName, teamId }: Workspace): Promise<string> {
    await mkdir(all, { recursive: true });
    for (const name of namesFor(teamName, teamId)) {
      if (isTenant(name)) continue;
      const isMine = await mkdir(folderOf(name), { mode: 0o700 }).then(
        () => true,
        (error: unknown) => {
          if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
          throw error;
        },
      );
      if (isMine) return name;
    }
    throw new KithError('too-many', TOO_MANY_ALIKE);
  }

  async function begin(workspace: Workspace): Promise<string> {
    await forget();
    const names = await unfinished();
    let name: string | null = null;
    for (const one of names) if (name === null && (await teamOf(one)) === workspace.teamId) name = one;
    if (name === null) {
      made = made.filter((at) => now() - at < HOUR_MS);
      if (names.length >= MOST_UNFINISHED || made.length >= MOST_AN_HOUR) throw new KithError('too-many', FULL);
      name = await claim(workspace);
      made.push(now());
    }
    await writeFile(pendingOf(name), String(now()));
    return name;
  }

  return {
    begin: (workspace) => serially(() => begin(workspace)),
    finished: (name) => rm(pendingOf(name), { force: true }),
    forget: () => serially(forget),
  };
}

/** A workspace's name as a tenant's, then with numbers; of a name without Latin letters, the workspace's id. */
function* namesFor(teamName: string, teamId: string): Generator<string> {
  const slug = (text: string): string =>
    text
      .normalize('NFKD')
      .replace(/\p{M}/gu, '')
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .slice(0, 30)
      .replace(/^-+|-+$/g, '');
  const base = slug(teamName) || slug(teamId);
  if (isTenantName(base)) yield base;
  for (let number = 2; number <= MOST_ALIKE; number++) yield `${base}-${number}`;
}

const FULL: Text = {
  en: 'More companies are signing up just now than Kith takes at a time, and nothing was stored; try again in an hour, or ask whoever runs Kith',
  zh: '当前注册的公司超出 Kith 一次可接受的数量，未保存任何内容；请一小时后重试，或联系 Kith 的运营方',
};
const TOO_MANY_ALIKE: Text = {
  en: `There are ${MOST_ALIKE} companies of that name already, and nothing was stored; ask whoever runs Kith`,
  zh: `同名公司已有 ${MOST_ALIKE} 家，未保存任何内容；请联系 Kith 的运营方`,
};
