import { DEPARTMENTS } from '../../src/domain/people.ts';
import { say, type Text } from '../../src/lib/text.ts';
import type { ReportItem, ReportPart } from '../../src/report/report.ts';
import { DEPARTMENT_NAMES } from '../../src/state/department-names.ts';
import type { CommandContext } from '../context.ts';
import { isAdmin } from './refuse-unless-admin.ts';
import { ROLE_NAMES } from './role-names.ts';
import { settingOf } from './settings-form.ts';
import { wordsFor } from './settings-report.ts';

const MOST_PEOPLE = 12;
const MOST_PLAYBOOKS = 12;

/** What admins decide, each with its form; nothing for anybody else. */
export async function homeSettings(context: CommandContext): Promise<readonly ReportPart[]> {
  if (!isAdmin(context)) return [];
  const { language, namesOf, people, state } = context;
  const { adminChannel, channels, managementChannel } = state;
  const nameOf = await namesOf([
    ...Object.values(channels),
    ...[adminChannel, managementChannel].filter((id) => id !== null),
    ...people.list().map(({ userId }) => userId),
  ]);
  const now = (key: keyof CommandContext['state']): Text => ({
    en: wordsFor('en', settingOf(key), state[key]),
    zh: wordsFor('zh', settingOf(key), state[key]),
  });
  const [role, own, names, classes, tiers] = [
    ROLE_NAMES[state.defaultRole],
    now('restrictReps'),
    now('namesInMarketing'),
    now('valueThresholds'),
    now('tierNames'),
  ];
  const quiet = quietWords(state);
  const item = (title: Text, text: Text, action: string, label: Text): ReportItem => ({
    kind: 'item',
    title: say(language, title),
    text: say(language, text),
    actions: [{ action, label: say(language, label), value: 'home' }],
  });
  const edit: Text = { en: 'Edit…', zh: '修改…' };
  return [
    { kind: 'heading', text: say(language, { en: 'For admins', zh: '管理员' }) },
    item({ en: 'Departments’ channels', zh: '部门频道' }, channelWords(state, nameOf), 'set-channels', edit),
    item(
      { en: 'Access policy', zh: '访问权限' },
      {
        en: `Everybody without a role: ${role.en} · reps see only their own: ${own.en} · marketing sees names at risk: ${names.en}`,
        zh: `默认角色：${role.zh} · 销售代表仅可见自己的客户：${own.zh} · 市场部可见风险客户名称：${names.zh}`,
      },
      'set-access',
      edit,
    ),
    item(
      { en: 'Preview as somebody', zh: '以他人身份预览' },
      {
        en: 'What /churn-risk shows a role, a department, a place',
        zh: '查看某角色、部门和位置使用 /churn-risk 的结果',
      },
      'preview-as',
      { en: 'Preview…', zh: '预览…' },
    ),
    item({ en: 'People', zh: '人员' }, peopleWords(context, nameOf), 'set-person', {
      en: 'Give a role…',
      zh: '设置角色…',
    }),
    item(
      { en: 'Value classes', zh: '价值等级分界' },
      { en: `Now: ${classes.en} · RFM: /kith rfm`, zh: `当前：${classes.zh} · RFM：/kith rfm` },
      'set-thresholds',
      edit,
    ),
    item({ en: 'Names of the tiers', zh: '忠诚度等级名称' }, tiers, 'set-tier-names', edit),
    item({ en: 'Schedules', zh: '运行时间' }, scheduleWords(state), 'set-schedules', edit),
    item({ en: 'Quiet hours', zh: '免打扰时段' }, quiet, 'set-quiet-hours', edit),
    await playbooks(context),
  ];
}

/** Which channel is whose, and who has none yet. */
function channelWords(state: CommandContext['state'], nameOf: (id: string) => string): Text {
  const { channels, adminChannel, managementChannel } = state;
  const words = (language: 'en' | 'zh'): string => {
    const set: string[] = [];
    const none: string[] = [];
    for (const name of DEPARTMENTS) {
      const [of, id] = [DEPARTMENT_NAMES[name][language], channels[name]];
      if (id === undefined) none.push(of);
      else set.push(`${of} ${nameOf(id)}`);
    }
    const troubles = { en: 'Kith’s own troubles', zh: '系统问题通知' }[language];
    const monthly = { en: 'monthly report', zh: '月度报告' }[language];
    if (adminChannel !== null) set.push(`${troubles} ${nameOf(adminChannel)}`);
    if (managementChannel === null) none.push(monthly);
    else set.push(`${monthly} ${nameOf(managementChannel)}`);
    const missing = none.join(language === 'zh' ? '、' : ', ');
    return [
      ...set,
      ...(missing === '' ? [] : [say(language, { en: `not set: ${missing}`, zh: `未设置：${missing}` })]),
    ].join(' · ');
  };
  return { en: words('en'), zh: words('zh') };
}

function quietWords({ quietHours }: CommandContext['state']): Text {
  if (quietHours === null) return { en: 'none', zh: '无' };
  const { from, to, weekends } = quietHours;
  return {
    en: `${from}–${to}${weekends ? ', and weekends' : ''}`,
    zh: `${from}–${to}${weekends ? '，以及周末' : ''}`,
  };
}

function scheduleWords({ schedules }: CommandContext['state']): Text {
  const { analyse, salesList, marketingDigest } = schedules;
  return {
    en: `Analysis ${analyse} · sales ${salesList} · marketing ${marketingDigest} · and more`,
    zh: `分析 ${analyse} · 销售 ${salesList} · 市场 ${marketingDigest} · 等`,
  };
}

function peopleWords({ people }: CommandContext, nameOf: (id: string) => string): Text {
  const known = people.list();
  if (known.length === 0) return { en: 'Nobody has a role of their own', zh: '没有人有单独的角色' };
  const listed = (language: 'en' | 'zh'): string =>
    known
      .slice(0, MOST_PEOPLE)
      .map(({ userId, role, department }) =>
        [
          nameOf(userId),
          ROLE_NAMES[role][language],
          ...(department === null ? [] : [DEPARTMENT_NAMES[department][language]]),
        ].join(' '),
      )
      .join(' · ');
  const more = known.length - MOST_PEOPLE;
  return {
    en: `${listed('en')}${more > 0 ? ` · and ${more} more` : ''} (/kith people)`,
    zh: `${listed('zh')}${more > 0 ? ` · 另有 ${more} 人` : ''}（/kith people）`,
  };
}

async function playbooks({ language, playbooks: desk }: CommandContext): Promise<ReportItem> {
  const views = await desk.views();
  const running = views.filter(({ running: run }) => run !== null);
  const listed = (of: 'en' | 'zh'): string =>
    running
      .slice(0, MOST_PLAYBOOKS)
      .map(({ name }) => name[of])
      .join(of === 'zh' ? '、' : ', ');
  return {
    kind: 'item',
    title: say(language, { en: 'Playbooks', zh: '方案' }),
    text: say(
      language,
      running.length === 0
        ? {
            en: `None of ${views.length} is running: /kith playbook shows and starts them`,
            zh: `共 ${views.length} 个方案，均未运行：可用 /kith playbook 查看和开始`,
          }
        : {
            en: `${running.length} of ${views.length} running: ${listed('en')} (/kith playbook)`,
            zh: `${views.length} 个中有 ${running.length} 个正在运行：${listed('zh')}（/kith playbook）`,
          },
    ),
  };
}
