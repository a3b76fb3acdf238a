import { type Language, say, type Text } from '../lib/text.ts';
import { formatCount, formatNumber, formatPercent } from '../report/format.ts';
import type { ReportPart } from '../report/report.ts';
import { MODEL_NAMES } from './churn-note.ts';
import type { ChurnSummary } from './churn-summary.ts';
import { featureName } from './family-names.ts';

/** Population stability: below the first nothing moved, from the second on much did. */
const PSI_SOME = 0.1;
const PSI_MUCH = 0.25;

/** What it goes by, and what was left out since it moved too far. */
export function featureParts(language: Language, summary: ChurnSummary): ReportPart[] {
  const comma = language === 'zh' ? '、' : ', ';
  const parts: ReportPart[] = [];
  if (summary.kept.length > 0) {
    const strongest = new Map<string, number>();
    for (const { feature, share } of summary.kept) {
      const name = say(language, featureName(feature));
      strongest.set(name, Math.max(share, strongest.get(name) ?? 0));
    }
    const names = [...strongest]
      .sort((a, b) => b[1] - a[1])
      .map(([name, share]) => `${name} (${formatPercent(language, share)})`)
      .join(comma);
    const rows = formatCount(language, summary.training_rows);
    parts.push({
      kind: 'text',
      text: say(language, {
        en: `Looked at, with the share of repeated draws that chose each: ${names}. Learnt from ${rows} rows (a customer at a past cut-off is a row).`,
        zh: `所用信息（括号内为重复抽样中被选中的比例）：${names}。学习了 ${rows} 行（每位客户在一个历史截止点为一行）。`,
      }),
    });
  }
  const sampled = summary.board.filter((row) => row.rows > 0 && row.rows < (summary.trials[0]?.training_rows ?? 0));
  if (sampled.length > 0) {
    const names = sampled
      .map((row) => `${say(language, MODEL_NAMES[row.model])} (${formatCount(language, row.rows)})`)
      .join(comma);
    parts.push({
      kind: 'text',
      text: say(language, {
        en: `Learnt from a seeded sample of the rows: ${names}.`,
        zh: `以下方法按固定种子抽样学习：${names}。`,
      }),
    });
  }
  if (summary.left_out.length > 0) {
    const names = summary.left_out
      .map(({ feature, psi }) => `${say(language, featureName(feature))} (PSI ${formatNumber(language, psi, 2)})`)
      .join(comma);
    parts.push({
      kind: 'text',
      text: say(language, {
        en: `Left out, since customers today differ too much in it from those learnt from: ${names}.`,
        zh: `因今日客户与学习时差异过大而未使用：${names}。`,
      }),
    });
  }
  return parts;
}

/** How far the customers of today are from those that were learnt from. */
export function driftText(language: Language, { drift }: ChurnSummary): string {
  if (drift === null) {
    return say(language, { en: 'Drift: nobody is scored today.', zh: '漂移：今日没有可评分的客户。' });
  }
  const psi = formatNumber(language, drift.score, 2);
  const words: Text =
    drift.score < PSI_SOME
      ? {
          en: 'today’s customers are like those the model learnt from',
          zh: '今日客户与模型学习时的客户相似',
        }
      : drift.score < PSI_MUCH
        ? {
            en: 'today’s customers differ somewhat from those the model learnt from: watch it',
            zh: '今日客户与模型学习时的客户有一定差异：请留意',
          }
        : {
            en: 'today’s customers differ much from those the model learnt from: read its numbers with care',
            zh: '今日客户与模型学习时的客户差异较大：请谨慎解读',
          };
  const moved = drift.features
    .filter((feature) => feature.psi >= PSI_SOME)
    .map((feature) => `${say(language, featureName(feature.feature))} (${formatNumber(language, feature.psi, 2)})`);
  const which: Text =
    moved.length === 0
      ? { en: '', zh: '' }
      : { en: ` Moved most: ${moved.join(', ')}.`, zh: `变化最大：${moved.join('、')}。` };
  return say(language, {
    en: `Drift: ${words.en} (PSI of the score ${psi}).${which.en}`,
    zh: `漂移：${words.zh}（评分 PSI ${psi}）。${which.zh}`,
  });
}
