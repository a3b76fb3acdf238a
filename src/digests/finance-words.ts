import { type Language, say, type Text } from '../lib/text.ts';
import type { ReportPart } from '../report/report.ts';
import type { FinanceMemory, JudgedMonth } from './finance-figures.ts';

/** `+€1,234`, `−€1,234`. */
export function signed(amount: number, money: (amount: number) => string): string {
  return `${amount < 0 ? '−' : '+'}${money(Math.abs(amount))}`;
}

/** Where a month that is over fell. */
export const BAND_TEXTS: Readonly<Record<JudgedMonth['band'], Text>> = {
  narrow: { en: 'inside the 80% band', zh: '在 80% 区间内' },
  wide: { en: 'outside the 80% band, inside the 95% band', zh: '在 80% 区间外、95% 区间内' },
  outside: { en: 'outside both bands', zh: '在两个区间之外' },
};

/** `first` in the first edition; after it, that only changes follow. */
export function sectionHeading(language: Language, memory: FinanceMemory | null, first: Text): ReportPart {
  const changed = { en: `${first.en}: what changed since the last edition`, zh: `${first.zh}：与上一期相比` };
  return { kind: 'heading', text: say(language, memory === null ? first : changed) };
}
