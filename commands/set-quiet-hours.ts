import { say, type Text } from '../src/lib/text.ts';
import { optionsOf, YES_NO } from './shared/role-names.ts';
import { settingsForm } from './shared/settings-form.ts';

/** When nothing is said unasked. */
export const setQuietHours = settingsForm({
  name: 'set-quiet-hours',
  title: { en: 'Quiet hours', zh: '免打扰时段' },
  intro: {
    en: 'In the portal’s time zone. What falls into them comes when they end; only that Kith itself is in trouble is said at any hour. Both times empty: none.',
    zh: '按门户时区。时段内的消息在结束后发送；只有 Kith 自身出现问题时才会随时提醒。两个时间均留空则不设置。',
  },
  fields: (language, { quietHours }) => [
    {
      kind: 'time',
      name: 'from',
      label: say(language, { en: 'From', zh: '开始' }),
      isOptional: true,
      ...(quietHours === null ? {} : { value: quietHours.from }),
    },
    {
      kind: 'time',
      name: 'to',
      label: say(language, { en: 'Until', zh: '结束' }),
      isOptional: true,
      ...(quietHours === null ? {} : { value: quietHours.to }),
    },
    {
      kind: 'choice',
      name: 'weekends',
      label: say(language, { en: 'Quiet on weekends too?', zh: '周末也免打扰？' }),
      options: optionsOf(language, YES_NO),
      value: quietHours?.weekends === true ? 'yes' : 'no',
    },
  ],
  read({ from = null, to = null, weekends = null }) {
    if (from === null && to === null) {
      const problems: Record<string, Text> = {};
      if (weekends === 'yes') {
        problems.from = {
          en: 'Quiet weekends need quiet hours on working days too',
          zh: '请同时填写工作日的免打扰时间',
        };
      }
      return { problems, decisions: [{ field: 'from', key: 'quietHours', words: null }] };
    }
    const problems: Record<string, Text> = {};
    if (from === null) problems.from = { en: 'Give both times, or none', zh: '请同时填写两个时间，或都留空' };
    if (to === null) problems.to = { en: 'Give both times, or none', zh: '请同时填写两个时间，或都留空' };
    if (from !== null && from === to) problems.to = { en: 'It ends when it begins', zh: '结束时间与开始时间相同' };
    if (Object.keys(problems).length > 0) return { problems, decisions: [] };
    const words = `${from}-${to}${weekends === 'yes' ? ' weekends' : ''}`;
    return { decisions: [{ field: 'from', key: 'quietHours', words }] };
  },
});
