import { suggestionText } from '../src/analyses/basket-opportunity-report.ts';
import { basketDetailsSchema } from '../src/analyses/basket-summary.ts';
import { recommendDetailsSchema } from '../src/analyses/recommend-summary.ts';
import { suggestionText as nextProductText } from '../src/analyses/recommend-words.ts';
import { lateText } from '../src/analyses/sequences-report.ts';
import { sequenceDetailsSchema } from '../src/analyses/sequences-summary.ts';
import { readTaskValue, type TaskSubject } from '../src/analyses/task-button.ts';
import { trustLine } from '../src/analyses/trust-line.ts';
import type { Run } from '../src/domain/results.ts';
import { KithError } from '../src/lib/errors.ts';
import { say, type Text } from '../src/lib/text.ts';
import type { CustomerRow } from '../src/privacy/privacy-reader.ts';
import { formatDay } from '../src/report/format.ts';
import type { KithAction } from './context.ts';
import { unknownCustomer } from './shared/find-customer.ts';
import { refuseViewers } from './shared/may-create-task.ts';
import { needResult } from './shared/need-result.ts';

const DUE_DAYS = 7;
const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Puts a task for the customer's owner on its record in the CRM, once. The click is authorised anew: the row comes from the
 * reader of the person who clicked, and what the task says from the newest run.
 */
export const createTask: KithAction = {
  name: 'create-task',
  async run(context, value) {
    const { language, reader, now, timeZone, state } = context;
    refuseViewers(context);
    const subject = readTaskValue(value);
    if (subject === null) throw new KithError('usage', say(language, UNKNOWN_BUTTON));
    const { analysis, customerId, productId } = subject;
    const { run } = await needResult(context, analysis);
    const { rows, withheld } = await reader.rows(run, analysis, { customerIds: [customerId] });
    const row = rows[0];
    if (row === undefined) {
      if (withheld !== null) throw new KithError('not-allowed', say(language, withheld));
      throw await unknownCustomer(context, customerId);
    }
    const advice = adviceFor(row, subject, run);
    if (advice === null) throw new KithError('usage', say(language, NOT_ADVISED));
    const dueAt = now + DUE_DAYS * DAY_MS;
    // What stays in the CRM is in the portal's language, whoever clicks.
    const source = trustLine(state.language, run, row.evidence, { en: 'Kith', zh: 'Kith' });
    const made = await context.tasks.create({
      key: JSON.stringify([analysis, customerId, productId]),
      task: {
        objectType: run.portfolio.unit === 'company' ? 'companies' : 'contacts',
        recordId: customerId,
        subject: say(state.language, advice.subject),
        body: `${say(state.language, advice.body)}\n${source}`,
        dueAt,
        ownerId: row.owner?.id ?? '',
      },
    });
    const due = formatDay(language, dueAt, timeZone);
    const day = formatDay(language, made.at, timeZone);
    const headline: Text = made.isNew
      ? {
          en: `Task created on ${row.name}: ${advice.subject.en}, due ${due}`,
          zh: `已为 ${row.name} 创建任务：${advice.subject.zh}，截止 ${due}`,
        }
      : {
          en: `This task is on ${row.name} since ${day}: nothing was created now`,
          zh: `${row.name} 自 ${day} 起已有此任务：本次未重复创建`,
        };
    return {
      language,
      headline: say(language, headline),
      parts: [
        {
          kind: 'item',
          title: say(language, advice.subject),
          text: say(language, advice.body),
          ...(row.owner === null ? {} : { owner: { ...row.owner, mention: false } }),
          ...(row.link === '' ? {} : { link: row.link }),
        },
        {
          kind: 'text',
          text: say(language, {
            en: `Task ${made.id} in the CRM, for ${row.owner?.name ?? 'nobody: the customer has no owner'}.`,
            zh: `CRM 任务编号 ${made.id}，负责人：${row.owner?.name ?? '无（该客户没有负责人）'}。`,
          }),
        },
      ],
      trust: trustLine(language, run, row.evidence, { en: 'counted in your own sales', zh: '来自您自己的销售记录' }),
    };
  },
};

/** What the newest run advises about the customer and the product; null when it does not any more. */
function adviceFor(
  row: CustomerRow,
  { analysis, productId }: TaskSubject,
  run: Run,
): { subject: Text; body: Text } | null {
  const { currency, horizonDays } = run.portfolio;
  if (analysis === 'recommend') {
    const details = recommendDetailsSchema.safeParse(row.details).data;
    const found = details?.suggestions.find((suggestion) => suggestion.productId === productId);
    if (details === undefined || found === undefined) return null;
    return {
      subject: { en: `Offer ${found.product}`, zh: `推荐“${found.product}”` },
      body: nextProductText(found, details.segment, currency, horizonDays),
    };
  }
  if (analysis === 'basket') {
    const suggestions = basketDetailsSchema.safeParse(row.details).data?.suggestions ?? [];
    const found = suggestions.find((suggestion) => suggestion.productId === productId);
    if (found === undefined) return null;
    return {
      subject: { en: `Offer ${found.product}`, zh: `推荐“${found.product}”` },
      body: suggestionText(found, currency),
    };
  }
  const step = sequenceDetailsSchema.safeParse(row.details).data?.step ?? null;
  if (step === null || step.productId !== productId) return null;
  return {
    subject: {
      en: `Ask about ${step.product}: the usual next step is late`,
      zh: `询问“${step.product}”：后续购买已迟`,
    },
    body: lateText(step),
  };
}

const UNKNOWN_BUTTON: Text = {
  en: 'This button belongs to an answer that Kith no longer knows: run the command again',
  zh: '这个按钮所属的回答已失效：请重新运行命令',
};

const NOT_ADVISED: Text = {
  en: 'The newest analysis no longer suggests this, and no task was created: the customer may have bought it since; run the command again',
  zh: '最新分析已不再给出此建议，未创建任务：该客户可能已经购买；请重新运行该命令',
};
