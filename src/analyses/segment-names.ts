import { SEGMENT_FEATURES, type SegmentFeature } from '../features/segment-features.ts';
import type { Text } from '../lib/text.ts';
import { capitalised } from '../report/format.ts';

/** What a segment far above or far below the portfolio in a feature is called. */
const WORDS: Readonly<Record<SegmentFeature, { readonly above: Text; readonly below: Text }>> = {
  recency: { above: { en: 'gone quiet', zh: '久未下单' }, below: { en: 'recently active', zh: '近期活跃' } },
  frequency: { above: { en: 'frequent', zh: '购买频繁' }, below: { en: 'occasional', zh: '偶尔购买' } },
  value: { above: { en: 'high-spending', zh: '消费高' }, below: { en: 'low-spending', zh: '消费低' } },
  regularity: { above: { en: 'steady', zh: '下单规律' }, below: { en: 'irregular', zh: '下单不规律' } },
  breadth: { above: { en: 'many products', zh: '品类丰富' }, below: { en: 'few products', zh: '品类单一' } },
  tickets: { above: { en: 'support-heavy', zh: '工单较多' }, below: { en: 'little support', zh: '工单较少' } },
  engagement: { above: { en: 'often in touch', zh: '互动频繁' }, below: { en: 'seldom in touch', zh: '互动较少' } },
};
/** Segments that ordered later than others but lately have not gone quiet. */
const LESS_RECENT: Text = { en: 'less recent', zh: '下单较早' };
/** Days since the last purchase from which a segment is called quiet. */
export const QUIET_FROM_DAYS = 30;
/** Nearer to the portfolio's mean than this many standard deviations, nothing distinguishes a segment. */
const DISTINCT_FROM = 0.25;

/** What a segment is named by. */
export interface SegmentCentre {
  /** Standard deviations from the portfolio's mean, in the order of SEGMENT_FEATURES. */
  readonly profile: readonly number[];
  readonly recencyDays: number;
}

/** Names segments by their two most distinctive features. No name is given twice, nor one of `taken`. */
export function nameSegments(centres: readonly SegmentCentre[], taken: readonly Text[]): Text[] {
  const used = new Set(taken.flatMap((name) => [name.en, name.zh]));
  return centres.map((centre) => {
    const name = candidates(centre).find((candidate) => !used.has(candidate.en) && !used.has(candidate.zh));
    const free = name ?? numbered(candidates(centre)[0]!, used);
    used.add(free.en);
    used.add(free.zh);
    return free;
  });
}

/** Names from the most to the least fitting. */
function candidates(centre: SegmentCentre): Text[] {
  const features = SEGMENT_FEATURES.map((feature, j) => ({ feature, z: centre.profile[j]! }))
    .filter(({ z }) => Math.abs(z) >= DISTINCT_FROM)
    .sort((a, b) => Math.abs(b.z) - Math.abs(a.z));
  const words = features.map(({ feature, z }) => ({
    word:
      feature === 'recency' && z > 0 && centre.recencyDays < QUIET_FROM_DAYS
        ? LESS_RECENT
        : WORDS[feature][z > 0 ? 'above' : 'below'],
    size: Math.abs(z),
  }));
  if (words.length === 0) return [{ en: 'Average in everything', zh: '各方面居中' }];
  if (words.length === 1) return [{ en: capitalised(words[0]!.word.en), zh: words[0]!.word.zh }];
  return words
    .flatMap((first, i) => words.slice(i + 1).map((second) => ({ first, second, size: first.size + second.size })))
    .sort((a, b) => b.size - a.size)
    .map(({ first, second }) => ({
      en: `${capitalised(first.word.en)}, ${second.word.en}`,
      zh: `${first.word.zh}、${second.word.zh}`,
    }));
}

function numbered(name: Text, used: ReadonlySet<string>): Text {
  for (let i = 2; ; i++) {
    const next = { en: `${name.en} (${i})`, zh: `${name.zh}（${i}）` };
    if (!used.has(next.en) && !used.has(next.zh)) return next;
  }
}
