import { readServiceQueue } from '../src/analyses/service-queue.ts';
import { presentService } from '../src/analyses/service-report.ts';
import { serviceSummarySchema } from '../src/analyses/service-summary.ts';
import type { KithCommand } from './context.ts';
import { findCustomer } from './shared/find-customer.ts';
import { needResult } from './shared/need-result.ts';
import { readArgument } from './shared/read-argument.ts';
import { readGroup } from './shared/read-group.ts';
import { inCurrency, READ_WHOLE, rounded, wholeList } from './shared/whole-list.ts';

export const service: KithCommand = {
  name: 'service',
  summary: {
    en: 'Whose tickets need attention first, who is unhappy, and which tickets precede leaving',
    zh: '优先处理哪些客户的工单、谁不满意，以及哪些工单特征出现在流失之前',
  },
  usage: '[me|owner|segment|customer]',
  onlyReads: () => true,
  async run(context, text) {
    const { language, reader } = context;
    const wanted = readArgument(language, text);
    const { run, summary: stored } = await needResult(context, 'service');
    const summary = serviceSummarySchema.parse(stored);
    const group = await readGroup(context, wanted);
    const presentation = { language, run, rows: [], withheld: null };
    if (group === null) {
      const found = await findCustomer(context, wanted);
      const asked = await readServiceQueue(reader, run, { customerIds: found.map(({ customerId }) => customerId) });
      const filter = found.length === 1 ? found[0]!.name : wanted;
      return presentService(summary, { ...presentation, filter }, { open: asked, unhappy: asked, asked });
    }
    const { query, filter } = group;
    const open = await readServiceQueue(reader, run, { ...query, label: 'open' });
    const unhappy = await readServiceQueue(reader, run, { ...query, band: 'unhappy' });
    return presentService(summary, { ...presentation, filter }, { open, unhappy, asked: null });
  },
  async list(context, text) {
    const { language, reader } = context;
    const { run } = await needResult(context, 'service');
    const group = await readGroup(context, readArgument(language, text));
    if (group === null) return null;
    const whole = { ...group.query, limit: READ_WHOLE };
    const open = await readServiceQueue(reader, run, { ...whole, label: 'open' });
    const unhappy = await readServiceQueue(reader, run, { ...whole, band: 'unhappy' });
    const waiting = new Set(open.customers.map(({ row }) => row.customerId));
    const lines = [...open.customers, ...unhappy.customers.filter(({ row }) => !waiting.has(row.customerId))];
    return wholeList(context, run, lines, [
      { title: { en: 'Open tickets', zh: '未关闭工单' }, cell: ({ details }) => details.open },
      { title: { en: 'Oldest, days', zh: '最早工单天数' }, cell: ({ details }) => rounded(details.oldest, 0) },
      { title: inCurrency(run, { en: 'Value a year', zh: '每年价值' }), cell: ({ value }) => rounded(value) },
      { title: { en: 'Risk', zh: '风险' }, cell: ({ risk }) => rounded(risk?.probability, 4) },
      { title: { en: 'Satisfaction score', zh: '满意度评分' }, cell: ({ details }) => details.answer?.score },
    ]);
  },
};
