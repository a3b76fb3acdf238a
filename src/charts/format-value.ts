import type { ChartFormat, ChartSpec } from './chart-spec.ts';

export type ChartLocale = 'en-GB' | 'zh-CN';

const HAN = /\p{Script=Han}/u;

/** The locale of a chart's numbers, told by its title: a chart's texts are already in the reader's language. */
export function chartLocale(chart: ChartSpec): ChartLocale {
  return HAN.test(chart.title) ? 'zh-CN' : 'en-GB';
}

/**
 * A value in a small space: `£182k`, `31%`, `143 days`. Percent values are fractions; money is in major units. A currency
 * code that the engine does not know is printed after the number rather than refused.
 */
export function formatValue(format: ChartFormat, value: number, locale: ChartLocale): string {
  switch (format.kind) {
    case 'percent': {
      const digits = value !== 0 && Math.abs(value) < 0.1 ? 1 : 0;
      return new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: digits }).format(value);
    }
    case 'days': {
      const days = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 }).format(value);
      return locale === 'zh-CN' ? `${days}天` : `${days} ${Math.abs(Math.round(value)) === 1 ? 'day' : 'days'}`;
    }
    case 'times': {
      const times = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 }).format(value);
      return locale === 'zh-CN' ? `${times}倍` : `${times}×`;
    }
    case 'money':
      return formatMoneyShort(value, format.currency, locale);
    case 'count':
      return new Intl.NumberFormat(locale, {
        notation: Math.abs(value) >= 100_000 ? 'compact' : 'standard',
        maximumFractionDigits: Number.isInteger(value) || (Math.abs(value) >= 100 && Math.abs(value) < 100_000) ? 0 : 1,
      }).format(value);
  }
}

/** A change with its sign; of a percentage in points, since a percentage of a percentage is another thing. */
export function formatChange(format: ChartFormat, change: number, locale: ChartLocale): string {
  const sign = change > 0 ? '+' : '';
  if (format.kind !== 'percent') return `${sign}${formatValue(format, change, locale)}`;
  const points = new Intl.NumberFormat(locale, { maximumFractionDigits: Math.abs(change) < 0.1 ? 1 : 0 });
  return `${sign}${points.format(change * 100)}${locale === 'zh-CN' ? ' 个百分点' : ' points'}`;
}

function formatMoneyShort(value: number, currency: string, locale: ChartLocale): string {
  const options = { notation: 'compact', maximumSignificantDigits: 3, minimumSignificantDigits: 1 } as const;
  if (/^[A-Za-z]{3}$/.test(currency)) {
    const text = new Intl.NumberFormat(locale, { ...options, style: 'currency', currency }).format(value);
    return locale === 'en-GB' ? text.replace('K', 'k').replace('M', 'm').replace(/(\d)B/, '$1bn') : text;
  }
  return `${new Intl.NumberFormat(locale, options).format(value)} ${currency}`.trim();
}
