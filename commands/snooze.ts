import { say } from '../src/lib/text.ts';
import { formatDay } from '../src/report/format.ts';
import type { KithForm } from './context.ts';
import { judge, judged, readToldFinding } from './shared/told-finding.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const CHOICES = [
  { days: 1, label: { en: 'Tomorrow', zh: '明天' } },
  { days: 7, label: { en: 'In a week', zh: '一周后' } },
  { days: 14, label: { en: 'In two weeks', zh: '两周后' } },
  { days: 30, label: { en: 'In a month', zh: '一个月后' } },
  { days: 90, label: { en: 'In three months', zh: '三个月后' } },
] as const;
const USUAL_DAYS = 7;

/** Puts off what a digest told. */
export const snooze: KithForm = {
  name: 'snooze',
  async open(context, value) {
    const { language } = context;
    const { name } = await readToldFinding(context, value);
    return {
      language,
      title: say(language, { en: 'Remind me later', zh: '稍后提醒' }),
      submit: say(language, { en: 'Snooze', zh: '确定' }),
      intro: name,
      fields: [
        {
          kind: 'choice',
          name: 'days',
          label: say(language, {
            en: 'When should it be told again, if it still holds?',
            zh: '若情况仍在，何时再次提醒？',
          }),
          options: CHOICES.map(({ days, label }) => ({ value: String(days), label: say(language, label) })),
          value: String(USUAL_DAYS),
        },
      ],
    };
  },
  async submit(context, value, { days }) {
    const { language, now, timeZone } = context;
    const choice = CHOICES.find((one) => String(one.days) === days);
    if (choice === undefined) {
      const problem = say(language, { en: 'Choose one of the times', zh: '请选择一个时间' });
      return { kind: 'refused', problems: { days: problem } };
    }
    const told = await readToldFinding(context, value);
    const snoozedUntil = now + choice.days * DAY_MS;
    await judge(context, told, { state: 'snoozed', snoozedUntil });
    const day = formatDay(language, snoozedUntil, timeZone);
    const report = judged(context, told, { en: `put off until ${day}`, zh: `已推迟到 ${day}` });
    return { kind: 'done', report, changesHome: true };
  },
};
