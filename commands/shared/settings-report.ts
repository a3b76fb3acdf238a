import { portfolioSummarySchema } from '../../src/analyses/portfolio-summary.ts';
import { trustLine } from '../../src/analyses/trust-line.ts';
import { KithError } from '../../src/lib/errors.ts';
import { nearest } from '../../src/lib/nearest.ts';
import { type Language, say, type Text } from '../../src/lib/text.ts';
import { formatCount, formatInstant, plural } from '../../src/report/format.ts';
import type { Report, ReportPart } from '../../src/report/report.ts';
import {
  NOT_BY_WORDS,
  SETTINGS,
  type Setting,
  type SettingChange,
  type SettingEffect,
  type SettingView,
} from '../../src/state/settings-table.ts';
import type { CommandContext } from '../context.ts';
import { valueClassName } from './class-names.ts';
import { quoted, suggestion } from './read-argument.ts';
import { refuseUnlessAdmin } from './refuse-unless-admin.ts';

/** What anybody may do. */
const PREVIEW_INSTEAD: Text = {
  en: 'or see what it would be with `/kith settings preview KEY VALUE`',
  zh: '或用 `/kith settings preview 键 值` 预览',
};

/** `/kith settings`, `… set KEY VALUE`, `… preview KEY VALUE`, `… reset KEY`. */
export async function settingsReport(context: CommandContext, text: string): Promise<Report> {
  const { language, settings } = context;
  // Refuses where nothing may be said at all, before anything is read.
  const newest = await context.reader.result('portfolio');
  const [typed = '', key = '', ...rest] = text.split(' ');
  const word = typed.toLowerCase();
  const value = rest.join(' ');
  if (word === '') return await list(context, await settings.views(), newest?.summary);
  if ((word === 'set' || word === '设置') && value !== '') {
    refuseUnlessAdmin(context, PREVIEW_INSTEAD);
    const setting = findSetting(language, key);
    const change = await settings.set(setting, value);
    if (change === null) throw notAccepted(language, setting, value);
    return await changed(context, change, 'set');
  }
  if ((word === 'preview' || word === '预览') && value !== '') {
    const setting = findSetting(language, key);
    const change = settings.preview(setting, value);
    if (change === null) throw notAccepted(language, setting, value);
    return previewed(context, change);
  }
  if ((word === 'reset' || word === '重置') && key !== '' && value === '') {
    refuseUnlessAdmin(context, PREVIEW_INSTEAD);
    return await changed(context, await settings.reset(findSetting(language, key)), 'set');
  }
  throw new KithError(
    'usage',
    say(language, {
      en: `\`/kith settings ${quoted(text)}\` is not known: use \`/kith settings\`, \`/kith settings set KEY VALUE\`, \`/kith settings preview KEY VALUE\` or \`/kith settings reset KEY\``,
      zh: `无法识别 \`/kith settings ${quoted(text)}\`：请使用 \`/kith settings\`、\`/kith settings set 键 值\`、\`/kith settings preview 键 值\` 或 \`/kith settings reset 键\``,
    }),
  );
}

async function list(context: CommandContext, views: readonly SettingView[], portfolio: unknown): Promise<Report> {
  const { language, timeZone, namesOf } = context;
  const nameOf = await namesOf(
    views.flatMap(({ value, origin }) => [...namedIn(value), ...(origin.kind === 'set' ? [origin.actor] : [])]),
  );
  const decided = views.filter(({ origin }) => origin.kind !== 'default').length;
  const column = (en: string, zh: string) => ({ label: say(language, { en, zh }), align: 'left' as const });
  const inUse = valuesInUse(portfolio);
  return {
    language,
    headline: say(language, {
      en: `${views.length} settings, ${decided} of them decided by somebody`,
      zh: `共 ${views.length} 项设置，其中 ${decided} 项已由人员设定`,
    }),
    parts: [
      {
        kind: 'table',
        title: say(language, { en: 'Settings', zh: '设置' }),
        columns: [
          column('Key', '键'),
          column('What it is', '含义'),
          column('Now', '当前值'),
          column('From', '来源'),
          column('Accepts', '可填内容'),
        ],
        rows: views.map(({ setting, value, origin }) => {
          const used = value === null || value === 'auto' ? inUse[setting.key] : undefined;
          const now = wordsFor(language, setting, value, nameOf);
          return [
            setting.key,
            say(language, setting.label),
            used === undefined ? now : say(language, { en: `${now}: ${used}`, zh: `${now}：${used}` }),
            originWords(language, timeZone, origin, nameOf),
            say(language, setting.accepts),
          ];
        }),
      },
      {
        kind: 'facts',
        facts: Object.entries(NOT_BY_WORDS).map(([key, where]) => ({ label: key, value: say(language, where) })),
      },
      {
        kind: 'text',
        text: say(language, {
          en: 'An admin changes one with `/kith settings set KEY VALUE`, and back with `/kith settings reset KEY`; `/kith settings preview KEY VALUE` only tells what it would be',
          zh: '管理员可用 `/kith settings set 键 值` 修改，用 `/kith settings reset 键` 恢复默认；`/kith settings preview 键 值` 只预览',
        }),
      },
    ],
    trust: '',
  };
}

/** What was chosen where nobody decided, as the newest run had it. */
function valuesInUse(portfolio: unknown): Readonly<Record<string, string | undefined>> {
  const parsed = portfolioSummarySchema.safeParse(portfolio);
  if (!parsed.success) return {};
  const { horizon_days, unit, mode } = parsed.data;
  return { horizonDays: String(horizon_days), unit, businessMode: mode };
}

function originWords(
  language: Language,
  timeZone: string,
  origin: SettingView['origin'],
  nameOf: (id: string) => string,
): string {
  if (origin.kind === 'default') return say(language, { en: 'default', zh: '默认' });
  if (origin.kind === 'file') return say(language, { en: 'state.json, by hand', zh: '手动写入 state.json' });
  if (origin.kind === 'environment') {
    const { variable } = origin;
    return say(language, {
      en: `${variable}, which wins over what is set here`,
      zh: `${variable}（优先于此处的设置）`,
    });
  }
  const actor = nameOf(origin.actor);
  const at = formatInstant(language, origin.at, timeZone);
  return say(language, { en: `set by ${actor}, ${at}`, zh: `${actor} 于 ${at} 设定` });
}

async function changed(
  { language, namesOf }: Pick<CommandContext, 'language' | 'namesOf'>,
  { setting, before, after }: SettingChange,
  what: 'set' | 'preview',
): Promise<Report> {
  const { key } = setting;
  const nameOf = await namesOf([...namedIn(before), ...namedIn(after)]);
  const [from, to] = [wordsFor(language, setting, before, nameOf), wordsFor(language, setting, after, nameOf)];
  const isSame = JSON.stringify(before ?? null) === JSON.stringify(after ?? null);
  const headline: Text = isSame
    ? { en: `${key} is ${to} already`, zh: `${key} 已经是 ${to}` }
    : what === 'set'
      ? { en: `${key} is now ${to}; it was ${from}`, zh: `${key} 已由 ${from} 改为 ${to}` }
      : { en: `${key} would be ${to}; it is ${from}`, zh: `${key} 将由 ${from} 改为 ${to}` };
  const hint: Text =
    what === 'set'
      ? EFFECTS[setting.effect]
      : {
          en: `Nothing was changed. ${EFFECTS[setting.effect].en}`,
          zh: `尚未修改。${EFFECTS[setting.effect].zh}`,
        };
  return {
    language,
    headline: say(language, headline),
    parts: isSame ? [] : [{ kind: 'text', text: say(language, hint) }],
    trust: '',
  };
}

/** Settings that name things, and move nobody. */
const NAMES: readonly string[] = ['tierNames', 'segmentNames'];

/** What it would be, and whom it would move as far as that can be told without another run. */
async function previewed(context: CommandContext, change: SettingChange): Promise<Report> {
  const { language, settings } = context;
  const report = await changed(context, change, 'preview');
  if (report.parts.length === 0 || change.setting.effect !== 'analysis') return report;
  const found = await settings.moves(change);
  if (found === null) {
    const text: Text = NAMES.includes(change.setting.key)
      ? { en: 'No customer would move: only names change', zh: '没有客户会变动：仅名称改变' }
      : {
          en: 'How many customers that would move is known only after the next analysis',
          zh: '会有多少客户变动，要到下一次分析之后才知道',
        };
    return { ...report, parts: [...report.parts, { kind: 'text', text: say(language, text) }] };
  }
  const { customers, moved, moves, run } = found;
  const of = plural(language, customers, { one: 'customer', other: 'customers' }, ' 位客户');
  const text = say(language, {
    en: `${formatCount('en', moved)} of ${of} of the last analysis would be in another value class`,
    zh: `上次分析的 ${of}中有 ${formatCount('zh', moved)} 位的价值等级会改变`,
  });
  const none = say(language, { en: 'no class', zh: '无等级' });
  const name = (label: string): string => (label === '' ? none : valueClassName(language, label));
  const table: ReportPart = {
    kind: 'table',
    title: say(language, { en: 'Who would move', zh: '变动情况' }),
    columns: [
      { label: say(language, { en: 'From', zh: '原等级' }), align: 'left' },
      { label: say(language, { en: 'To', zh: '新等级' }), align: 'left' },
      { label: say(language, { en: 'Customers', zh: '客户数' }), align: 'right' },
    ],
    rows: moves.map(({ from, to, customers: count }) => [name(from), name(to), formatCount(language, count)]),
  };
  return {
    ...report,
    parts: [...report.parts, { kind: 'text', text }, ...(moves.length === 0 ? [] : [table])],
    trust: trustLine(language, run, 0, { en: 'counted, nothing estimated', zh: '仅为计数，未作估计' }),
  };
}

const EFFECTS: Readonly<Record<SettingEffect, Text>> = {
  analysis: {
    en: 'Takes effect with the next analysis; until then every answer is as it was',
    zh: '将在下一次分析时生效，在此之前所有结果保持不变',
  },
  sync: {
    en: 'The next sync reads every record once more to copy it, and the analysis after that uses it',
    zh: '下一次同步将重新读取全部记录以复制该属性，其后的分析将使用它',
  },
  restart: { en: 'Takes effect when Kith is started again', zh: '重新启动 Kith 后生效' },
  now: { en: 'Takes effect at once', zh: '立即生效' },
};

/** What may be a channel in a setting's value. */
function namedIn(value: unknown): readonly string[] {
  return typeof value === 'string' ? [value] : [];
}

function wordsFor(
  language: Language,
  { unset }: Setting,
  value: unknown,
  nameOf: (id: string) => string = (id) => id,
): string {
  const nothing = unset === undefined ? '–' : say(language, unset);
  if (value === null || value === undefined) return nothing;
  if (typeof value === 'boolean') return say(language, value ? { en: 'yes', zh: '是' } : { en: 'no', zh: '否' });
  if (Array.isArray(value)) return value.join(', ');
  if (typeof value === 'object') {
    const entries = Object.entries(value);
    return entries.length === 0 ? nothing : entries.map(([name, one]) => `${name}=${String(one)}`).join(', ');
  }
  return nameOf(String(value));
}

function findSetting(language: Language, key: string): Setting {
  const found = SETTINGS.find((setting) => setting.key.toLowerCase() === key.toLowerCase());
  if (found !== undefined) return found;
  const elsewhere = Object.entries(NOT_BY_WORDS).find(
    ([name]) => name.toLowerCase() === key.split('.')[0]?.toLowerCase(),
  );
  if (elsewhere !== undefined) {
    const [name, where] = elsewhere;
    throw new KithError(
      'usage',
      say(language, { en: `${name} is not set by words: ${where.en}`, zh: `${name} 不能在此设置：${where.zh}` }),
    );
  }
  const keys = SETTINGS.map((setting) => setting.key);
  const hint = suggestion(language, nearest(key, keys), {
    en: '`/kith settings` lists them all',
    zh: '`/kith settings` 列出了全部设置',
  });
  throw new KithError(
    'usage',
    say(language, {
      en: `There is no setting called “${quoted(key)}”: ${hint}`,
      zh: `没有名为“${quoted(key)}”的设置：${hint}`,
    }),
  );
}

function notAccepted(language: Language, { key, accepts }: Setting, text: string): KithError {
  const value = quoted(text);
  return new KithError(
    'usage',
    say(language, {
      en: `${key} cannot be “${value}”, and nothing was changed: write ${accepts.en}`,
      zh: `${key} 不能设为“${value}”，未作修改：请填写${accepts.zh}`,
    }),
  );
}

export { EFFECTS, namedIn, wordsFor };
