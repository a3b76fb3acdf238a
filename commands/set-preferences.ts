import { LANGUAGES, say, type Text } from '../src/lib/text.ts';
import type { KithForm } from './context.ts';
import { refuseUnlessPerson } from './shared/may-subscribe.ts';
import { readTimeZone } from './shared/read-time-zone.ts';
import { optionsOf } from './shared/role-names.ts';
import { LANGUAGE_NAMES } from './shared/subscription-words.ts';

/** What the chat knows of the person. */
const CHAT = 'chat';
const AS_CHAT: Text = { en: 'as in the chat', zh: '与聊天应用一致' };

/** In which language Kith answers a person by themselves, and by which clock. */
export const setPreferences: KithForm = {
  name: 'set-preferences',
  async open(context) {
    refuseUnlessPerson(context);
    const { language, preferences } = context;
    const own = preferences.own();
    return {
      language,
      title: say(language, { en: 'Language and time', zh: '语言和时区' }),
      submit: say(language, { en: 'Save', zh: '保存' }),
      intro: say(language, {
        en: 'For what Kith tells you alone; a department’s channel has its own language.',
        zh: '用于 Kith 单独回复您的内容；部门频道使用频道语言。',
      }),
      fields: [
        {
          kind: 'choice',
          name: 'language',
          label: say(language, { en: 'Language', zh: '语言' }),
          options: optionsOf(language, { [CHAT]: AS_CHAT, ...LANGUAGE_NAMES }),
          value: own.language ?? CHAT,
        },
        {
          kind: 'text',
          name: 'timeZone',
          label: say(language, { en: 'Time zone', zh: '时区' }),
          hint: say(language, {
            en: 'Such as Europe/Berlin; empty: as in the chat',
            zh: '例如 Asia/Shanghai；留空则与聊天应用一致',
          }),
          isOptional: true,
          value: own.timeZone ?? '',
          most: 60,
        },
      ],
    };
  },
  async submit(context, _value, entered) {
    refuseUnlessPerson(context);
    const { language, preferences } = context;
    const chosen = LANGUAGES.find((one) => one === entered.language) ?? null;
    const zone =
      (entered.timeZone ?? '').trim() === '' ? { timeZone: null } : readTimeZone(language, entered.timeZone ?? '');
    const problems = {
      ...(chosen === null && entered.language !== CHAT
        ? { language: say(language, { en: 'Choose one', zh: '请选择一项' }) }
        : {}),
      ...('problem' in zone ? { timeZone: zone.problem } : {}),
    };
    if ('problem' in zone || Object.keys(problems).length > 0) return { kind: 'refused', problems };
    await preferences.set({ language: chosen, timeZone: zone.timeZone });
    // In the language that was just chosen.
    const to = chosen ?? language;
    const words = chosen === null ? AS_CHAT : LANGUAGE_NAMES[chosen];
    const clock = zone.timeZone ?? say(to, AS_CHAT);
    const headline = say(to, {
      en: `Kith answers you from now on in this language: ${words.en}; time zone: ${clock}`,
      zh: `已保存：语言为${words.zh}，时区为${clock}`,
    });
    return { kind: 'done', report: { language: to, headline, parts: [], trust: '' }, changesHome: true };
  },
};
