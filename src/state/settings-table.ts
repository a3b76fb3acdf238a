import type { Instant } from '../domain/crm.ts';
import { isCron } from '../lib/cron.ts';
import type { Text } from '../lib/text.ts';

/** When a change of a setting shows. */
export type SettingEffect = 'analysis' | 'sync' | 'restart' | 'now';

/** One decision that people can make by words, wherever they ask. */
export interface Setting {
  /** Its place in `portalStateSchema`: `contracts.graceDays`. */
  readonly key: string;
  readonly label: Text;
  /** What may be written: said in the list, and when something else was written. */
  readonly accepts: Text;
  readonly effect: SettingEffect;
  /** Words that are no JSON, where a value has a form of its own. */
  readonly read?: (text: string) => unknown;
  /** Named entries are put beside those that are there. */
  readonly merges?: true;
  /** One entry of a map, which is taken out when it is unset. */
  readonly isEntry?: true;
  /** What the schema does not know; `value` has passed it. */
  readonly isSound?: (value: unknown) => boolean;
  /** What holds while nobody has decided. */
  readonly unset?: Text;
}

/** Where a setting's value comes from: `file` is state.json, edited by hand; `environment` wins over what people decided here. */
type SettingOrigin =
  | { readonly kind: 'default' }
  | { readonly kind: 'file' }
  | { readonly kind: 'set'; readonly actor: string; readonly at: Instant }
  | { readonly kind: 'environment'; readonly variable: string };

export interface SettingView {
  readonly setting: Setting;
  readonly value: unknown;
  readonly origin: SettingOrigin;
}

export interface SettingChange {
  readonly setting: Setting;
  readonly before: unknown;
  readonly after: unknown;
}

const YES_NO: Text = { en: 'yes or no', zh: '是或否（yes / no）' };
const CHANNEL: Text = { en: 'a channel, such as #sales or its id', zh: '一个频道，例如 #sales 或频道 ID' };
const AUTOMATIC: Text = { en: 'chosen from the records', zh: '根据数据自动选择' };
const NONE: Text = { en: 'none', zh: '无' };
const CRON: Text = { en: 'five cron fields, such as 30 5 * * *', zh: '五段 cron 表达式，例如 30 5 * * *' };

const PROPERTY = /^[a-z][a-z0-9_]*$/i;

/** A channel as chats write it: `<#C0123|sales>`, or its id. */
function readChannel(text: string): unknown {
  const id = /^<#([A-Z0-9]+)(?:\|[^>]*)?>$/.exec(text)?.[1] ?? text;
  return /^[CGD][A-Z0-9]{2,}$/.test(id) ? id : undefined;
}

/** `companies.churned_on` or `companies churned_on`. */
function readProperty(text: string): unknown {
  const [object = '', property = '', ...rest] = text.split(/[.\s]+/);
  return rest.length === 0 && PROPERTY.test(property) ? { object: object.toLowerCase(), property } : undefined;
}

function readCron(text: string): unknown {
  return isCron(text) ? text : undefined;
}

/** `18:00-08:00`, `18:00–08:00 weekends`. */
function readQuietHours(text: string): unknown {
  const [, from, to, weekends] = /^(\d\d:\d\d)\s*[-–]\s*(\d\d:\d\d)(\s+(?:weekends|周末))?$/i.exec(text) ?? [];
  return from === undefined ? undefined : { from, to, weekends: weekends !== undefined };
}

function areDistinct(value: unknown): boolean {
  return Array.isArray(value) && new Set(value).size === value.length && value.every((name) => name !== '');
}

const departmentChannel = (department: string, label: Text): Setting => ({
  key: `channels.${department}`,
  label,
  accepts: CHANNEL,
  effect: 'now',
  read: readChannel,
  isEntry: true,
  unset: NONE,
});

const schedule = (job: string, label: Text): Setting => ({
  key: `schedules.${job}`,
  label,
  accepts: CRON,
  effect: 'restart',
  read: readCron,
});

const kept = (key: string, least: number, label: Text): Setting => ({
  key: `retentionDays.${key}`,
  label,
  accepts: { en: `a whole number of days from ${least} to 3650`, zh: `${least} 到 3650 的整数天数` },
  effect: 'now',
});

/** Every setting, in the order in which it is listed. A key of the schema is here or among `NOT_BY_WORDS`; a test says so. */
export const SETTINGS: readonly Setting[] = [
  {
    key: 'horizonDays',
    label: { en: 'Horizon', zh: '预测期（天）' },
    accepts: { en: 'a whole number of days above 0, or auto', zh: '大于 0 的整数天数，或 auto' },
    effect: 'analysis',
    unset: AUTOMATIC,
  },
  {
    key: 'unit',
    label: { en: 'Who a customer is', zh: '客户单位' },
    accepts: { en: 'company, contact or auto', zh: 'company（公司）、contact（联系人）或 auto' },
    effect: 'analysis',
    unset: AUTOMATIC,
  },
  {
    key: 'businessMode',
    label: { en: 'Kind of business', zh: '业务模式' },
    accepts: {
      en: 'auto, transactional, contract, project or mixed',
      zh: 'auto、transactional（交易）、contract（合同）、project（项目）或 mixed（混合）',
    },
    effect: 'analysis',
  },
  {
    key: 'contracts.graceDays',
    label: { en: 'Days of grace after a contract', zh: '合同到期宽限天数' },
    accepts: { en: 'a whole number of days from 0 to 365', zh: '0 到 365 的整数天数' },
    effect: 'analysis',
  },
  {
    key: 'contracts.termMonths',
    label: { en: 'Term of a contract that names no end', zh: '未注明到期日的合同期限（月）' },
    accepts: { en: 'a whole number of months above 0, or none', zh: '大于 0 的整数月数，或 none' },
    effect: 'analysis',
    unset: NONE,
  },
  {
    key: 'contracts.endProperty',
    label: { en: 'Deal property with a contract’s end', zh: '合同到期日所在的交易属性' },
    accepts: {
      en: 'the internal name of a deal property that Kith does not write itself, or none',
      zh: '交易属性的内部名称（不能是 Kith 写入的属性），或 none',
    },
    effect: 'sync',
    read: (text) => (PROPERTY.test(text) ? text : undefined),
    unset: NONE,
  },
  {
    key: 'churnProperty',
    label: { en: 'Property that dates churn', zh: '流失日期属性' },
    accepts: {
      en: 'companies.NAME or contacts.NAME, a property that Kith does not write itself, or none',
      zh: 'companies.属性名 或 contacts.属性名（不能是 Kith 写入的属性），或 none',
    },
    effect: 'sync',
    read: readProperty,
    unset: NONE,
  },
  {
    key: 'valueThresholds',
    label: { en: 'Value classes, money a year', zh: '价值等级分界（每年金额）' },
    accepts: {
      en: 'medium=AMOUNT high=AMOUNT with high above medium, or auto for thirds of the customers',
      zh: 'medium=金额 high=金额（high 须大于 medium），或 auto（按客户三等分）',
    },
    effect: 'analysis',
    isSound: (value) =>
      value === null ||
      (typeof value === 'object' &&
        'medium' in value &&
        'high' in value &&
        Number(value.high) > Number(value.medium) &&
        Number(value.medium) >= 0),
    unset: { en: 'thirds of the customers', zh: '按客户三等分' },
  },
  {
    key: 'tierNames',
    label: { en: 'Names of the loyalty tiers', zh: '忠诚度等级名称' },
    accepts: {
      en: 'four different names, lowest first, with commas between them',
      zh: '四个不同的名称，由低到高，用逗号分隔',
    },
    effect: 'analysis',
    isSound: areDistinct,
  },
  {
    key: 'segmentNames',
    label: { en: 'Names of segments', zh: '分群名称' },
    accepts: { en: 'ID=NAME, with commas between several', zh: '编号=名称，多个用逗号分隔' },
    effect: 'analysis',
    merges: true,
    unset: NONE,
  },
  {
    key: 'minimumSupport',
    label: { en: 'Least support of a rule', zh: '关联规则最小支持度' },
    accepts: {
      en: 'a share above 0 and up to 1, such as 0.02, or auto',
      zh: '大于 0 且不超过 1 的比例，例如 0.02，或 auto',
    },
    effect: 'analysis',
    unset: AUTOMATIC,
  },
  {
    key: 'minimumConfidence',
    label: { en: 'Least confidence of a rule', zh: '关联规则最小置信度' },
    accepts: {
      en: 'a share above 0 and up to 1, such as 0.3, or auto',
      zh: '大于 0 且不超过 1 的比例，例如 0.3，或 auto',
    },
    effect: 'analysis',
    unset: AUTOMATIC,
  },
  {
    key: 'language',
    label: { en: 'Language in channels', zh: '频道语言' },
    accepts: { en: 'en or zh', zh: 'en 或 zh' },
    effect: 'now',
  },
  departmentChannel('marketing', { en: 'Channel of marketing', zh: '市场部频道' }),
  departmentChannel('sales', { en: 'Channel of sales', zh: '销售部频道' }),
  departmentChannel('service', { en: 'Channel of service', zh: '客服部频道' }),
  departmentChannel('finance', { en: 'Channel of finance', zh: '财务部频道' }),
  {
    key: 'adminChannel',
    label: { en: 'Channel of those who look after Kith', zh: '管理员频道' },
    accepts: CHANNEL,
    effect: 'now',
    read: readChannel,
    unset: { en: 'a department’s channel', zh: '某个部门频道' },
  },
  {
    key: 'managementChannel',
    label: { en: 'Channel of the monthly report', zh: '月度报告频道' },
    accepts: CHANNEL,
    effect: 'now',
    read: readChannel,
    unset: { en: 'none: no monthly report is posted', zh: '无：不发送月度报告' },
  },
  {
    key: 'defaultRole',
    label: { en: 'Role of everybody who has none', zh: '默认角色' },
    accepts: { en: 'admin, manager, rep or viewer', zh: 'admin、manager、rep 或 viewer' },
    effect: 'now',
  },
  {
    key: 'restrictReps',
    label: { en: 'Reps see only their own customers', zh: '销售代表仅可见自己的客户' },
    accepts: YES_NO,
    effect: 'now',
  },
  {
    key: 'namesInMarketing',
    label: { en: 'Marketing sees who is at risk by name', zh: '市场部可见风险客户名称' },
    accepts: YES_NO,
    effect: 'now',
  },
  {
    key: 'quietHours',
    label: { en: 'Quiet hours', zh: '免打扰时段' },
    accepts: {
      en: 'such as 18:00-08:00, with the word weekends after it where those are quiet too, or none',
      zh: '例如 18:00-08:00，周末也免打扰时在后面加 weekends，或 none',
    },
    effect: 'now',
    read: readQuietHours,
    unset: NONE,
  },
  kept('matrices', 1, { en: 'Days that learnt features are kept', zh: '模型特征保留天数' }),
  kept('scoreDetails', 1, { en: 'Days that reasons of old scores are kept', zh: '历史评分原因保留天数' }),
  kept('messages', 14, { en: 'Days that the words of sent messages are kept', zh: '已发送消息内容保留天数' }),
  kept('requests', 1, { en: 'Days that requests and questions are kept', zh: '请求编号与提问保留天数' }),
  schedule('syncFast', { en: 'Quick sync', zh: '快速同步时间' }),
  schedule('sync', { en: 'Sync', zh: '同步时间' }),
  schedule('sweep', { en: 'Sweep of associations', zh: '关联清查时间' }),
  schedule('reconcile', { en: 'Comparison with the CRM', zh: '与 CRM 核对时间' }),
  schedule('analyse', { en: 'Analysis', zh: '分析时间' }),
  schedule('writeBack', { en: 'Write-back', zh: '写回时间' }),
  schedule('marketingDigest', { en: 'Digest of marketing', zh: '市场部摘要时间' }),
  schedule('salesList', { en: 'List of sales', zh: '销售部名单时间' }),
  schedule('serviceDigest', { en: 'Digest of service', zh: '客服部摘要时间' }),
  schedule('financeDigest', { en: 'Digest of finance', zh: '财务部摘要时间' }),
  schedule('monthlyReport', { en: 'Monthly report', zh: '月度报告时间' }),
  schedule('playbooks', { en: 'Playbooks that are due', zh: '方案提醒时间' }),
];

/** What is decided elsewhere, and where. */
export const NOT_BY_WORDS: Readonly<Record<string, Text>> = {
  preferences: {
    en: 'everybody chooses their language and time zone on their own Home in the chat',
    zh: '每个人在聊天应用的 Kith 主页上选择自己的语言和时区',
  },
  subscriptions: { en: 'use `/kith subscribe`', zh: '请使用 `/kith subscribe`' },
  people: {
    en: 'use `/kith people`, which lists roles and departments',
    zh: '请使用 `/kith people`，可查看角色与部门',
  },
  rfmCutPoints: { en: 'use `/kith rfm`, which shows who would move', zh: '请使用 `/kith rfm`，可查看变动的客户' },
  tierOverrides: { en: 'use `/loyalty`', zh: '请使用 `/loyalty`' },
  playbooks: { en: 'use `/kith playbook`', zh: '请使用 `/kith playbook`' },
  writeBackApproved: {
    en: 'use `/write-back`, which shows what would be written',
    zh: '请使用 `/write-back`，可查看将写入的内容',
  },
};
