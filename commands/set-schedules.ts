import { say } from '../src/lib/text.ts';
import { SETTINGS } from '../src/state/settings-table.ts';
import { DEFAULTS, settingsForm, textNow } from './shared/settings-form.ts';

const SCHEDULES = SETTINGS.filter(({ key }) => key.startsWith('schedules.'));

/** When Kith does what. */
export const setSchedules = settingsForm({
  name: 'set-schedules',
  title: { en: 'Schedules', zh: '运行时间' },
  intro: {
    en: 'Five cron fields each: minute, hour, day of the month, month, day of the week, in the portal’s time zone. Empty: the usual time. They hold once Kith is started again.',
    zh: '每项为五段 cron 表达式：分、时、日、月、星期（门户时区）。留空则使用默认时间。重新启动 Kith 后生效。',
  },
  fields: (language, state) =>
    SCHEDULES.map(({ key, label }) => ({
      kind: 'text',
      name: key,
      label: say(language, label),
      value: textNow(state, key),
      hint: textNow(DEFAULTS, key),
      isOptional: true,
      most: 60,
    })),
  read: (entered) => ({
    decisions: SCHEDULES.map(({ key }) => ({ field: key, key, words: entered[key]?.trim() ?? null })),
  }),
});
