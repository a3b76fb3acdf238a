import { KithError } from '../../src/lib/errors.ts';
import { nearest } from '../../src/lib/nearest.ts';
import { say } from '../../src/lib/text.ts';
import type { Report } from '../../src/report/report.ts';
import type { Subscription, SubscriptionDays } from '../../src/state/portal-state.ts';
import type { CommandContext } from '../context.ts';
import { refuseUnlessPerson } from './may-subscribe.ts';
import { quoted, suggestion } from './read-argument.ts';
import { DAY_NAMES, readDays, readTime } from './read-subscription.ts';
import { pauseSubscription, removeSubscription, savedReport, sendSubscriptionNow } from './subscription-answers.ts';
import { subscribeButton, subscriptionItem } from './subscription-words.ts';

/** What holds where a person names no days or no time. */
const USUAL = { days: 'weekdays', time: '08:00' } as const;

/** What departments are called in Chinese: their digests are called like them. */
const CHINESE: Readonly<Record<string, string>> = {
  市场: 'marketing',
  销售: 'sales',
  客服: 'service',
  财务: 'finance',
};

type Verb = 'off' | 'pause' | 'resume' | 'now';
const VERBS: Readonly<Record<string, Verb>> = {
  off: 'off',
  stop: 'off',
  remove: 'off',
  退订: 'off',
  取消: 'off',
  pause: 'pause',
  暂停: 'pause',
  resume: 'resume',
  恢复: 'resume',
  now: 'now',
  立即: 'now',
};

/** `/kith subscribe`, `… sales weekdays 08:00`, `… sales off|pause|resume|now`. */
export async function subscribeReport(context: CommandContext, text: string): Promise<Report> {
  const { subscriptions, own } = context;
  // Refuses where nothing may be said at all.
  await context.reader.result('portfolio');
  const [first = '', ...rest] = text.split(' ').filter((word) => word !== '');
  if (first === '') return list(context);
  const digest = readDigest(context, first);
  refuseUnlessPerson(context);
  const known = subscriptions.list().find((one) => one.digest === digest);
  const [word = ''] = rest;
  const verb = rest.length === 1 && Object.hasOwn(VERBS, word.toLowerCase()) ? VERBS[word.toLowerCase()] : undefined;
  if (verb !== undefined) return act(context, verb, known, digest);
  const { days, time } = readWhen(context, rest, known);
  const { timeZone, language } = known ?? own;
  const { subscription, isNew } = await subscriptions.save({ digest, days, time, timeZone, language });
  return savedReport(context, subscription, isNew);
}

function list(context: CommandContext): Report {
  const { language, subscriptions, reader } = context;
  const own = subscriptions.list();
  const count = own.length;
  return {
    language,
    headline: say(
      language,
      count === 0
        ? { en: 'No digest comes to you yet', zh: '您还没有订阅任何摘要' }
        : { en: `${count} ${count === 1 ? 'digest comes' : 'digests come'} to you`, zh: `您订阅了 ${count} 份摘要` },
    ),
    parts: [
      ...own.map((one) => subscriptionItem(context, one)),
      {
        kind: 'table',
        title: say(language, { en: 'What there is', zh: '可订阅的摘要' }),
        columns: [
          { label: say(language, { en: 'Name', zh: '名称' }), align: 'left' },
          { label: say(language, { en: 'What it tells', zh: '内容' }), align: 'left' },
        ],
        rows: subscriptions.offered().map(({ name, title }) => [name, say(language, title)]),
      },
      {
        kind: 'text',
        text: say(language, {
          en: '`/kith subscribe sales weekdays 08:00` sends you a copy as a direct message, made with your own rights, when there is something new; `/kith subscribe sales off` ends it. `pause`, `resume` and `now` work too.',
          zh: '`/kith subscribe 销售 工作日 08:00` 会在有新内容时以私信发送（按您的权限生成）；`/kith subscribe 销售 退订` 取消。也可使用“暂停”“恢复”“立即”。',
        }),
      },
    ],
    trust: '',
    ...(reader.viewer.userId === 'command-line' ? {} : { actions: [subscribeButton(language)] }),
  };
}

async function act(
  context: CommandContext,
  verb: Verb,
  known: Subscription | undefined,
  digest: string,
): Promise<Report> {
  if (known === undefined) {
    const { language } = context;
    throw new KithError(
      'usage',
      say(language, {
        en: `You are not subscribed to ${digest}: \`/kith subscribe ${digest}\` subscribes you`,
        zh: `您没有订阅 ${digest}：可用 \`/kith subscribe ${digest}\` 订阅`,
      }),
    );
  }
  if (verb === 'off') return removeSubscription(context, known.id);
  if (verb === 'now') return sendSubscriptionNow(context, known.id);
  return pauseSubscription(context, known.id, verb === 'pause');
}

function readDigest({ language, subscriptions }: CommandContext, word: string): string {
  const names = subscriptions.offered().map(({ name }) => name);
  const typed = word.toLowerCase();
  const department = typed.replace(/部$/, '');
  const wanted = Object.hasOwn(CHINESE, department) ? CHINESE[department] : typed;
  const found = names.find((name) => name === wanted);
  if (found !== undefined) return found;
  const hint = suggestion(language, nearest(typed, names), {
    en: `there are ${names.join(', ')}`,
    zh: `可订阅的有 ${names.join('、')}`,
  });
  const shown = quoted(word);
  throw new KithError(
    'usage',
    say(language, {
      en: `There is no digest called “${shown}”: ${hint}`,
      zh: `没有名为“${shown}”的摘要：${hint}`,
    }),
  );
}

/** Days and a time, in any order; what is not named stays as it is. */
function readWhen(
  { language }: CommandContext,
  words: readonly string[],
  known: Subscription | undefined,
): { days: SubscriptionDays; time: string } {
  let days: SubscriptionDays | null = null;
  let time: string | null = null;
  for (const word of words) {
    const asDays: SubscriptionDays | null = days === null ? readDays(word) : null;
    const asTime: string | null = asDays === null && time === null ? readTime(word) : null;
    if (asDays === null && asTime === null) {
      const close = nearest(word, [...DAY_NAMES, ...Object.keys(VERBS)]);
      const hint = suggestion(language, close, {
        en: 'write days and a time, such as `weekdays 08:00` or `monday 9:30`, or `off`',
        zh: '请填写日期和时间，例如 `工作日 08:00` 或 `周一 9:30`，或 `退订`',
      });
      const shown = quoted(word);
      throw new KithError(
        'usage',
        say(language, {
          en: `“${shown}” is no day or time, or one too many, and nothing was changed: ${hint}`,
          zh: `“${shown}”不是日期或时间（或重复），未作修改：${hint}`,
        }),
      );
    }
    days ??= asDays;
    time ??= asTime;
  }
  return { days: days ?? known?.days ?? USUAL.days, time: time ?? known?.time ?? USUAL.time };
}
