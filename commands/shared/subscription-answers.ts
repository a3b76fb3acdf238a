import { say, type Text } from '../../src/lib/text.ts';
import type { Report } from '../../src/report/report.ts';
import type { Subscription } from '../../src/state/portal-state.ts';
import type { CommandContext } from '../context.ts';
import { noSubscription, refuseUnlessPerson } from './may-subscribe.ts';
import { digestTitle, subscriptionItem, subscriptionTime } from './subscription-words.ts';

/** What came of a change; `after` is shown with its buttons. */
export function subscriptionReport(context: CommandContext, headline: Text, after: Subscription | null): Report {
  const { language, state } = context;
  const quiet = state.quietHours;
  const note: Text | null =
    quiet === null || after === null
      ? null
      : {
          en: `What falls into the quiet hours (${quiet.from}–${quiet.to}${quiet.weekends ? ', and weekends' : ''}) comes when they end`,
          zh: `免打扰时段（${quiet.from}–${quiet.to}${quiet.weekends ? '，以及周末' : ''}）内的消息将在结束后发送`,
        };
  return {
    language,
    headline: say(language, headline),
    parts: [
      ...(after === null ? [] : [subscriptionItem(context, after)]),
      ...(note === null ? [] : [{ kind: 'text' as const, text: say(language, note) }]),
    ],
    trust: '',
  };
}

export function savedReport(context: CommandContext, subscription: Subscription, isNew: boolean): Report {
  const title = digestTitle(context, subscription.digest);
  const when = { en: subscriptionTime('en', subscription), zh: subscriptionTime('zh', subscription) };
  return subscriptionReport(
    context,
    isNew
      ? { en: `“${title}” now comes to you ${when.en}`, zh: `已订阅“${title}”：${when.zh}` }
      : { en: `“${title}” comes to you ${when.en} from now on`, zh: `“${title}”已改为${when.zh}` },
    subscription,
  );
}

export async function pauseSubscription(context: CommandContext, id: string, isPaused: boolean): Promise<Report> {
  refuseUnlessPerson(context);
  const after = await context.subscriptions.pause(id, isPaused);
  if (after === null) throw noSubscription(context);
  const title = digestTitle(context, after.digest);
  return subscriptionReport(
    context,
    isPaused
      ? { en: `“${title}” is paused: nothing comes until you resume it`, zh: `“${title}”已暂停，恢复前不会发送` }
      : {
          en: `“${title}” comes again ${subscriptionTime('en', after)}`,
          zh: `“${title}”已恢复：${subscriptionTime('zh', after)}`,
        },
    after,
  );
}

export async function removeSubscription(context: CommandContext, id: string): Promise<Report> {
  refuseUnlessPerson(context);
  const removed = await context.subscriptions.remove(id);
  if (removed === null) throw noSubscription(context);
  const title = digestTitle(context, removed.digest);
  return subscriptionReport(
    context,
    { en: `“${title}” does not come to you any more`, zh: `已取消订阅“${title}”` },
    null,
  );
}

export async function sendSubscriptionNow(context: CommandContext, id: string): Promise<Report> {
  refuseUnlessPerson(context);
  const outcome = await context.subscriptions.sendNow(id);
  if (outcome === null) throw noSubscription(context);
  return subscriptionReport(context, SENT[outcome], null);
}

const SENT: Readonly<Record<'queued' | 'nothing-new' | 'no-results' | 'gone', Text>> = {
  queued: {
    en: 'It is on its way: it arrives as a direct message within two minutes',
    zh: '正在发送：两分钟内会以私信送达',
  },
  'nothing-new': {
    en: 'Nothing changed since your last copy, so there is nothing to send',
    zh: '自上次发送以来没有变化，因此没有可发送的内容',
  },
  'no-results': {
    en: 'Nothing has been analysed yet, so there is nothing to send: `/kith status` says when the next analysis is',
    zh: '尚未进行分析，没有可发送的内容：可用 `/kith status` 查看下次分析时间',
  },
  gone: {
    en: 'There is no such digest any more: `/kith subscribe` lists those that there are',
    zh: '该摘要已不再提供：可用 `/kith subscribe` 查看现有的摘要',
  },
};
