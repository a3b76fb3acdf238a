import { type Language, say, type Text } from '../lib/text.ts';
import { formatCount, formatMoney, formatNumber, formatPercent, plural } from '../report/format.ts';
import type { Report, ReportPart } from '../report/report.ts';
import type { Presentation, PresentedRow } from './analysis.ts';
import { type AnomaliesSummary, type Anomaly, anomalyDetailsSchema } from './anomalies-summary.ts';
import { anomalySentence, KIND_NAMES } from './anomalies-words.ts';
import { trustLine } from './trust-line.ts';

/** The columns of a chart that fit a phone. */
const SHOWN = 26;

interface Role {
  readonly role: 'self' | 'driver';
  readonly amount: number;
  readonly row: PresentedRow;
}

/** `rows` are those in the band "high": the customers that findings are about, or that make them up. */
export function presentAnomalies(summary: AnomaliesSummary, presentation: Presentation): Report {
  const { language, run, rows, withheld } = presentation;
  const roles = rolesByKey(rows);
  const isAboutCustomer = (anomaly: Anomaly) => anomaly.kind.startsWith('customer-');
  const shown = summary.told.filter(
    (anomaly) => !isAboutCustomer(anomaly) || roles.get(anomaly.key)?.some(({ role }) => role === 'self'),
  );
  const hidden = summary.told.length - shown.length;
  const parts: ReportPart[] = shown.map((anomaly) => item(anomaly, roles.get(anomaly.key) ?? [], summary, language));
  const first = shown.find(({ series }) => series !== null);
  if (first !== undefined) parts.push(chart(first, roles.get(first.key) ?? [], summary, language));
  if (hidden > 0) {
    parts.push({
      kind: 'text',
      text: say(language, {
        en: `${plural('en', hidden, { one: 'finding is', other: 'findings are' }, '')} about customers that are not shown here.`,
        zh: `另有 ${hidden} 项涉及此处不显示的客户。`,
      }),
    });
  }
  if (withheld !== null) parts.push({ kind: 'text', text: say(language, withheld) });
  parts.push({ kind: 'text', text: say(language, howMany(summary)) });
  return {
    language,
    headline: headline(shown[0], hidden, { roles, summary, language }),
    parts,
    trust: trustLine(language, run, testsMade(summary) === 0 ? 0 : 1, {
      en: `false discoveries held to ${formatPercent('en', summary.level)} over ${plural('en', testsMade(summary), { one: 'test', other: 'tests' }, '')}`,
      zh: `共 ${formatCount('zh', testsMade(summary))} 项检验，错误发现率控制在 ${formatPercent('zh', summary.level)}`,
    }),
  };
}

function rolesByKey(rows: readonly PresentedRow[]): Map<string, Role[]> {
  const roles = new Map<string, Role[]>();
  for (const row of rows) {
    const details = anomalyDetailsSchema.safeParse(row.details).data;
    for (const { key, role, amount } of details?.roles ?? []) {
      roles.set(key, [...(roles.get(key) ?? []), { role, amount, row }]);
    }
  }
  return roles;
}

function testsMade(summary: AnomaliesSummary): number {
  return Object.values(summary.tests).reduce((sum, count) => sum + (count ?? 0), 0);
}

function headline(
  first: Anomaly | undefined,
  hidden: number,
  { roles, summary, language }: { roles: Map<string, Role[]>; summary: AnomaliesSummary; language: Language },
): string {
  if (first === undefined && hidden > 0)
    return say(language, {
      en: `${plural('en', hidden, { one: 'finding', other: 'findings' }, '')} about customers, ${hidden === 1 ? 'not' : 'none'} shown here`,
      zh: `${hidden} 项与客户有关的异常，此处不显示`,
    });
  if (first === undefined) {
    return testsMade(summary) === 0
      ? say(language, { en: 'Nothing could be tested yet', zh: '尚无法检验是否异常' })
      : say(language, { en: 'Nothing unusual', zh: '没有异常' });
  }
  const name = nameOf(first, roles.get(first.key) ?? []);
  const lead = name === '' ? '' : language === 'zh' ? `${name}：` : `${name}: `;
  return `${lead}${say(language, anomalySentence(first, summary.currency))}`;
}

function nameOf(anomaly: Anomaly, roles: readonly Role[]): string {
  if (!anomaly.kind.startsWith('customer-')) return anomaly.subject;
  return roles.find(({ role }) => role === 'self')?.row.name ?? '';
}

function item(anomaly: Anomaly, roles: readonly Role[], summary: AnomaliesSummary, language: Language): ReportPart {
  const self = roles.find(({ role }) => role === 'self')?.row;
  const drivers = roles.filter(({ role }) => role === 'driver').sort((a, b) => Math.abs(b.amount) - Math.abs(a.amount));
  const name = nameOf(anomaly, roles);
  const kind = say(language, KIND_NAMES[anomaly.kind]);
  const isCount = anomaly.kind === 'weekly-tickets';
  const amount = (value: number) => {
    const text = isCount
      ? formatNumber(language, Math.abs(value), 1)
      : formatMoney(language, Math.abs(value), summary.currency);
    return `${value < 0 ? '−' : '+'}${text}`;
  };
  const made =
    drivers.length === 0
      ? ''
      : say(language, {
          en: `\nMost of it: ${drivers.map((driver) => `${driver.row.name} ${amount(driver.amount)}`).join(', ')}`,
          zh: `\n主要来自：${drivers.map((driver) => `${driver.row.name} ${amount(driver.amount)}`).join('、')}`,
        });
  const chance = say(language, {
    en: `Of findings this sure at most ${formatPercent('en', anomaly.adjusted_p, 2)} are expected to be chance`,
    zh: `同等把握的发现中，预计至多 ${formatPercent('zh', anomaly.adjusted_p, 2)} 为偶然`,
  });
  return {
    kind: 'item',
    title: name === '' ? kind : `${name} · ${kind}`,
    text: `${say(language, anomalySentence(anomaly, summary.currency))}${made}\n${chance}`,
    ...(self?.owner ? { owner: { ...self.owner, mention: false } } : {}),
    ...(self !== undefined && self.link !== '' ? { link: self.link } : {}),
    actions: [
      {
        action: 'acknowledge-anomaly',
        label: say(language, { en: 'Useful, on it', zh: '有用，已跟进' }),
        value: anomaly.key,
        style: 'primary',
      },
      { action: 'dismiss-anomaly', label: say(language, { en: 'Not useful', zh: '没用' }), value: anomaly.key },
    ],
  };
}

function howMany(summary: AnomaliesSummary): Text {
  const count = testsMade(summary);
  if (count === 0) {
    return {
      en: 'Nothing could be tested yet: too short a history.',
      zh: '历史太短，尚无法进行检验。',
    };
  }
  const more = summary.found - summary.told.length;
  const rest: Text =
    more > 0
      ? {
          en: ` ${formatCount('en', more)} more weigh less and are not told.`,
          zh: `另有 ${formatCount('zh', more)} 项影响较小，未列出。`,
        }
      : { en: '', zh: '' };
  return {
    en: `${plural('en', count, { one: 'test was', other: 'tests were' }, '')} made on customers, the portfolio and its mix; ${formatCount('en', summary.found)} stood out.${rest.en}`,
    zh: `对客户、整体与结构共进行 ${formatCount('zh', count)} 项检验，${formatCount('zh', summary.found)} 项异常。${rest.zh}`,
  };
}

function chart(anomaly: Anomaly, roles: readonly Role[], summary: AnomaliesSummary, language: Language): ReportPart {
  const series = anomaly.series!;
  const labels = series.labels.slice(-SHOWN);
  const name = nameOf(anomaly, roles);
  const kind = say(language, KIND_NAMES[anomaly.kind]);
  return {
    kind: 'chart',
    chart: {
      kind: 'fan',
      title: name === '' ? kind : say(language, { en: `${kind}: ${name}`, zh: `${kind}：${name}` }),
      alt: say(language, anomalySentence(anomaly, summary.currency)),
      format:
        anomaly.unit === 'money'
          ? { kind: 'money', currency: summary.currency }
          : { kind: anomaly.unit === 'score' ? 'count' : anomaly.unit },
      labels,
      series: [{ name: say(language, { en: 'Observed', zh: '实际' }), values: series.values.slice(-SHOWN) }],
      bands: [
        {
          name: say(language, { en: 'Usual (95%)', zh: '通常范围（95%）' }),
          low: series.low.slice(-SHOWN),
          high: series.high.slice(-SHOWN),
        },
      ],
      marks: [labels.length - 1],
    },
  };
}
