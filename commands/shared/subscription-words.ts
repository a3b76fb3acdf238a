import { type Language, say, type Text } from '../../src/lib/text.ts';
import type { ReportAction, ReportItem } from '../../src/report/report.ts';
import type { Subscription, SubscriptionDays } from '../../src/state/portal-state.ts';
import type { CommandContext } from '../context.ts';

export const DAYS_NAMES: Readonly<Record<SubscriptionDays, Text>> = {
  daily: { en: 'every day', zh: '每天' },
  weekdays: { en: 'Monday to Friday', zh: '周一至周五' },
  monday: { en: 'Mondays', zh: '每周一' },
  tuesday: { en: 'Tuesdays', zh: '每周二' },
  wednesday: { en: 'Wednesdays', zh: '每周三' },
  thursday: { en: 'Thursdays', zh: '每周四' },
  friday: { en: 'Fridays', zh: '每周五' },
  saturday: { en: 'Saturdays', zh: '每周六' },
  sunday: { en: 'Sundays', zh: '每周日' },
};

export const LANGUAGE_NAMES: Readonly<Record<Language, Text>> = {
  en: { en: 'English', zh: '英文' },
  zh: { en: 'Chinese', zh: '中文' },
};

/** What a digest is called; its own name when there is none of that name any more. */
export function digestTitle(
  { language, subscriptions }: Pick<CommandContext, 'language' | 'subscriptions'>,
  digest: string,
): string {
  const offered = subscriptions.offered().find(({ name }) => name === digest);
  return offered === undefined ? digest : say(language, offered.title);
}

/** When a copy comes, in words. */
export function subscriptionTime(language: Language, { days, time, timeZone }: Subscription): string {
  const on = DAYS_NAMES[days];
  return say(language, { en: `${on.en} at ${time} (${timeZone})`, zh: `${on.zh} ${time}（${timeZone}）` });
}

/** A person's copy of a digest, with what may be done about it. */
export function subscriptionItem(context: CommandContext, subscription: Subscription): ReportItem {
  const { language } = context;
  const { id, digest, isPaused } = subscription;
  const inLanguage = LANGUAGE_NAMES[subscription.language];
  const button = (action: string, label: Text): ReportAction => ({ action, label: say(language, label), value: id });
  const time = subscriptionTime(language, subscription);
  return {
    kind: 'item',
    title: digestTitle(context, digest),
    text: say(language, {
      en: `${isPaused ? 'Paused · ' : ''}${time} · in ${inLanguage.en}`,
      zh: `${isPaused ? '已暂停 · ' : ''}${time} · ${inLanguage.zh}`,
    }),
    actions: [
      isPaused
        ? button('resume-subscription', { en: 'Resume', zh: '恢复' })
        : button('pause-subscription', { en: 'Pause', zh: '暂停' }),
      button('subscribe', { en: 'Edit…', zh: '修改…' }),
      button('send-subscription', { en: 'Send now', zh: '立即发送' }),
      {
        ...button('remove-subscription', { en: 'Remove', zh: '删除' }),
        style: 'danger',
        confirm: {
          title: say(language, { en: 'Remove this subscription?', zh: '删除此订阅？' }),
          text: say(language, {
            en: `${digestTitle(context, digest)} no longer comes to you. Pause it to keep the day, the time and the language for later.`,
            zh: `您将不再收到“${digestTitle(context, digest)}”。若只想暂时停收并保留日期、时间和语言，请选择“暂停”。`,
          }),
          yes: say(language, { en: 'Remove', zh: '删除' }),
          no: say(language, { en: 'Keep it', zh: '保留' }),
        },
      },
    ],
  };
}

export function subscribeButton(language: Language): ReportAction {
  return { action: 'subscribe', label: say(language, { en: 'Subscribe…', zh: '订阅…' }), value: 'new' };
}
