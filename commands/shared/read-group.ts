import { KithError } from '../../src/lib/errors.ts';
import { say } from '../../src/lib/text.ts';
import type { PrivacyReader } from '../../src/privacy/privacy-reader.ts';
import type { CommandContext } from '../context.ts';
import { type NamedSegment, readSegments } from './read-segments.ts';

export type RowQuery = NonNullable<Parameters<PrivacyReader['rows']>[2]>;

/** Customers as a group, and how it is called in an answer. */
export interface Group {
  readonly query: RowQuery;
  /** '' for everybody. */
  readonly filter: string;
}

const MINE = ['me', 'my', 'mine', '我', '我的'];

/** Whom a text means: everybody (''), the asker's own customers, a segment or owners' customers; null for anything else. */
export async function readGroup(context: CommandContext, wanted: string): Promise<Group | null> {
  if (wanted === '') return { query: {}, filter: '' };
  if (MINE.includes(wanted.toLowerCase())) return mine(context);
  const segments = await readSegments(context);
  const segment = segments.find(({ names }) => names.some((name) => name.toLowerCase() === wanted.toLowerCase()));
  if (segment !== undefined) return membersOf(segment);
  const owners = await context.reader.findOwners(wanted);
  if (owners.length === 0) return null;
  return {
    query: { ownerIds: owners.map((owner) => owner.id) },
    filter: owners.map((owner) => owner.name).join(', '),
  };
}

function membersOf({ label, shown }: NamedSegment): Group {
  return { query: { member: { analysis: 'segments', label } }, filter: shown };
}

function mine({ language, reader }: CommandContext): Group {
  const { ownerIds } = reader.viewer;
  if (ownerIds.length === 0) {
    throw new KithError(
      'not-allowed',
      say(language, {
        en: 'Kith does not know which CRM owner you are, so it cannot pick your customers: ask an admin to set your owner id, or give an owner’s name',
        zh: '系统不知道您对应哪位 CRM 负责人，无法筛选您的客户：请管理员设置您的负责人编号，或直接输入负责人姓名',
      }),
    );
  }
  return { query: { ownerIds }, filter: say(language, { en: 'your customers', zh: '您的客户' }) };
}
