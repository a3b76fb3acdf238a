import { KithError } from '../../src/lib/errors.ts';
import { say } from '../../src/lib/text.ts';
import type { CommandContext } from '../context.ts';

type Asked = Pick<CommandContext, 'language' | 'reader'>;

/** Whether the viewer decides what holds for everybody. */
export function isAdmin({ reader }: Asked): boolean {
  const { role, place } = reader.viewer;
  return role === 'admin' && place.kind !== 'shared-externally';
}

/** What an admin's form shows and takes is nobody else's: asked when it is opened, and again when it is handed in. */
export function refuseUnlessAdmin(asked: Asked): void {
  if (isAdmin(asked)) return;
  const { role } = asked.reader.viewer;
  throw new KithError(
    'not-allowed',
    say(asked.language, {
      en: `This is decided by admins, and your role is ${role}: ask one of them`,
      zh: `此项由管理员决定，您的角色是 ${role}：请联系管理员`,
    }),
  );
}
