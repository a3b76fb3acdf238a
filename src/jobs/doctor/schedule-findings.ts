import { validateDetailed } from 'node-cron';
import type { Finding } from '../../ports/doctor.ts';

/** Whether the cron expressions of a portal can be read. */
export function scheduleFindings(schedules: Readonly<Record<string, string>>): readonly Finding[] {
  const broken = Object.entries(schedules).flatMap(([name, expression]): Finding[] => {
    const problem = expression === '' ? undefined : validateDetailed(expression).errors[0]?.message;
    if (problem === undefined) return [];
    return [
      {
        state: 'problem',
        what: {
          en: `Schedule of ${name}: “${expression}” is not a cron expression (${problem})`,
          zh: `${name} 的定时计划：“${expression}” 不是有效的 cron 表达式（${problem}）`,
        },
        next: {
          en: `Correct schedules.${name} in state.json, for example “0 9 * * 1” for Mondays at 9:00`,
          zh: `请更正 state.json 中的 schedules.${name}，例如 “0 9 * * 1” 表示每周一 9:00`,
        },
      },
    ];
  });
  if (broken.length > 0) return broken;
  const count = Object.keys(schedules).length;
  return [
    { state: 'ok', what: { en: `Schedules: all ${count} are valid`, zh: `定时计划：${count} 个全部有效` }, next: null },
  ];
}
