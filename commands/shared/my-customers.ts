import { KithError } from '../../src/lib/errors.ts';
import { say } from '../../src/lib/text.ts';
import type { CommandContext } from '../context.ts';

const MINE = ['me', 'my', 'mine', '我', '我的'];

/** The owners that the asker is, when the text says "me"; null for any other text. */
export function myCustomers(
  { language, reader }: Pick<CommandContext, 'language' | 'reader'>,
  text: string,
): { readonly ownerIds: readonly string[]; readonly name: string } | null {
  if (!MINE.includes(text.toLowerCase())) return null;
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
  return { ownerIds, name: say(language, { en: 'your customers', zh: '您的客户' }) };
}
