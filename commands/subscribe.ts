import { LANGUAGES, say } from '../src/lib/text.ts';
import { SUBSCRIPTION_DAYS } from '../src/state/portal-state.ts';
import type { KithForm } from './context.ts';
import { noSubscription, refuseUnlessPerson } from './shared/may-subscribe.ts';
import { readTimeZone } from './shared/read-time-zone.ts';
import { optionsOf } from './shared/role-names.ts';
import { savedReport } from './shared/subscription-answers.ts';
import { DAYS_NAMES, digestTitle, LANGUAGE_NAMES } from './shared/subscription-words.ts';

const NEW = 'new';

/** A copy of a digest as a direct message: a new one, or a change of the one whose button was clicked. */
export const subscribe: KithForm = {
  name: 'subscribe',
  async open(context, value) {
    refuseUnlessPerson(context);
    const { language, subscriptions, own } = context;
    const known = subscriptions.list().find(({ id }) => id === value);
    if (known === undefined && value !== NEW) throw noSubscription(context);
    const offered = subscriptions.offered();
    const first = offered[0]?.name ?? '';
    return {
      language,
      title: say(language, { en: 'Subscribe', zh: '订阅摘要' }),
      submit: say(language, { en: 'Save', zh: '保存' }),
      intro: say(language, {
        en: 'A copy comes as a direct message when there is something new, made with your own rights.',
        zh: '有新内容时会以私信发送给您，按您的权限生成。',
      }),
      fields: [
        ...(known === undefined
          ? [
              {
                kind: 'choice' as const,
                name: 'digest',
                label: say(language, { en: 'Digest', zh: '摘要' }),
                options: offered.map(({ name, title }) => ({ value: name, label: say(language, title) })),
                value: first,
              },
            ]
          : []),
        {
          kind: 'choice',
          name: 'days',
          label: say(language, { en: 'Days', zh: '日期' }),
          options: optionsOf(language, DAYS_NAMES),
          value: known?.days ?? 'weekdays',
        },
        {
          kind: 'time',
          name: 'time',
          label: say(language, { en: 'Time', zh: '时间' }),
          value: known?.time ?? '08:00',
        },
        {
          kind: 'text',
          name: 'timeZone',
          label: say(language, { en: 'Time zone', zh: '时区' }),
          value: known?.timeZone ?? own.timeZone,
          most: 60,
        },
        {
          kind: 'choice',
          name: 'language',
          label: say(language, { en: 'Language', zh: '语言' }),
          options: optionsOf(language, LANGUAGE_NAMES),
          value: known?.language ?? own.language,
        },
      ],
    };
  },
  async submit(context, value, entered) {
    refuseUnlessPerson(context);
    const { subscriptions } = context;
    const known = subscriptions.list().find(({ id }) => id === value);
    if (known === undefined && value !== NEW) throw noSubscription(context);
    const digest = known?.digest ?? subscriptions.offered().find(({ name }) => name === entered.digest)?.name;
    const days = SUBSCRIPTION_DAYS.find((one) => one === entered.days);
    const time = /^(?:[01]\d|2[0-3]):[0-5]\d$/.exec(entered.time ?? '')?.[0];
    const inLanguage = LANGUAGES.find((one) => one === entered.language);
    const zone = readTimeZone(context.language, entered.timeZone ?? '');
    const choose = say(context.language, { en: 'Choose one', zh: '请选择一项' });
    const problems = {
      ...(digest === undefined ? { digest: choose } : {}),
      ...(days === undefined ? { days: choose } : {}),
      ...(time === undefined
        ? { time: say(context.language, { en: 'Give a time, such as 08:00', zh: '请填写时间，例如 08:00' }) }
        : {}),
      ...('problem' in zone ? { timeZone: zone.problem } : {}),
      ...(inLanguage === undefined ? { language: choose } : {}),
    };
    const other = known === undefined ? subscriptions.list().find((one) => one.digest === digest) : undefined;
    if (other !== undefined) {
      const title = digestTitle(context, other.digest);
      const problem = say(context.language, {
        en: `“${title}” comes to you already: change it with its Edit button`,
        zh: `您已订阅“${title}”：请用其“修改”按钮更改`,
      });
      return { kind: 'refused', problems: { ...problems, digest: problem } };
    }
    if (
      digest === undefined ||
      days === undefined ||
      time === undefined ||
      inLanguage === undefined ||
      'problem' in zone
    )
      return { kind: 'refused', problems };
    const { timeZone } = zone;
    const { subscription, isNew } = await subscriptions.save({ digest, days, time, timeZone, language: inLanguage });
    return { kind: 'done', report: savedReport(context, subscription, isNew), changesHome: true };
  },
};
