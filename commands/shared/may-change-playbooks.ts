import { KithError } from '../../src/lib/errors.ts';
import { say } from '../../src/lib/text.ts';
import type { CommandContext } from '../context.ts';
import { maySave } from './may-save.ts';

/** Only admins and managers, and never where another company listens. */
export function refusePlaybookChange(asked: Pick<CommandContext, 'language' | 'reader'>): void {
  if (maySave(asked)) return;
  const { role } = asked.reader.viewer;
  throw new KithError(
    'not-allowed',
    say(asked.language, {
      en: `Playbooks hold for everybody, and admins and managers change or start them; your role is ${role}: ask one of them, or look with \`/kith playbook\``,
      zh: `方案对所有人生效，只有管理员和经理可以修改或开始；您的角色是 ${role}：请联系他们，或用 \`/kith playbook\` 查看`,
    }),
  );
}
