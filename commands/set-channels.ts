import { DEPARTMENTS } from '../src/domain/people.ts';
import { say } from '../src/lib/text.ts';
import type { FormField } from '../src/report/form.ts';
import { type SettingsReading, settingOf, settingsForm, textNow } from './shared/settings-form.ts';

const KEYS = [...DEPARTMENTS.map((name) => `channels.${name}`), 'adminChannel', 'managementChannel'] as const;

/** Which channel is whose. */
export const setChannels = settingsForm({
  name: 'set-channels',
  title: { en: 'Departments’ channels', zh: '部门频道' },
  intro: {
    en: 'A department’s digest is posted in its channel, and answers there show what the department may see. Kith has to be a member of each: invite it with /invite.',
    zh: '部门摘要会发布在其频道中，频道内的回答只显示该部门可见的内容。请先用 /invite 把 Kith 邀请进频道。',
  },
  fields: (language, state) =>
    KEYS.map((key): FormField => {
      const value = textNow(state, key);
      const label = say(language, settingOf(key).label);
      return { kind: 'channel', name: key, label, isOptional: true, ...(value === '' ? {} : { value }) };
    }),
  read(entered): SettingsReading {
    const departments = DEPARTMENTS.map((name) => `channels.${name}`);
    const problems: Record<string, { en: string; zh: string }> = {};
    for (const [at, key] of departments.entries()) {
      const earlier = departments.slice(0, at).find((other) => entered[other] && entered[other] === entered[key]);
      if (earlier !== undefined) {
        problems[key] = {
          en: 'One channel is one department’s: it decides what may be shown there',
          zh: '一个频道只能属于一个部门，它决定频道内可显示的内容',
        };
      }
    }
    return { problems, decisions: KEYS.map((key) => ({ field: key, key, words: entered[key] ?? null })) };
  },
});
