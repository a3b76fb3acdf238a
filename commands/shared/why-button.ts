import { z } from 'zod';
import { KithError } from '../../src/lib/errors.ts';
import { type Language, say } from '../../src/lib/text.ts';
import type { ReportAction } from '../../src/report/report.ts';

/** The analyses whose scores of a customer can be explained. */
export const EXPLAINED = ['churn-risk', 'segments', 'value', 'loyalty'] as const;
export type Explained = (typeof EXPLAINED)[number];

/** The button that explains one customer's result. Its value names the row; what may be seen of it is decided at the click. */
export function whyButton(language: Language, analysis: Explained, customerId: string): ReportAction {
  return { action: 'why', label: say(language, { en: 'Why?', zh: '为什么？' }), value: `${analysis}:${customerId}` };
}

const valueSchema = z.templateLiteral([z.enum(EXPLAINED), ':', z.string().min(1).max(200)]);

/** The analysis and the customer that a button's value names. Throws KithError('usage') for any other text. */
export function readWhyValue(language: Language, value: string): { analysis: Explained; customerId: string } {
  const parsed = valueSchema.safeParse(value);
  const colon = value.indexOf(':');
  const analysis = EXPLAINED.find((name) => name === value.slice(0, colon));
  if (!parsed.success || analysis === undefined) {
    throw new KithError(
      'usage',
      say(language, {
        en: 'This button belongs to an answer that Kith no longer knows: run the command again',
        zh: '这个按钮所属的回答已失效：请重新运行命令',
      }),
    );
  }
  return { analysis, customerId: value.slice(colon + 1) };
}
