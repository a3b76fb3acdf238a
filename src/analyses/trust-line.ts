import type { EvidenceLevel, Run } from '../domain/results.ts';
import { type Language, say, type Text } from '../lib/text.ts';
import { formatDay } from '../report/format.ts';

const LEVELS: Readonly<Record<EvidenceLevel, Text>> = {
  0: { en: 'facts', zh: '事实' },
  1: { en: 'rhythm', zh: '节奏' },
  2: { en: 'shrunken', zh: '收缩估计' },
  3: { en: 'full', zh: '完整' },
};

/** The line that ends an answer: data as of, evidence level, quality. */
export function trustLine(language: Language, run: Run, evidence: EvidenceLevel, quality: Text): string {
  const day = formatDay(language, run.asOf, run.portfolio.timeZone);
  return say(language, {
    en: `Data as of ${day} · evidence level ${evidence} (${LEVELS[evidence].en}) · ${quality.en}`,
    zh: `数据截至${day} · 证据等级 ${evidence}（${LEVELS[evidence].zh}）· ${quality.zh}`,
  });
}
