import { readFile } from 'node:fs/promises';
import type { Adapter } from 'lowdb';
import { KithError } from '../lib/errors.ts';
import { writeWhole } from '../lib/write-whole.ts';
import { placeOfDamage } from './place-of-damage.ts';
import { type State, stateSchema } from './portal-state.ts';

/**
 * lowdb's Adapter over one readable JSON file. Written whole beside it, synced and renamed; what was there before stays as
 * `<file>.bak`, the last good copy. A damaged file is refused, and never overwritten.
 */
export function createStateFile(path: string): Adapter<State> {
  const goodCopy = `${path}.bak`;
  return {
    async read() {
      const text = await textOf(path);
      if (text === null) {
        // A file that vanished while its copy is there was lost, not never made.
        if ((await textOf(goodCopy)) === null) return null;
        throw new KithError('state-damaged', {
          en: `The settings file ${path} is missing, but its last good copy ${goodCopy} is there; copy that back, or remove it to start with the defaults`,
          zh: `设置文件 ${path} 不见了，但其最后的完好副本 ${goodCopy} 还在；请将其复制回来，或删除它以使用默认设置`,
        });
      }
      return parse(text, path, goodCopy);
    },
    async write(state) {
      const current = await textOf(path);
      try {
        if (current !== null) {
          parse(current, path, goodCopy);
          await writeWhole(goodCopy, current);
        }
        await writeWhole(path, `${JSON.stringify(state, null, 2)}\n`);
      } catch (error) {
        throw error instanceof KithError ? error : unwritableFile(path, error);
      }
    },
  };
}

function parse(text: string, path: string, goodCopy: string): State {
  const refuse = (place: string, cause: unknown): KithError =>
    new KithError(
      'state-damaged',
      {
        en: `The settings file ${path} is damaged (${place}); mend it there, or copy the last good one, ${goodCopy}, over it`,
        zh: `设置文件 ${path} 已损坏（${place}）；请就地修正，或用最后的完好副本 ${goodCopy} 覆盖`,
      },
      { cause },
    );
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw refuse(placeOfDamage(text, error), error);
  }
  const parsed = stateSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const at =
    issue === undefined || issue.path.length === 0 ? 'at its top level' : `at ${issue.path.map(String).join('.')}`;
  throw refuse(`${at}: ${issue?.message ?? 'not what Kith writes'}`, parsed.error);
}

async function textOf(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw new KithError(
      'state-damaged',
      {
        en: `The settings file ${path} cannot be read (${codeOf(error)}); make it readable for this user, or choose another folder with KITH_DATA_DIR`,
        zh: `设置文件 ${path} 无法读取（${codeOf(error)}）；请让此用户可读，或用 KITH_DATA_DIR 另选文件夹`,
      },
      { cause: error },
    );
  }
}

function unwritableFile(path: string, error: unknown): KithError {
  const code = codeOf(error);
  const reason =
    code === 'ENOSPC' || code === 'EDQUOT'
      ? { en: 'the disk is full; free some space and try again', zh: '磁盘已满；请释放空间后重试' }
      : {
          en: `${code || 'unknown reason'}; check that this user may write there, or choose another folder with KITH_DATA_DIR`,
          zh: `${code || '原因不明'}；请检查此用户是否可以写入，或用 KITH_DATA_DIR 另选文件夹`,
        };
  return new KithError(
    'store-unwritable',
    { en: `The settings file ${path} cannot be written: ${reason.en}`, zh: `设置文件 ${path} 无法写入：${reason.zh}` },
    { cause: error },
  );
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
