import { KithError } from '../../src/lib/errors.ts';
import { say, type Text } from '../../src/lib/text.ts';
import type { CommandContext } from '../context.ts';
import { ROLE_NAMES } from './role-names.ts';

type Asked = Pick<CommandContext, 'language' | 'reader'>;

/** Whether the viewer decides what holds for everybody. */
export function isAdmin({ reader }: Asked): boolean {
  const { role, place } = reader.viewer;
  return role === 'admin' && place.kind !== 'shared-externally';
}

/**
 * What holds for everybody is nobody else's to see in a form or to change: asked when a form is opened, and again when it is handed
 * in. `instead`: what anybody may do.
 */
export function refuseUnlessAdmin(asked: Asked, instead?: Text): void {
  if (isAdmin(asked)) return;
  const { language, reader } = asked;
  const { role } = reader.viewer;
  if (role === 'admin') {
    throw new KithError(
      'not-allowed',
      say(language, {
        en: 'This is not decided in a channel that is shared with other companies: do it in a direct message to Kith',
        zh: '不能在与其他公司共享的频道中进行此操作：请在与 Kith 的私信中操作',
      }),
    );
  }
  const besides: Text = instead === undefined ? { en: '', zh: '' } : { en: `, ${instead.en}`, zh: `，${instead.zh}` };
  throw new KithError(
    'not-allowed',
    say(language, {
      en: `This is decided by admins, and your role is ${ROLE_NAMES[role].en}: ask one of them${besides.en}`,
      zh: `此项由管理员决定，您的角色是${ROLE_NAMES[role].zh}：请联系管理员${besides.zh}`,
    }),
  );
}
