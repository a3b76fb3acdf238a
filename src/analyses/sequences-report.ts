import { type Language, say, type Text } from '../lib/text.ts';
import { formatCount, formatNumber, formatPercent, plural } from '../report/format.ts';
import type { Report, ReportItem, ReportPart } from '../report/report.ts';
import type { Presentation, PresentedRow } from './analysis.ts';
import { type SequencesSummary, sequenceDetailsSchema, type UsualStep } from './sequences-summary.ts';
import { taskButton } from './task-button.ts';
import { trustLine } from './trust-line.ts';

type Step = SequencesSummary['steps'][number];

const SHOWN = 5;
/** How many late customers are listed. */
const LISTED = 3;

/** What comes next after which product and when, and who is late with it. */
export function presentSequences(summary: SequencesSummary, presentation: Presentation): Report {
  const { language, run, filter, withheld } = presentation;
  const wanted = filter.toLowerCase();
  const steps = summary.steps
    .filter((step) => [...step.after, step.next].some((name) => name.toLowerCase().includes(wanted)))
    .slice(0, SHOWN);
  const late = lateSteps(presentation.rows, wanted);
  const parts: ReportPart[] = [];
  if (summary.customers > 0) parts.push({ kind: 'text', text: rule(language, summary) });
  if (steps.length > 0) parts.push(table(language, steps));
  if (withheld !== null) parts.push({ kind: 'text', text: say(language, withheld) });
  for (const { row, step } of late.slice(0, LISTED)) parts.push(itemOf(language, row, step));
  return {
    language,
    headline: steps[0] === undefined ? nothing(language, summary, filter) : say(language, stepText(steps[0])),
    parts,
    trust: trustLine(language, run, 0, {
      en: 'steps tested against the usual pace of buying, false discoveries held to 5%',
      zh: '与通常购买速度比较检验，错误发现率控制在 5%',
    }),
  };
}

/** Customers who are late with their usual next step, the most certain first. */
function lateSteps(rows: readonly PresentedRow[], wanted: string): { row: PresentedRow; step: UsualStep }[] {
  return rows
    .flatMap((row) => {
      const step = sequenceDetailsSchema.safeParse(row.details).data?.step ?? null;
      return row.band === 'late' && step !== null && step.product.toLowerCase().includes(wanted) ? [{ row, step }] : [];
    })
    .sort((a, b) => b.step.confidence - a.step.confidence || (a.row.customerId < b.row.customerId ? -1 : 1));
}

/** "After A, 41 % bought B within a median of 94 days". */
function stepText({ after, next, confidence, delay }: Step): Text {
  return {
    en: `After ${after.join(', then ')}, ${formatPercent('en', confidence)} bought ${next} within a median of ${plural('en', Math.round(delay.median), { one: 'day', other: 'days' }, '')}`,
    zh: `购买${after.map((name) => `“${name}”`).join('、之后')}后，${formatPercent('zh', confidence)} 的客户又购买了“${next}”（间隔中位数 ${formatCount('zh', Math.round(delay.median))} 天）`,
  };
}

/** A customer's usual next step and how late it is, in words. */
export function lateText({ product, after, waited, starters, followers, confidence, delay }: UsualStep): Text {
  const days = (language: Language, count: number): string => formatCount(language, Math.round(count));
  return {
    en: `Late: bought ${after.at(-1)} ${days('en', waited)} days ago and not ${product} since. ${formatCount('en', followers)} of ${formatCount('en', starters)} customers (${formatPercent('en', confidence)}) bought it next, half of them within ${days('en', delay.median)} days, three quarters within ${days('en', delay.q3)}.`,
    zh: `已迟：${days('zh', waited)} 天前购买了“${after.at(-1)}”，此后尚未购买“${product}”。${formatCount('zh', starters)} 位客户中有 ${formatCount('zh', followers)} 位（${formatPercent('zh', confidence)}）随后购买，其中一半在 ${days('zh', delay.median)} 天内，四分之三在 ${days('zh', delay.q3)} 天内。`,
  };
}

function itemOf(language: Language, row: PresentedRow, step: UsualStep): ReportItem {
  return {
    kind: 'item',
    title: `${row.name} → ${step.product}`,
    text: say(language, lateText(step)),
    ...(row.owner === null ? {} : { owner: { ...row.owner, mention: false } }),
    ...(row.link === '' ? {} : { link: row.link }),
    actions: taskButton(language, { analysis: 'sequences', customerId: row.customerId, productId: step.productId }),
  };
}

/** What a step had to be. */
function rule(language: Language, summary: SequencesSummary): string {
  const raised =
    summary.minimumCount > summary.askedCount
      ? {
          en: ` The minimum was raised from ${formatCount('en', summary.askedCount)} customers because there were too many sequences to go through: rarer steps were not looked for.`,
          zh: `由于序列过多，最低客户数由 ${formatCount('zh', summary.askedCount)} 提高，更少见的步骤未作考察。`,
        }
      : { en: '', zh: '' };
  return say(language, {
    en: `${formatCount('en', summary.returning)} of ${plural('en', summary.customers, { one: 'customer', other: 'customers' }, '')} bought products on more than one day. A next step is a product that is new to the customer, at most ${summary.maximumGapDays} days after the last of one or two others; it needs ${formatCount('en', summary.minimumCount)} customers and ${formatNumber('en', summary.minimumLift, 1)} times the usual pace; ${plural('en', summary.found, { one: 'step does', other: 'steps do' }, '')}.${raised.en}`,
    zh: `${formatCount('zh', summary.customers)} 位客户中有 ${formatCount('zh', summary.returning)} 位在不止一天购买过产品。后续步骤指在购买一两种产品之后 ${summary.maximumGapDays} 天内首次购买的另一种产品，须有至少 ${formatCount('zh', summary.minimumCount)} 位客户，且速度不低于通常的 ${formatNumber('zh', summary.minimumLift, 1)} 倍；共有 ${formatCount('zh', summary.found)} 个。${raised.zh}`,
  });
}

function table(language: Language, steps: readonly Step[]): ReportPart {
  const joined = (after: readonly string[]): string => after.join(language === 'zh' ? '、之后 ' : ', then ');
  return {
    kind: 'table',
    title: say(language, { en: 'What comes next', zh: '后续购买' }),
    columns: [
      { label: say(language, { en: 'After', zh: '购买' }), align: 'left' },
      { label: say(language, { en: 'Bought next', zh: '之后购买' }), align: 'left' },
      { label: say(language, { en: 'Share so far', zh: '目前占比' }), align: 'right' },
      { label: say(language, { en: 'Customers', zh: '客户数' }), align: 'right' },
      { label: say(language, { en: 'Median days (middle half)', zh: '间隔天数中位数（中间一半）' }), align: 'right' },
      { label: say(language, { en: 'Times the usual pace', zh: '相对通常速度' }), align: 'right' },
    ],
    rows: steps.map(({ after, next, confidence, followers, starters, delay, lift }) => [
      joined(after),
      next,
      formatPercent(language, confidence),
      `${formatCount(language, followers)} / ${formatCount(language, starters)}`,
      `${formatCount(language, Math.round(delay.median))} (${formatCount(language, Math.round(delay.q1))}–${formatCount(language, Math.round(delay.q3))})`,
      formatNumber(language, lift, 1),
    ]),
  };
}

function nothing(language: Language, summary: SequencesSummary, filter: string): string {
  if (summary.customers === 0) {
    return say(language, {
      en: 'No usual next steps: no won deal has products on it',
      zh: '没有后续购买规律：成交订单中没有产品明细',
    });
  }
  if (summary.products === 1) {
    return say(language, {
      en: 'No usual next steps: only one product has been bought',
      zh: '没有后续购买规律：只售出过一种产品',
    });
  }
  if (filter !== '' && summary.steps.length > 0) {
    return say(language, {
      en: `No usual next step among the ${formatCount('en', summary.found)} found names “${filter}”`,
      zh: `已发现的 ${formatCount('zh', summary.found)} 个后续步骤中没有涉及“${filter}”的`,
    });
  }
  return say(language, {
    en: `No product follows another faster than the usual pace among ${plural('en', summary.customers, { one: 'customer', other: 'customers' }, '')}`,
    zh: `在 ${formatCount('zh', summary.customers)} 位客户中，没有产品比通常速度更快地跟随另一产品`,
  });
}
