import { KithError } from '../../src/lib/errors.ts';
import { say } from '../../src/lib/text.ts';
import type { Report } from '../../src/report/report.ts';
import type { CommandContext } from '../context.ts';

type Asked = Pick<CommandContext, 'language' | 'reader'>;

/** Whoever looks after customers may put tasks on them; not viewers, and nobody where another company listens. */
function mayCreateTask({ reader }: Asked): boolean {
  const { role, place } = reader.viewer;
  return role !== 'viewer' && place.kind !== 'shared-externally';
}

export function refuseViewers(asked: Asked): void {
  if (mayCreateTask(asked)) return;
  const { role, place } = asked.reader.viewer;
  throw new KithError(
    'not-allowed',
    place.kind === 'shared-externally'
      ? say(asked.language, {
          en: 'This channel is shared with another company: ask in a channel of your own or in a direct message',
          zh: '此频道与其他公司共享：请在内部频道或私信中操作',
        })
      : say(asked.language, {
          en: `Tasks are created by reps, managers and admins, and your role is ${role}: ask one of them, or ask an admin to change your role`,
          zh: `只有销售代表、经理和管理员可以创建任务，您的角色是 ${role}：请联系他们，或请管理员更改您的角色`,
        }),
  );
}

/** The report, without buttons that its viewer could not use. */
export function withUsableButtons(asked: Asked, report: Report): Report {
  if (mayCreateTask(asked)) return report;
  return {
    ...report,
    parts: report.parts.map((part) => {
      if (part.kind !== 'item' || part.actions === undefined) return part;
      return { ...part, actions: part.actions.filter(({ action }) => action !== 'create-task') };
    }),
  };
}
