import { say, type Text } from '../src/lib/text.ts';
import { settingsForm } from './shared/settings-form.ts';

/** From what amount a year on a customer is of medium and of high value. */
export const setThresholds = settingsForm({
  name: 'set-thresholds',
  title: { en: 'Value classes', zh: '价值等级分界' },
  intro: {
    en: 'Amounts a year, in the portal’s currency. Both empty: each class is a third of the customers. RFM’s cut-points are changed with /kith rfm, which shows who would move.',
    zh: '以门户币种计的每年金额。两项均留空时按客户三等分。RFM 分界点请用 /kith rfm 修改，可查看变动的客户。',
  },
  fields: (language, { valueThresholds }) =>
    (['medium', 'high'] as const).map((name) => ({
      kind: 'number',
      name,
      label: say(language, LABELS[name]),
      least: 0,
      isOptional: true,
      ...(valueThresholds === null ? {} : { value: valueThresholds[name] }),
    })),
  read({ medium = null, high = null }) {
    if (medium === null && high === null) {
      return { decisions: [{ field: 'medium', key: 'valueThresholds', words: 'auto' }] };
    }
    const problems: Record<string, Text> = {};
    for (const [name, entered] of Object.entries({ medium, high })) {
      if (entered === null) problems[name] = { en: 'Give both amounts, or none', zh: '请同时填写两个金额，或都留空' };
      else if (!AMOUNT.test(entered))
        problems[name] = { en: 'Write an amount, such as 1200', zh: '请填写金额，例如 1200' };
    }
    if (Object.keys(problems).length === 0 && Number(high) <= Number(medium)) {
      problems.high = { en: 'High begins above medium', zh: '高价值须大于中价值' };
    }
    if (Object.keys(problems).length > 0) return { problems, decisions: [] };
    return { decisions: [{ field: 'high', key: 'valueThresholds', words: `medium=${medium} high=${high}` }] };
  },
});

const LABELS = {
  medium: { en: 'Medium value from', zh: '中价值起点' },
  high: { en: 'High value from', zh: '高价值起点' },
} as const;

const AMOUNT = /^\d{1,12}(\.\d{1,6})?$/;
