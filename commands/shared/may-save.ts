import { KithError } from '../../src/lib/errors.ts';
import { say } from '../../src/lib/text.ts';
import type { CommandContext } from '../context.ts';

type Asked = Pick<CommandContext, 'language' | 'reader'>;

/** Whether the viewer may change what holds for everybody: admins and managers, where no other company listens. */
export function maySave({ reader }: Asked): boolean {
  const { role, place } = reader.viewer;
  return (role === 'admin' || role === 'manager') && place.kind !== 'shared-externally';
}

export function refuseToSave(asked: Asked): void {
  if (maySave(asked)) return;
  const { role } = asked.reader.viewer;
  throw new KithError(
    'not-allowed',
    say(asked.language, {
      en: `Cut-points hold for everybody and are changed by admins and managers; your role is ${role}: ask one of them, or try them out with \`/kith rfm preview\``,
      zh: `分界点对所有人生效，只有管理员和经理可以修改；您的角色是 ${role}：请联系他们，或用 \`/kith rfm preview\` 试算`,
    }),
  );
}
