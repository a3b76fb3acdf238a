import { MODEL_NAMES } from '../src/analyses/churn-note.ts';
import { say } from '../src/lib/text.ts';
import type { HomeFacts } from '../src/ports/home-facts.ts';
import { formatCount, formatInstant, plural } from '../src/report/format.ts';
import type { Report, ReportPart } from '../src/report/report.ts';
import type { CommandContext, KithHome } from './context.ts';
import { homeCustomers, type NewestRisk, readNewestRisk } from './shared/home-customers.ts';
import { homeFindings } from './shared/home-findings.ts';
import { homeSettings } from './shared/home-settings.ts';
import { maySave } from './shared/may-save.ts';
import { LANGUAGE_NAMES, subscribeButton, subscriptionItem } from './shared/subscription-words.ts';

/**
 * A person's own page: their customers first, then what they are doing about them, what comes to them, how Kith speaks to them, how
 * fresh everything is, and what they may decide.
 */
export const personalHome: KithHome = {
  async run(context) {
    const [newest, facts] = await Promise.all([readNewestRisk(context), context.homeFacts()]);
    const customers = newest === null ? nothingYet(context) : await homeCustomers(context, newest);
    const findings = newest === null ? [] : await homeFindings(context, newest, facts.findings);
    return {
      language: context.language,
      headline: customers.headline,
      parts: [
        ...customers.parts,
        ...findings,
        ...subscriptionsOf(context),
        ...personOf(context),
        ...freshness(context, newest, facts),
        ...writeBackOf(context, facts),
        ...(await homeSettings(context)),
      ],
      trust: customers.trust,
    };
  },
};

function nothingYet({ language }: CommandContext): Pick<Report, 'headline' | 'parts' | 'trust'> {
  return {
    headline: say(language, {
      en: 'Nothing has been analysed yet: your customers stand here after the first analysis',
      zh: '尚未进行分析：首次分析后此处会列出您的客户',
    }),
    parts: [],
    trust: '',
  };
}

function subscriptionsOf(context: CommandContext): readonly ReportPart[] {
  const { language, subscriptions } = context;
  const own = subscriptions.list();
  const text = {
    en: 'A copy of a digest, made with your own rights, comes as a direct message when there is something new.',
    zh: '有新内容时，摘要会按您的权限生成并以私信发送。',
  };
  return [
    { kind: 'heading', text: say(language, { en: 'My subscriptions', zh: '我的订阅' }) },
    ...own.map((subscription) => subscriptionItem(context, subscription)),
    ...(own.length < subscriptions.offered().length
      ? [
          {
            kind: 'item' as const,
            title: say(language, { en: 'Subscribe to a digest', zh: '订阅摘要' }),
            text: say(language, text),
            actions: [subscribeButton(language)],
          },
        ]
      : []),
  ];
}

function personOf({ language, own, preferences }: CommandContext): readonly ReportPart[] {
  const chosen = preferences.own();
  const asChat = chosen.language === null && chosen.timeZone === null;
  const name = LANGUAGE_NAMES[own.language];
  return [
    { kind: 'heading', text: say(language, { en: 'How Kith speaks to you', zh: '语言与时间' }) },
    {
      kind: 'item',
      title: say(language, { en: 'Language and time zone', zh: '语言和时区' }),
      text: say(language, {
        en: `${name.en} · ${own.timeZone}${asChat ? ' · as in the chat' : ''}`,
        zh: `${name.zh} · ${own.timeZone}${asChat ? ' · 与聊天应用一致' : ''}`,
      }),
      actions: [{ action: 'set-preferences', label: say(language, { en: 'Change…', zh: '修改…' }), value: 'home' }],
    },
  ];
}

function freshness(
  { language, timeZone }: CommandContext,
  newest: NewestRisk | null,
  { lastSyncAt, troubled, waiting }: HomeFacts,
): readonly ReportPart[] {
  const moment = (instant: number | null): string =>
    instant === null ? say(language, { en: 'never', zh: '从未' }) : formatInstant(language, instant, timeZone);
  const model = newest?.summary.model ?? null;
  const facts = [
    { label: say(language, { en: 'Last sync', zh: '上次同步' }), value: moment(lastSyncAt) },
    { label: say(language, { en: 'Data as of', zh: '数据截至' }), value: moment(newest?.run.asOf ?? null) },
  ];
  if (newest !== null) {
    const made = moment(newest.run.asOf);
    facts.push({
      label: say(language, { en: 'Model', zh: '模型' }),
      value:
        model === null
          ? say(language, { en: 'none: too little history', zh: '无：历史不足' })
          : say(language, {
              en: `${MODEL_NAMES[model].en}, as the analysis of ${made} has it`,
              zh: `${MODEL_NAMES[model].zh}（${made} 的分析）`,
            }),
    });
    const level = newest.summary.evidence_level;
    facts.push({
      label: say(language, { en: 'Evidence level', zh: '证据等级' }),
      value: say(language, { en: `${level} of 3`, zh: `${level}（最高 3）` }),
    });
  }
  const failed = troubled.map(({ name }) => name).join(', ');
  const held = waiting === 0 ? null : plural(language, waiting, { one: 'message', other: 'messages' }, ' 条消息');
  facts.push({
    label: say(language, { en: 'Connections', zh: '连接状态' }),
    value: [
      failed === ''
        ? say(language, { en: 'no job failed when it last ran', zh: '各任务上次运行均未失败' })
        : say(language, { en: `failed: ${failed} (\`/kith doctor\`)`, zh: `失败：${failed}（\`/kith doctor\`）` }),
      ...(held === null ? [] : [say(language, { en: `${held} waiting to be sent`, zh: `${held}等待发送` })]),
    ].join(' · '),
  });
  return [
    { kind: 'heading', text: say(language, { en: 'How fresh this is', zh: '数据新鲜度' }) },
    { kind: 'facts', facts },
  ];
}

/** What waits for an approval; for those who may give it. */
function writeBackOf(context: CommandContext, { plan }: HomeFacts): readonly ReportPart[] {
  if (!maySave(context)) return [];
  const { language, timeZone, state } = context;
  const scheduled = state.writeBackApproved
    ? { en: 'The scheduled write-back is approved.', zh: '定时写回已批准。' }
    : { en: 'The scheduled write-back waits for its first approval.', zh: '定时写回尚未批准。' };
  const waiting =
    plan === null
      ? { en: 'No plan waits.', zh: '没有待批准的计划。' }
      : {
          en: `${formatCount('en', plan.changed)} records would change by the plan of ${formatInstant('en', plan.plannedAt, timeZone)}: \`/write-back\` shows what would be written, and approves it.`,
          zh: `${formatInstant('zh', plan.plannedAt, timeZone)} 的计划将修改 ${formatCount('zh', plan.changed)} 条记录：可用 \`/write-back\` 查看并批准。`,
        };
  return [
    { kind: 'heading', text: say(language, { en: 'For your approval', zh: '待批准' }) },
    {
      kind: 'item',
      title: say(language, { en: 'Writing back to the CRM', zh: '写回 CRM' }),
      text: `${say(language, waiting)} ${say(language, scheduled)}`,
    },
  ];
}
