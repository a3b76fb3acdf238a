import { RECORD_NAMES } from '../src/analyses/record-names.ts';
import { OBJECT_TYPES, type ObjectType } from '../src/domain/crm.ts';
import { KithError } from '../src/lib/errors.ts';
import { nearest } from '../src/lib/nearest.ts';
import { say } from '../src/lib/text.ts';
import type { SystemStatus } from '../src/ports/system-status.ts';
import { formatCount, formatInstant, plural } from '../src/report/format.ts';
import type { Report, ReportPart } from '../src/report/report.ts';
import { undeliveredTable } from '../src/report/undelivered-table.ts';
import type { CommandContext, KithCommand } from './context.ts';
import { callsText } from './shared/calls-text.ts';
import { doctorReport } from './shared/doctor-report.ts';
import { kithOnlyReads, kithReport } from './shared/kith-reports.ts';
import { lastRunText } from './shared/last-run-text.ts';
import { quoted, readArgument, suggestion, typedArgument } from './shared/read-argument.ts';
import { reconciled } from './shared/reconciled.ts';

const SUBCOMMANDS = [
  'help',
  'status',
  'health',
  'rfm',
  'playbook',
  'settings',
  'people',
  'subscribe',
  'privacy',
  'doctor',
] as const;

export const kith: KithCommand = {
  name: 'kith',
  summary: { en: 'What Kith can do, and how it is doing', zh: 'Kith 的功能与运行状态' },
  usage: '[help|status|health|rfm|playbook|settings|people|subscribe|privacy|doctor]',
  onlyReads: (text) => kithOnlyReads(typedArgument(text)),
  // Which digests somebody has sent to them, and when, is nobody else's business.
  isPersonal: (text) => /^(?:subscribe|订阅)(?:\s|$)/iu.test(typedArgument(text)),
  async run(context, text) {
    const { language } = context;
    const typed = readArgument(language, text);
    const wanted = typed.toLowerCase();
    if (wanted === '' || wanted === 'help' || wanted === '帮助') return help(context);
    if (wanted === 'status' || wanted === '状态') return status(context);
    if (wanted === 'doctor' || wanted === '诊断') return doctorReport(context, await context.doctor());
    const report = kithReport(context, wanted, typed);
    if (report !== null) return report;
    const hint = suggestion(language, nearest(wanted, SUBCOMMANDS), {
      en: 'use `/kith help`, `/kith status`, `/kith health`, `/kith rfm`, `/kith playbook`, `/kith settings`, `/kith people`, `/kith subscribe`, `/kith privacy` or `/kith doctor`',
      zh: '请使用 `/kith help`、`/kith status`、`/kith health`、`/kith rfm`、`/kith playbook`、`/kith settings`、`/kith people`、`/kith subscribe`、`/kith privacy` 或 `/kith doctor`',
    });
    const shown = quoted(wanted);
    throw new KithError(
      'unknown-command',
      say(language, {
        en: `\`/kith ${shown}\` does not exist: ${hint}`,
        zh: `没有 \`/kith ${shown}\` 这个命令：${hint}`,
      }),
    );
  },
};

function help({ language, commands }: CommandContext): Report {
  return {
    language,
    headline: say(language, {
      en: `Kith answers ${plural('en', commands.length, { one: 'command', other: 'commands' }, '')}`,
      zh: `Kith 可以回答以下 ${commands.length} 个命令`,
    }),
    parts: [
      {
        kind: 'facts',
        facts: commands.map((command) => ({
          label: `/${command.name}${command.usage === '' ? '' : ` ${command.usage}`}`,
          value: say(language, command.summary),
        })),
      },
      {
        kind: 'text',
        text: say(language, {
          en: 'Every answer ends with the date of its data and how much evidence there is. The “Why?” button says where a number comes from.',
          zh: '每个回答的最后一行都会注明数据日期和证据等级。点击“为什么？”按钮可以查看数字的来历。',
        }),
      },
    ],
    trust: '',
  };
}

async function status(context: CommandContext): Promise<Report> {
  const { language, timeZone } = context;
  const now = await context.status();
  const moment = (instant: number | null): string =>
    instant === null ? say(language, { en: 'never', zh: '从未' }) : formatInstant(language, instant, timeZone);
  const counts = OBJECT_TYPES.map((type) => [type, now.counts[type] ?? 0] as const).filter(([, count]) => count > 0);
  const facts = [
    { label: say(language, { en: 'CRM', zh: 'CRM' }), value: now.crm },
    { label: say(language, { en: 'Last sync', zh: '上次同步' }), value: moment(now.lastSyncAt) },
    { label: say(language, { en: 'Last analysis', zh: '上次分析' }), value: moment(now.lastRunAt) },
    {
      label: say(language, { en: 'Unreadable records', zh: '无法读取的记录' }),
      value: formatCount(language, now.rejected),
    },
    {
      label: say(language, { en: 'Messages not delivered', zh: '未送达的消息' }),
      value: formatCount(language, now.undelivered),
    },
  ];
  facts.splice(2, 0, {
    label: say(language, { en: 'Compared with the CRM', zh: '与 CRM 核对' }),
    value: reconciled(context, now.reconciliation),
  });
  if (now.slack !== null) {
    const label = say(language, { en: 'Slack', zh: 'Slack' });
    facts.push({ label, value: slackText(context, now.slack, moment(now.slack.since)) });
  }
  if (now.calls !== null) {
    const label = say(language, { en: 'CRM calls today', zh: '今日 CRM 调用' });
    facts.push({ label, value: callsText(context, now.calls) });
  }
  const parts: ReportPart[] = [{ kind: 'facts', facts }];
  if (now.troubled.length > 0) {
    const called = await context.namesOf(now.troubled.map(({ channelId }) => channelId));
    const title = { en: 'Not delivered for certain in the last 7 days', zh: '近 7 天未确认送达' };
    parts.push(undeliveredTable(now.troubled, { language, timeZone, title, called }));
  }
  if (counts.length > 0) {
    parts.push({
      kind: 'table',
      title: say(language, { en: 'Records', zh: '记录数' }),
      columns: [
        { label: say(language, { en: 'Kind', zh: '类型' }), align: 'left' },
        { label: say(language, { en: 'Count', zh: '数量' }), align: 'right' },
      ],
      rows: counts.map(([type, count]) => [recordName(context, type), formatCount(language, count)]),
    });
  }
  if (now.jobs.length > 0) {
    parts.push({
      kind: 'table',
      title: say(language, { en: 'Scheduled jobs', zh: '定时任务' }),
      columns: [
        { label: say(language, { en: 'Job', zh: '任务' }), align: 'left' },
        { label: say(language, { en: 'Next', zh: '下次运行' }), align: 'left' },
        { label: say(language, { en: 'Last outcome', zh: '上次结果' }), align: 'left' },
      ],
      rows: now.jobs.map((job) => [
        job.schedule === '' ? job.name : `${job.name} (${job.schedule})`,
        job.nextAt === null ? '–' : formatInstant(language, job.nextAt, timeZone),
        lastRunText(language, job),
      ]),
    });
  }
  return {
    language,
    headline: headlineOf(context, now.lastSyncAt, now.lastRunAt),
    parts,
    trust: asOf(context, now.asOf),
  };
}

function slackText(
  { language }: CommandContext,
  { workspace, isConnected, since, installUrl }: NonNullable<SystemStatus['slack']>,
  moment: string,
): string {
  if (isConnected)
    return say(language, {
      en: `${workspace}, added by OAuth on ${moment}`,
      zh: `${workspace}，于 ${moment} 通过 OAuth 添加`,
    });
  if (since === null)
    return say(language, {
      en: `not added yet: open ${installUrl}; messages wait until then`,
      zh: `尚未添加：请打开 ${installUrl}；在此之前消息会等待`,
    });
  return say(language, {
    en: `taken out of ${workspace} on ${moment}: messages wait; open ${installUrl} to add it again`,
    zh: `已于 ${moment} 从 ${workspace} 移除：消息等待中；请打开 ${installUrl} 重新添加`,
  });
}

function headlineOf(
  { language, timeZone }: CommandContext,
  lastSyncAt: number | null,
  lastRunAt: number | null,
): string {
  if (lastSyncAt === null) {
    return say(language, {
      en: 'Nothing has been synced yet: run `kith sync`, or `kith import DIR` for a folder of files',
      zh: '尚未同步任何数据：请运行 `kith sync`，或用 `kith import DIR` 导入一个文件夹',
    });
  }
  if (lastRunAt === null) {
    return say(language, {
      en: 'Records are synced and nothing has been analysed yet: run `kith analyse`',
      zh: '数据已同步，但尚未分析：请运行 `kith analyse`',
    });
  }
  const sync = formatInstant(language, lastSyncAt, timeZone);
  const run = formatInstant(language, lastRunAt, timeZone);
  return say(language, {
    en: `Kith is running: synced ${sync}, analysed ${run}`,
    zh: `Kith 正在运行：${sync} 同步，${run} 分析`,
  });
}

function asOf({ language, timeZone }: CommandContext, instant: number | null): string {
  if (instant === null) return say(language, { en: 'No analysis yet', zh: '尚无分析结果' });
  const moment = formatInstant(language, instant, timeZone);
  return say(language, { en: `Data as of ${moment}`, zh: `数据截至 ${moment}` });
}

function recordName({ language }: CommandContext, type: ObjectType): string {
  const { en, zh } = RECORD_NAMES[type];
  return say(language, { en: `${en.charAt(0).toUpperCase()}${en.slice(1)}`, zh });
}
