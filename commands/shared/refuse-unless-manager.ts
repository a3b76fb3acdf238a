import { KithError } from '../../src/lib/errors.ts';
import { say } from '../../src/lib/text.ts';
import type { CommandContext } from '../context.ts';

/** Only admins and managers, and never where another company listens. */
export function refuseUnlessManager({ language, reader }: Pick<CommandContext, 'language' | 'reader'>): void {
  const { role, place } = reader.viewer;
  if ((role === 'admin' || role === 'manager') && place.kind !== 'shared-externally') return;
  throw new KithError(
    'not-allowed',
    place.kind === 'shared-externally'
      ? say(language, {
          en: 'This channel is shared with another company: ask in a channel of your own or in a direct message',
          zh: '此频道与其他公司共享：请在内部频道或私信中操作',
        })
      : say(language, {
          en: `Writing to the CRM is for admins and managers, and your role is ${role}: ask an admin to do it, or to change your role in the settings`,
          zh: `只有管理员和经理可以写入 CRM，您的角色是 ${role}：请联系管理员操作，或在设置中更改您的角色`,
        }),
  );
}
