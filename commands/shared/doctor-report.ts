import { say } from '../../src/lib/text.ts';
import type { Finding } from '../../src/ports/doctor.ts';
import { plural } from '../../src/report/format.ts';
import type { Report, ReportPart } from '../../src/report/report.ts';
import type { CommandContext } from '../context.ts';

/** What the doctor found: what to mend first, then what is worth doing, then what is well. */
export function doctorReport({ language }: CommandContext, findings: readonly Finding[]): Report {
  const of = (state: Finding['state']) => findings.filter((finding) => finding.state === state);
  const [problems, advice, well] = [of('problem'), of('advice'), of('ok')];
  const items = (some: readonly Finding[], title: { en: string; zh: string }): ReportPart[] =>
    some.length === 0
      ? []
      : [
          { kind: 'heading', text: say(language, title) },
          ...some.map(
            ({ what, next }): ReportPart => ({
              kind: 'item',
              title: say(language, what),
              text: next === null ? '' : `→ ${say(language, next)}`,
            }),
          ),
        ];
  const mend = plural(language, problems.length, { one: 'thing', other: 'things' }, ' 项');
  const consider = plural(language, advice.length, { one: 'thing', other: 'things' }, ' 项');
  return {
    language,
    headline:
      problems.length > 0
        ? say(language, {
            en: `The doctor found ${mend} to mend and ${consider} worth doing`,
            zh: `检查发现${mend}需要修复，${consider}建议处理`,
          })
        : say(language, {
            en: `All is well; the doctor knows ${consider} worth doing`,
            zh: `一切正常；${consider}建议处理`,
          }),
    parts: [
      ...items(problems, { en: 'To mend', zh: '需要修复' }),
      ...items(advice, { en: 'Worth doing', zh: '建议处理' }),
      ...(well.length === 0
        ? []
        : [
            {
              kind: 'table',
              title: say(language, { en: 'Well', zh: '正常' }),
              columns: [
                { label: say(language, { en: 'Looked at', zh: '检查项' }), align: 'left' },
                { label: say(language, { en: 'Found', zh: '结果' }), align: 'left' },
              ],
              rows: well.map(({ what }) => inTwo(say(language, what))),
            } as const,
          ]),
    ],
    trust: '',
  };
}

/** A finding as what was looked at and what was found there: `Clock: within 1 s`. */
function inTwo(text: string): readonly [string, string] {
  const [, subject, found] = /^([^:：]{1,40})[:：]\s*(.+)$/su.exec(text) ?? [];
  return subject === undefined || found === undefined ? [text, '✓'] : [subject, `✓ ${found}`];
}
