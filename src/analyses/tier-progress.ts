import { say } from '../lib/text.ts';
import type { ReportPart } from '../report/report.ts';
import type { Presentation } from './analysis.ts';
import { detailsOf, outlook } from './loyalty-report.ts';
import { loyaltySummarySchema } from './loyalty-summary.ts';

/** How many customers the picture of the way to the next tier names. */
const NEAREST = 8;

/** Those of the rows that are nearest to their next tier, each with what is missing; nothing where nobody is on the way to one. */
export function tierProgress(storedSummary: unknown, presentation: Presentation): ReportPart[] {
  const summary = loyaltySummarySchema.parse(storedSummary);
  const { language, rows } = presentation;
  const near = rows
    .flatMap((row) => {
      const details = detailsOf(row);
      const isOnTheWay = details?.next && details.override === null && details.warning === null && row.value !== null;
      return isOnTheWay ? [{ row, points: Math.max(0, details.next!.points), value: row.value! }] : [];
    })
    .sort((a, b) => a.points - b.points || (a.row.customerId < b.row.customerId ? -1 : 1))
    .slice(0, NEAREST)
    .map(({ row, value }) => ({ name: row.name, value, note: outlook(presentation, row, summary) }));
  if (near.length === 0) return [];
  return [
    {
      kind: 'chart',
      chart: {
        kind: 'progress',
        title: say(language, { en: 'Nearest to their next tier', zh: '最接近下一等级的客户' }),
        subtitle: say(language, {
          en: 'Points today; the outlined stretch is what the next tier takes',
          zh: '当前积分；带框的部分为升级尚缺的积分',
        }),
        alt: near
          .slice(0, 3)
          .map(({ name, note }) => (language === 'zh' ? `${name}：${note}` : `${name}: ${note}`))
          .join(language === 'zh' ? '；' : '; '),
        format: { kind: 'count' },
        xTitle: say(language, { en: 'Points', zh: '积分' }),
        yTitle: say(language, { en: 'Customer', zh: '客户' }),
        noteTitle: say(language, { en: 'Next', zh: '下一步' }),
        steps: summary.tiers.map(({ name, from }) => ({ name, from: Math.max(0, from) })),
        rows: near,
      },
    },
  ];
}
