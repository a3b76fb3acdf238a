import type { CrmAccount, Instant } from '../../domain/crm.ts';
import { WON_DEALS } from '../../features/customer-unit.ts';
import type { Finding } from '../../ports/doctor.ts';
import { formatCount, formatPercent } from '../../report/format.ts';
import type { PortalStore } from '../../store/portal-store.ts';
import { integrityFindings } from './integrity-findings.ts';

const HOUR_MS = 3_600_000;
/** A day and a bit: a nightly job that is late is not yet a job that does not run. */
const SYNC_IS_OLD_MS = 26 * HOUR_MS;
const ANALYSIS_IS_OLD_MS = 8 * 24 * HOUR_MS;
/** Below this share of the won deals, what is left out changes the answers. */
const ENOUGH = 0.95;

/** What the store tells: how fresh the copy is, what is quarantined, and how usable the deals are. */
export async function storeFindings(
  portal: PortalStore,
  account: CrmAccount,
  now: Instant,
): Promise<readonly Finding[]> {
  const [lastSync, runs, rejects, deals] = await Promise.all([
    portal.crm.cursor('last-sync'),
    portal.results.runs(1),
    portal.crm.rejects(),
    countDeals(portal, account.currency),
  ]);
  return [
    ageFinding('sync', lastSync === null ? null : now - Number(lastSync)),
    ageFinding('analysis', runs[0]?.finishedAt == null ? null : now - runs[0].finishedAt),
    quarantineFinding(rejects.length),
    ...(await integrityFindings(portal)),
    ...dealFindings(deals),
  ];
}

/** Nothing has been copied, so that there is no store to ask. */
export const NOTHING_COPIED: Finding = {
  state: 'advice',
  what: { en: 'Data: nothing has been copied yet', zh: '数据：尚未复制任何数据' },
  next: {
    en: "Run 'kith sync' (or 'kith import DIR' for a folder), then 'kith analyse'",
    zh: '请运行 kith sync（或用 kith import DIR 导入文件夹），然后运行 kith analyse',
  },
};

const AGES = {
  sync: {
    what: { en: 'Last sync', zh: '上次同步' },
    oldAfterMs: SYNC_IS_OLD_MS,
    next: {
      en: "Run 'kith sync', and keep 'kith start' running so that its schedule does it; '/kith status' shows the last outcome",
      zh: '请运行 kith sync，并让 kith start 保持运行以按计划同步；/kith status 可查看上次结果',
    },
  },
  analysis: {
    what: { en: 'Last analysis', zh: '上次分析' },
    oldAfterMs: ANALYSIS_IS_OLD_MS,
    next: {
      en: "Run 'kith analyse', and keep 'kith start' running so that its schedule does it",
      zh: '请运行 kith analyse，并让 kith start 保持运行以按计划分析',
    },
  },
} as const;

function ageFinding(kind: keyof typeof AGES, ageMs: number | null): Finding {
  const { what, oldAfterMs, next } = AGES[kind];
  if (ageMs === null) return { state: 'advice', what: { en: `${what.en}: never`, zh: `${what.zh}：从未` }, next };
  const age = ageOf(Math.max(0, ageMs));
  const isOld = ageMs > oldAfterMs;
  return {
    state: isOld ? 'problem' : 'ok',
    what: { en: `${what.en}: ${age.en} ago`, zh: `${what.zh}：${age.zh}前` },
    next: isOld ? next : null,
  };
}

function ageOf(ms: number): { en: string; zh: string } {
  const hours = ms / HOUR_MS;
  const [count, en, zh] =
    hours < 1
      ? [Math.max(1, Math.round(hours * 60)), 'minute', '分钟']
      : hours < 48
        ? [Math.round(hours), 'hour', '小时']
        : [Math.round(hours / 24), 'day', '天'];
  return { en: `${count} ${en}${count === 1 ? '' : 's'}`, zh: `${count} ${zh}` };
}

function quarantineFinding(count: number): Finding {
  if (count === 0)
    return {
      state: 'ok',
      what: { en: 'Quarantine: no record is set aside', zh: '隔离：没有被搁置的记录' },
      next: null,
    };
  return {
    state: 'advice',
    what: {
      en: `Quarantine: ${formatCount('en', count)} ${count === 1 ? 'record' : 'records'} could not be read`,
      zh: `隔离：${formatCount('zh', count)} 条记录无法读取`,
    },
    next: {
      en: "See each with its reason by 'kith sync --report', and correct it in the CRM; the next sync takes it in",
      zh: '请用 kith sync --report 查看每条记录及原因，并在 CRM 中更正；下次同步会自动纳入',
    },
  };
}

interface DealCounts {
  readonly deals: number;
  readonly won: number;
  readonly foreign: number;
  readonly withCompany: number;
  readonly withContact: number;
  readonly withCustomer: number;
  readonly withAmount: number;
  readonly withCloseDate: number;
  readonly withRate: number;
}

async function countDeals(portal: PortalStore, currency: string): Promise<DealCounts> {
  const [row] = await portal.query<Record<keyof DealCounts, string>>(
    `WITH linked AS (SELECT from_id, max(to_type = 'companies') AS company, max(to_type = 'contacts') AS contact
       FROM {db:Identifier}.associations FINAL WHERE from_type = 'deals' GROUP BY from_id)
     SELECT (SELECT count() FROM {db:Identifier}.deals FINAL WHERE NOT archived) AS deals, count() AS won,
       countIf(l.company = 1) AS withCompany, countIf(l.contact = 1) AS withContact,
       countIf(l.company = 1 OR l.contact = 1) AS withCustomer,
       countIf(isNotNull(w.amount) OR isNotNull(w.home_amount)) AS withAmount,
       countIf(isNotNull(w.closed_at)) AS withCloseDate,
       countIf(w.currency NOT IN ('', {currency:String})) AS foreign,
       countIf(w.currency NOT IN ('', {currency:String}) AND (isNotNull(w.home_amount) OR isNotNull(w.exchange_rate))) AS withRate
     FROM (${WON_DEALS}) AS w LEFT JOIN linked AS l ON l.from_id = w.id`,
    { currency },
  );
  const count = (name: keyof DealCounts): number => Number(row?.[name] ?? 0);
  return {
    deals: count('deals'),
    won: count('won'),
    foreign: count('foreign'),
    withCompany: count('withCompany'),
    withContact: count('withContact'),
    withCustomer: count('withCustomer'),
    withAmount: count('withAmount'),
    withCloseDate: count('withCloseDate'),
    withRate: count('withRate'),
  };
}

function dealFindings(counts: DealCounts): readonly Finding[] {
  const { deals, won, foreign } = counts;
  if (deals === 0)
    return [
      { state: 'advice', what: { en: 'Deals: none has been copied', zh: '交易：尚未复制' }, next: NOTHING_COPIED.next },
    ];
  if (won === 0)
    return [
      {
        state: 'problem',
        what: {
          en: `Deals: none of ${formatCount('en', deals)} is won, so there is no purchase to learn from`,
          zh: `交易：${formatCount('zh', deals)} 笔中没有赢单，因此没有可供分析的购买记录`,
        },
        next: {
          en: 'Make sure that the stage in which a deal is won has the probability 100 % in the CRM’s pipeline settings, then sync again',
          zh: '请确认 CRM 管道设置中赢单阶段的概率为 100%，然后重新同步',
        },
      },
    ];
  const share = (part: number, whole: number) => [formatPercent('en', part / whole), formatPercent('zh', part / whole)];
  const [company, contact, amount, closed] = [
    share(counts.withCompany, won),
    share(counts.withContact, won),
    share(counts.withAmount, won),
    share(counts.withCloseDate, won),
  ];
  const rate = foreign === 0 ? null : share(counts.withRate, foreign);
  const shares: Finding = {
    state: 'ok',
    what: {
      en: `Won deals: ${formatCount('en', won)}; with a company ${company[0]}, a contact ${contact[0]}, an amount ${amount[0]}, a close date ${closed[0]}${rate === null ? '' : `; in other currencies ${formatCount('en', foreign)}, with a rate ${rate[0]}`}`,
      zh: `赢单：${formatCount('zh', won)} 笔；有公司 ${company[1]}，有联系人 ${contact[1]}，有金额 ${amount[1]}，有成交日期 ${closed[1]}${rate === null ? '' : `；外币 ${formatCount('zh', foreign)} 笔，有汇率 ${rate[1]}`}`,
    },
    next: null,
  };
  const lacks = (have: number, whole: number, en: string, zh: string, next: Finding['next']): Finding[] =>
    have >= whole * ENOUGH
      ? []
      : [
          {
            state: 'advice',
            what: {
              en: `Won deals without ${en}: ${formatCount('en', whole - have)}, which no answer counts`,
              zh: `没有${zh}的赢单：${formatCount('zh', whole - have)} 笔，不计入任何结果`,
            },
            next,
          },
        ];
  return [
    shares,
    ...lacks(counts.withCustomer, won, 'company and contact', '公司和联系人', {
      en: 'Associate them with a company in the CRM; a workflow can do it for new deals',
      zh: '请在 CRM 中将其关联到公司；可用工作流自动处理新交易',
    }),
    ...lacks(counts.withAmount, won, 'an amount', '金额', {
      en: 'Fill in their amounts, and make the amount required in the won stage',
      zh: '请补填金额，并在赢单阶段将金额设为必填',
    }),
    ...lacks(counts.withCloseDate, won, 'a close date', '成交日期', {
      en: 'Fill in their close dates',
      zh: '请补填成交日期',
    }),
    ...lacks(counts.withRate, foreign, 'an exchange rate', '汇率', {
      en: 'Add their currencies with a rate in HubSpot (Settings → Account defaults → Currency)',
      zh: '请在 HubSpot（设置 → 账户默认值 → 货币）中添加这些货币及汇率',
    }),
  ];
}
