import type { ChartSpec } from '../charts/chart-spec.ts';
import type { Run } from '../domain/results.ts';
import { type Language, say, type Text } from '../lib/text.ts';
import { formatCount, formatMoney, formatNumber, formatPercent, plural } from '../report/format.ts';
import type { Report, ReportPart } from '../report/report.ts';
import type { Presentation, PresentedRow } from './analysis.ts';
import { groupHeadline } from './churn-group.ts';
import { MODEL_NAMES } from './churn-note.ts';
import { mainReason } from './churn-reasons.ts';
import { type ChurnDetails, type ChurnSummary, churnDetailsSchema } from './churn-summary.ts';
import { businessNote, outcomeWords } from './churn-words.ts';
import { outOfSeasonText } from './likely-due.ts';
import { trustLine } from './trust-line.ts';

/** How many customers are listed. */
const LISTED = 10;

const BANDS: Readonly<Record<string, Text>> = {
  high: { en: 'high', zh: '高' },
  medium: { en: 'medium', zh: '中' },
  low: { en: 'low', zh: '低' },
  lapsed: { en: 'lapsed', zh: '已流失' },
  'too-new': { en: 'not bought yet', zh: '尚未购买' },
  'under-contract': { en: 'under contract', zh: '合同期内' },
  '': { en: '–', zh: '–' },
};

/** `/churn-risk`: the money at risk, the customers it stands for, why, and how far to trust it. */
export function presentChurn(summary: ChurnSummary, presentation: Presentation): Report {
  const { language, run, withheld, filter } = presentation;
  const isAll = filter === '';
  const rows = rankedByRisk(presentation.rows).slice(0, LISTED);
  const parts: ReportPart[] = [];
  // Without a model, the sentence on why there is none is the answer's main point.
  if (summary.model === null || summary.model === 'base-rate') parts.push(noteOf(language, summary));
  if (withheld !== null) parts.push({ kind: 'text', text: say(language, withheld) });
  for (const { row, details } of rows) parts.push(itemOf(language, row, details, summary, run));
  // Bands and counts are the portfolio's.
  const chart = isAll || rows.length > 1 ? chartOf(language, summary, rows) : null;
  if (chart !== null) parts.push({ kind: 'chart', chart });
  if (isAll) parts.push(countsOf(language, summary));
  if (summary.model !== null && summary.model !== 'base-rate') parts.push(noteOf(language, summary));
  parts.push({ kind: 'text', text: businessLine(language, summary) });
  return {
    language,
    headline: isAll
      ? headlineOf(language, summary)
      : rows.length === 1 && presentation.isGroup !== true
        ? oneCustomer(language, rows[0]!, summary, run)
        : groupHeadline(language, summary, rows, { filter, isWithheld: withheld !== null }),
    parts,
    trust: trustLine(language, run, summary.evidence_level, { en: quality('en', summary), zh: quality('zh', summary) }),
  };
}

interface Row {
  readonly row: PresentedRow;
  readonly details: ChurnDetails;
}

/** By money at risk; where there is no probability, by how late the customer is. */
export function rankedByRisk(rows: readonly PresentedRow[]): Row[] {
  const weight = ({ row, details }: Row): number =>
    row.band === 'lapsed' || row.band === 'too-new' ? -1 : (details.at_risk ?? details.off_rhythm ?? 0);
  return rows
    .map((row) => ({ row, details: churnDetailsSchema.parse(row.details) }))
    .sort((a, b) => weight(b) - weight(a) || (a.row.customerId < b.row.customerId ? -1 : 1));
}

function headlineOf(language: Language, summary: ChurnSummary): string {
  const { horizon_days: days, currency, customers, by_band: bands } = summary;
  const high = formatCount(language, customers.high);
  const eligible = formatCount(language, customers.eligible);
  const { leaving, short, stayed } = outcomeWords(summary.outcome, days);
  if (summary.outcome.kind === 'none') {
    if (customers.total === customers.too_new) {
      return say(language, { en: 'No risk is shown: nobody has bought yet', zh: '不显示流失风险：还没有客户成交' });
    }
    const back = formatMoney(language, summary.lapsed_value, currency);
    return say(language, {
      en: `No risk is shown, this is a business of projects: ${plural('en', customers.lapsed, { one: 'past customer', other: 'past customers' }, '')} may be won back, worth ${back} in ${days} days while they were active`,
      zh: `项目型业务，不显示流失风险：有 ${formatCount('zh', customers.lapsed)} 位过往客户可以挽回，活跃时 ${days} 天价值 ${back}`,
    });
  }
  if (summary.model === 'base-rate' && summary.revenue_at_risk !== null) {
    const worth = bands.reduce((sum, band) => sum + band.value, 0);
    const share = formatPercent(language, worth === 0 ? 0 : summary.revenue_at_risk / worth);
    const money = formatMoney(language, summary.revenue_at_risk, currency);
    return say(language, {
      en: `Nothing tells who will stop: each of ${eligible} active customers has about the same risk (${share}) of ${leaving.en}, ${money} in all`,
      zh: `无法区分谁会流失：${eligible} 位活跃客户${leaving.zh}的风险大致相同（${share}），合计 ${money}`,
    });
  }
  if (summary.revenue_at_risk !== null) {
    const money = formatMoney(language, summary.revenue_at_risk, currency);
    return say(language, {
      en: `${money} at risk in the next ${days} days: ${high} of ${eligible} customers at high risk of ${short.en}`,
      zh: `未来 ${days} 天有 ${money} 收入面临风险：${eligible} 位客户中有 ${high} 位${short.zh}风险高`,
    });
  }
  if (summary.evidence_level === 0) {
    return say(language, {
      en: `Too little history to score: ${plural('en', customers.total, { one: 'customer', other: 'customers' }, '')}, ${eligible} of them active, facts only`,
      zh: `历史不足，无法评分：共 ${formatCount('zh', customers.total)} 位客户，其中 ${eligible} 位活跃，仅展示事实`,
    });
  }
  const late = customers.high + customers.medium;
  const worth = formatMoney(
    language,
    bands.reduce((sum, band) => sum + (band.band === 'low' ? 0 : band.value), 0),
    currency,
  );
  const { stopped, ordered } = summary.outcomes;
  if (stopped === 0 && ordered > 0) {
    return say(language, {
      en: `Nobody stopped: all ${formatCount('en', ordered)} active customers ${stayed.en} in the last ${days} complete days; ${formatCount('en', late)} are later than usual now`,
      zh: `无人流失：${formatCount('zh', ordered)} 位活跃客户在最近完整的 ${days} 天内全部${stayed.zh}；目前有 ${formatCount('zh', late)} 位晚于平常`,
    });
  }
  if (late === 0) {
    return say(language, {
      en: `All ${eligible} active customers are on their buying rhythm`,
      zh: `${eligible} 位活跃客户都在正常购买节奏上`,
    });
  }
  return say(language, {
    en: `${formatCount('en', late)} of ${eligible} active customers ${late === 1 ? 'is' : 'are'} later than usual, worth ${worth} in ${days} days while active`,
    zh: `${eligible} 位活跃客户中有 ${formatCount('zh', late)} 位晚于平常，活跃时 ${days} 天价值 ${worth}`,
  });
}

function oneCustomer(language: Language, { row, details }: Row, summary: ChurnSummary, run: Run): string {
  const outside = outOfSeasonText(language, run, details);
  if (outside !== null) return `${row.name} · ${outside}`;
  const { horizon_days: days, currency } = summary;
  if (row.value !== null && row.band !== 'lapsed') {
    const risk = formatPercent(language, row.value);
    const money = formatMoney(language, details.at_risk ?? 0, currency);
    const { leaving } = outcomeWords(summary.outcome, days);
    return say(language, {
      en: `${row.name}: ${risk} risk of ${leaving.en}, ${money} at risk`,
      zh: `${row.name}：${leaving.zh}的风险为 ${risk}，${money} 面临风险`,
    });
  }
  const reason = mainReason(language, details, currency);
  return `${row.name}: ${say(language, BANDS[row.band] ?? BANDS['']!)} · ${reason}`;
}

function itemOf(
  language: Language,
  row: PresentedRow,
  details: ChurnDetails,
  summary: ChurnSummary,
  run: Run,
): ReportPart {
  const { currency, horizon_days: days } = summary;
  const band = say(language, BANDS[row.band] ?? BANDS['']!);
  // A lapsed customer's number is its last one, from before it lapsed.
  const isScored = row.value !== null && row.band !== 'lapsed';
  const outside = outOfSeasonText(language, run, details);
  const risk = outside ?? (isScored ? `${formatPercent(language, row.value ?? 0)} · ${band}` : band);
  const value = formatMoney(language, details.value, currency);
  const money: Text =
    details.at_risk === null
      ? { en: `worth ${value} in ${days} days while active`, zh: `活跃时 ${days} 天价值 ${value}` }
      : {
          en: `${formatMoney('en', details.at_risk, currency)} of ${value} at risk`,
          zh: `${value} 中有 ${formatMoney('zh', details.at_risk, currency)} 面临风险`,
        };
  return {
    kind: 'item',
    title: `${row.name} · ${risk}`,
    text: [mainReason(language, details, currency), ...(outside === null ? [say(language, money)] : [])].join(' · '),
    ...(row.owner === null ? {} : { owner: { ...row.owner, mention: false } }),
    ...(row.link === '' ? {} : { link: row.link }),
    actions: [
      { action: 'why', label: say(language, { en: 'Why?', zh: '为什么？' }), value: `churn-risk:${row.customerId}` },
    ],
  };
}

/** Money at risk by customer, or by band where no customer may be named; null where no money can be drawn. */
function chartOf(language: Language, summary: ChurnSummary, rows: readonly Row[]): ChartSpec | null {
  const { currency, horizon_days: days, by_band: bands } = summary;
  const hasRisk = summary.revenue_at_risk !== null;
  const drawn =
    rows.length > 1
      ? rows.map(({ row, details }) => ({
          label: row.name,
          money: details.at_risk ?? details.value,
          worth: details.value,
        }))
      : bands.map((band) => ({
          label: say(language, BANDS[band.band]!),
          money: band.at_risk ?? band.value,
          worth: band.value,
        }));
  if (summary.evidence_level === 0 || drawn.every(({ money }) => money === 0)) return null;
  const title: Text = hasRisk
    ? { en: `Revenue at risk in the next ${days} days`, zh: `未来 ${days} 天面临风险的收入` }
    : { en: `Worth in ${days} days while active`, zh: `活跃时 ${days} 天的价值` };
  const listed = drawn
    .slice(0, 3)
    .map(({ label, money }) => `${label} ${formatMoney(language, money, currency)}`)
    .join(language === 'zh' ? '、' : ', ');
  const by: Text = rows.length > 1 ? { en: 'by customer', zh: '按客户' } : { en: 'by risk band', zh: '按风险等级' };
  const shared = {
    title: say(language, title),
    alt: say(language, {
      en: `Bars of ${title.en.toLowerCase()} ${by.en}: ${listed}${drawn.length > 3 ? ` and ${drawn.length - 3} more` : ''}.`,
      zh: `条形图，${title.zh}，${by.zh}：${listed}${drawn.length > 3 ? `，另有 ${drawn.length - 3} 项` : ''}。`,
    }),
    format: { kind: 'money', currency },
    labels: drawn.map(({ label }) => label),
  } as const;
  const part = { name: say(language, title), values: drawn.map(({ money }) => money) };
  if (!hasRisk) return { ...shared, kind: 'horizontal-bar', subtitle: say(language, by), series: [part] };
  return {
    ...shared,
    kind: 'part-bar',
    subtitle: say(language, {
      en: `Worth while active, ${by.en}; the filled part is at risk`,
      zh: `${by.zh}：活跃时的价值，填充部分面临风险`,
    }),
    yTitle: say(language, rows.length > 1 ? { en: 'Customer', zh: '客户' } : { en: 'Risk', zh: '风险等级' }),
    part: { ...part, name: say(language, { en: 'At risk', zh: '面临风险' }) },
    whole: {
      name: say(language, { en: 'Worth while active', zh: '活跃时的价值' }),
      values: drawn.map(({ worth }) => worth),
    },
  };
}

function countsOf(language: Language, summary: ChurnSummary): ReportPart {
  const { customers } = summary;
  const facts: [Text, number][] = [
    [{ en: 'Eligible', zh: '可评分' }, customers.eligible],
    [{ en: 'Lapsed', zh: '已流失' }, customers.lapsed],
    [{ en: 'Too new', zh: '尚未购买' }, customers.too_new],
  ];
  if (customers.under_contract > 0) {
    facts.push([{ en: 'Under contract for longer', zh: '合同尚未到期' }, customers.under_contract]);
  }
  if (summary.yearly > 0) facts.push([{ en: 'Once-a-year buyers', zh: '每年购买一次' }, summary.yearly]);
  return {
    kind: 'facts',
    facts: facts.map(([label, count]) => ({ label: say(language, label), value: formatCount(language, count) })),
  };
}

function noteOf(language: Language, summary: ChurnSummary): ReportPart {
  return { kind: 'text', text: language === 'zh' ? `${summary.note_zh}。` : `${summary.note}.` };
}

/** What kind of business it is, and in one of contracts how many were renewed. */
function businessLine(language: Language, { business, renewals }: ChurnSummary): string {
  const note = businessNote(business);
  if (renewals === null) return say(language, { en: `${note.en}.`, zh: `${note.zh}。` });
  const [ended, renewed] = [renewals.ended, renewals.renewed].map((count) => formatCount(language, count));
  return say(language, {
    en: `${note.en}. In the last year ${renewed} of ${ended} contracts that ended were renewed.`,
    zh: `${note.zh}。过去一年到期的 ${ended} 份合同中有 ${renewed} 份续约。`,
  });
}

/** The model, its AUC, and what came of the customers that it put highest. */
function quality(language: Language, summary: ChurnSummary): string {
  if (summary.model === null) return say(language, { en: 'no model', zh: '无模型' });
  const name = say(language, MODEL_NAMES[summary.model]);
  if (summary.model === 'base-rate') return name;
  const auc = `AUC ${formatNumber(language, summary.auc ?? Number.NaN, 2)}`;
  const sentence = calibrationSentence(language, summary);
  return [name, auc, ...(sentence === '' ? [] : [sentence])].join(language === 'zh' ? '，' : ', ');
}

/** "of 42 customers we put at 60–80%, 29 did not order": the highest band with 30 customers or more, else the fullest. */
export function calibrationSentence(language: Language, summary: ChurnSummary): string {
  const band =
    summary.calibration.findLast(({ customers }) => customers >= 30) ??
    summary.calibration.toSorted((a, b) => b.customers - a.customers)[0];
  if (band === undefined) return '';
  const { left } = outcomeWords(summary.outcome, summary.horizon_days);
  const range = `${Math.round(band.from * 100)}–${Math.round(band.to * 100)}%`;
  return say(language, {
    en: `of ${formatCount('en', band.customers)} customers we put at ${range}, ${formatCount('en', band.stopped)} ${left.en}`,
    zh: `在我们评为 ${range} 的 ${formatCount('zh', band.customers)} 位客户中，${formatCount('zh', band.stopped)} 位${left.zh}`,
  });
}
