import { type Language, say, type Text } from '../lib/text.ts';
import { formatCount, formatDay, formatMoney, formatNumber, formatPercent, plural } from '../report/format.ts';
import type { ReportPart } from '../report/report.ts';
import type { ForecastCheck, ForecastFallback, ValueSummary } from './value-summary.ts';

type Forecast = NonNullable<ValueSummary['forecast']>;
type Money = (amount: number) => string;

const DAY_MS = 86_400_000;

/** What is expected in the next 12 months, by what, how that did on the last stretch, and the models beside it. */
export function forecastParts(language: Language, forecast: Forecast | null, currency: string): ReportPart[] {
  if (forecast === null) return [];
  const money: Money = (amount) => formatMoney(language, amount, currency);
  const { check } = forecast;
  const sentences = [
    say(language, answer(forecast, money)),
    ...(check === null ? [] : [say(language, checkSentence(check, forecast.isSample, money))]),
    ...(check === null || check.predicted === null ? [] : coverage(language, check.predicted)),
  ];
  return [
    { kind: 'heading', text: say(language, { en: 'Next 12 months', zh: '未来 12 个月' }) },
    { kind: 'text', text: sentences.join(language === 'zh' ? '' : ' ') },
    ...modelTable(language, check),
  ];
}

function answer({ fallback, total, learnedFrom, isSample }: Forecast, money: Money): Text {
  if (fallback !== null) {
    const why = FALLBACKS[fallback];
    return {
      en: `${money(total)} if everybody goes on as so far: this is the historic rate and no prediction, as ${why.en}.`,
      zh: `若所有客户保持现有水平，约为 ${money(total)}：这是历史水平而非预测，因为${why.zh}。`,
    };
  }
  return {
    en: `${money(total)} expected, by how often, how recently and for how much each customer bought (MBG/NBD and Gamma-Gamma, learned from ${isSample ? 'a random sample of ' : ''}${plural('en', learnedFrom, { one: 'customer', other: 'customers' }, '')}).`,
    zh: `预计 ${money(total)}，依据每位客户购买的频率、最近时间和金额（MBG/NBD 与 Gamma-Gamma 模型，从${isSample ? '随机抽取的' : ''} ${formatCount('zh', learnedFrom)} 位客户学习）。`,
  };
}

const FALLBACKS: Readonly<Record<ForecastFallback, Text>> = {
  'too-little': {
    en: 'there is too little history to check a prediction on (needed: 50 active customers, and 10 who ordered and 10 who did not in a past stretch)',
    zh: '历史数据太少，无法检验预测（需要 50 位活跃客户，且过去一段时间内至少 10 位下单、10 位未下单）',
  },
  'not-converged': { en: 'the model of repeat buying did not settle on an answer', zh: '复购模型未能收敛' },
  worse: {
    en: 'in the check below the prediction was further off than the historic rate',
    zh: '在下面的检验中，预测的误差大于历史水平',
  },
};

function checkSentence(check: ForecastCheck, isSample: boolean, money: Money): Text {
  const { cutOffDay, days, customers, actual, historic, predicted } = check;
  const day = (language: Language): string => formatDay(language, cutOffDay * DAY_MS, 'UTC');
  const who = plural('en', customers, { one: 'customer', other: 'customers' }, '');
  const rate: Text = {
    en: `the historic rate would have said ${money(historic.total)} (off by ${money(historic.errorPerCustomer)} a customer)`,
    zh: `按历史水平估计为 ${money(historic.total)}（平均每位客户误差 ${money(historic.errorPerCustomer)}）`,
  };
  const model: Text =
    predicted === null
      ? { en: '', zh: '' }
      : {
          en: `the prediction would have been ${money(predicted.total)} (off by ${money(predicted.errorPerCustomer)} a customer), `,
          zh: `模型预测为 ${money(predicted.total)}（平均每位客户误差 ${money(predicted.errorPerCustomer)}），`,
        };
  return {
    en: `Checked on the ${formatCount('en', days)} days after ${day('en')}, knowing nothing later: ${who}${isSample ? ' of the sample' : ''} brought ${money(actual)}; ${model.en}${rate.en}.`,
    zh: `用 ${day('zh')}之后 ${formatCount('zh', days)} 天检验（只用此前的数据）：${isSample ? '样本中' : ''}${formatCount('zh', customers)} 位客户实际贡献 ${money(actual)}；${model.zh}${rate.zh}。`,
  };
}

function coverage(language: Language, predicted: NonNullable<ForecastCheck['predicted']>): string[] {
  const { intervals, nothing } = predicted;
  const share = (found: { customers: number; held: number }): string =>
    formatPercent(language, found.held / found.customers);
  const parts: string[] = [];
  if (intervals.customers > 0) {
    parts.push(
      say(language, {
        en: `The 80 % intervals held what ${share(intervals)} of ${plural('en', intervals.customers, { one: 'customer', other: 'customers' }, '')} brought.`,
        zh: `80% 区间包含了 ${formatCount('zh', intervals.customers)} 位客户中 ${share(intervals)} 的实际金额。`,
      }),
    );
  }
  if (nothing.customers > 0) {
    parts.push(
      say(language, {
        en: `Of ${plural('en', nothing.customers, { one: 'customer', other: 'customers' }, '')} of whom nothing was the likely outcome, ${share(nothing)} brought nothing.`,
        zh: `预计很可能不再购买的 ${formatCount('zh', nothing.customers)} 位客户中，${share(nothing)} 确实没有购买。`,
      }),
    );
  }
  return parts;
}

function modelTable(language: Language, check: ForecastCheck | null): ReportPart[] {
  if (check === null || check.models.length === 0) return [];
  const customers = formatCount(language, check.models[0]!.customers);
  return [
    {
      kind: 'table',
      title: say(language, {
        en: `Models of repeat buying in the check (${customers} customers)`,
        zh: `检验中的复购模型（${customers} 位客户）`,
      }),
      columns: [
        { label: say(language, { en: 'Model', zh: '模型' }), align: 'left' },
        { label: say(language, { en: 'Log-likelihood', zh: '对数似然' }), align: 'right' },
        { label: say(language, { en: 'Purchases off by, per customer', zh: '每位客户购买次数误差' }), align: 'right' },
      ],
      rows: check.models.map((model) => [
        model.name,
        formatNumber(language, model.logLikelihood, 1),
        formatNumber(language, model.errorPerCustomer, 2),
      ]),
    },
  ];
}

/** The line of trust's last part: what kind of value, and how far off its total was. */
export function forecastQuality(forecast: Forecast | null): Text {
  const check = forecast?.check;
  if (forecast === null || forecast.fallback !== null || check == null || check.predicted === null) {
    return { en: 'historic value, no prediction', zh: '历史价值，非预测' };
  }
  if (check.actual <= 0) {
    return { en: `12-month value checked on ${check.days} days`, zh: `12 个月价值已用 ${check.days} 天检验` };
  }
  const off = check.predicted.total / check.actual - 1;
  const sign = off > 0 ? '+' : '';
  return {
    en: `predicted total off by ${sign}${formatPercent('en', off)} in a check of ${check.days} days`,
    zh: `在 ${check.days} 天的检验中，预测总额偏差 ${sign}${formatPercent('zh', off)}`,
  };
}
