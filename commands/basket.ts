import { basket as analysis } from '../src/analyses/basket.ts';
import { basketSummarySchema } from '../src/analyses/basket-summary.ts';
import { nearest } from '../src/lib/nearest.ts';
import type { KithCommand } from './context.ts';
import { needResult } from './shared/need-result.ts';
import { readArgument, suggestion } from './shared/read-argument.ts';

export const basket: KithCommand = {
  name: 'basket',
  summary: { en: 'Which products are bought together', zh: '哪些产品经常一起购买' },
  usage: '[product]',
  async run(context, text) {
    const { language } = context;
    const wanted = readArgument(language, text);
    const { run, summary } = await needResult(context, analysis.name);
    const report = analysis.present(summary, { language, run, rows: [], withheld: null, filter: wanted });
    if (wanted === '') return report;
    const products = new Set(basketSummarySchema.parse(summary).rules.flatMap((rule) => [...rule.if, ...rule.then]));
    const isKnown = [...products].some((name) => name.toLowerCase().includes(wanted.toLowerCase()));
    const close = isKnown ? [] : nearest(wanted, [...products]);
    if (close.length === 0) return report;
    const hint = suggestion(language, close, { en: '', zh: '' });
    // Only the first letter is raised: the rest may be a product's own spelling.
    return {
      ...report,
      parts: [{ kind: 'text', text: hint.charAt(0).toUpperCase() + hint.slice(1) }, ...report.parts],
    };
  },
};
