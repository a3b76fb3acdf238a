import type { Role } from '../../src/domain/people.ts';
import { type Language, say, type Text } from '../../src/lib/text.ts';

export const ROLE_NAMES: Readonly<Record<Role, Text>> = {
  admin: { en: 'admin', zh: '管理员' },
  manager: { en: 'manager', zh: '经理' },
  rep: { en: 'rep', zh: '销售代表' },
  viewer: { en: 'viewer', zh: '查看者' },
};

export interface Option {
  readonly value: string;
  readonly label: string;
}

/** Names as the options of a question. */
export function optionsOf(language: Language, names: Readonly<Record<string, Text>>): Option[] {
  return Object.entries(names).map(([value, text]) => ({ value, label: say(language, text) }));
}

export const YES_NO: Readonly<Record<'yes' | 'no', Text>> = {
  yes: { en: 'Yes', zh: '是' },
  no: { en: 'No', zh: '否' },
};
