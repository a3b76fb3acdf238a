import { readServiceQueue } from '../src/analyses/service-queue.ts';
import { presentService } from '../src/analyses/service-report.ts';
import { serviceSummarySchema } from '../src/analyses/service-summary.ts';
import type { KithCommand } from './context.ts';
import { findCustomer } from './shared/find-customer.ts';
import { needResult } from './shared/need-result.ts';
import { readArgument } from './shared/read-argument.ts';
import { readGroup } from './shared/read-group.ts';

export const service: KithCommand = {
  name: 'service',
  summary: {
    en: 'Whose tickets need attention first, who is unhappy, and which tickets precede leaving',
    zh: '优先处理哪些客户的工单、谁不满意，以及哪些工单特征出现在流失之前',
  },
  usage: '[me|owner|customer]',
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
};
