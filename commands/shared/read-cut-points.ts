import { DIMENSION_NAMES, RFM_DIMENSIONS, type RfmDimension, type RfmPreview } from '../../src/analyses/rfm-report.ts';
import { KithError } from '../../src/lib/errors.ts';
import { type Language, say, type Text } from '../../src/lib/text.ts';
import { quoted } from './read-argument.ts';

type CutPoints = RfmPreview['after'];

const WORDS: Readonly<Record<RfmDimension, readonly string[]>> = {
  recency: ['recency', 'r', '最近', '最近购买'],
  frequency: ['frequency', 'f', '频率', '购买频率'],
  money: ['money', 'm', 'monetary', '金额', '消费金额'],
};

/** Scores run from 1 to 5, which four points part. */
const POINTS = 4;

/**
 * `recency 30 90 180 365 money 100 500 2000 10000`: one or more dimensions, four ascending numbers each. Throws
 * KithError('usage') that says what was read and what was expected.
 */
export function readCutPoints(language: Language, text: string): Partial<CutPoints> {
  const words = text.split(/\s+/u).filter((word) => word !== '');
  const found: Partial<Record<RfmDimension, number[]>> = {};
  let current: RfmDimension | null = null;
  for (const word of words) {
    const dimension = RFM_DIMENSIONS.find((name) => WORDS[name].includes(word.toLowerCase()));
    if (dimension !== undefined) {
      if (found[dimension] !== undefined) throw wrong(language, twice(dimension));
      found[dimension] = [];
      current = dimension;
      continue;
    }
    if (current === null) throw wrong(language, beginning(word));
    found[current]!.push(readNumber(language, word));
  }
  if (current === null) throw wrong(language, NOTHING);
  for (const dimension of RFM_DIMENSIONS) {
    const points = found[dimension];
    if (points !== undefined) check(language, dimension, points);
  }
  return found;
}

function readNumber(language: Language, word: string): number {
  // A comma that ends a number parts it from the next.
  const text = word.replace(/[,，、;]$/u, '');
  const number = Number(text);
  if (text !== '' && /^-?\d+(\.\d+)?$/.test(text) && Number.isFinite(number)) return number;
  throw wrong(language, {
    en: `“${quoted(word)}” is not a number: write digits, with spaces between the numbers and none inside`,
    zh: `“${quoted(word)}”不是数字：请用空格分隔各数字，数字内部不要有逗号或空格`,
  });
}

function check(language: Language, dimension: RfmDimension, points: readonly number[]): void {
  const name = DIMENSION_NAMES[dimension];
  const given = points.length === 0 ? '–' : points.join(' ');
  if (points.length !== POINTS) {
    throw wrong(language, {
      en: `${name.en} needs ${POINTS} numbers, and ${points.length} came (${given})`,
      zh: `“${name.zh}”需要 ${POINTS} 个数字，收到 ${points.length} 个（${given}）`,
    });
  }
  if (!points.every((point, i) => i === 0 || point > points[i - 1]!)) {
    throw wrong(language, {
      en: `The numbers of ${name.en} must rise, and they are ${given}`,
      zh: `“${name.zh}”的数字必须递增，收到的是 ${given}`,
    });
  }
  if (dimension === 'money') return;
  const least = dimension === 'recency' ? 0 : 1;
  if (points.every((point) => Number.isInteger(point) && point >= least)) return;
  throw wrong(language, {
    en: `${name.en} is counted in whole ${dimension === 'recency' ? 'days from 0' : 'purchases from 1'} on, and the numbers are ${given}`,
    zh: `“${name.zh}”须为不小于 ${least} 的整数${dimension === 'recency' ? '天数' : '次数'}，收到的是 ${given}`,
  });
}

function twice(dimension: RfmDimension): Text {
  const name = DIMENSION_NAMES[dimension];
  return { en: `${name.en} is named twice`, zh: `“${name.zh}”出现了两次` };
}

function beginning(word: string): Text {
  return {
    en: `“${quoted(word)}” is none of recency, frequency and money`,
    zh: `“${quoted(word)}”不是 recency、frequency 或 money`,
  };
}

const NOTHING: Text = { en: 'No cut-points were given', zh: '未给出分界点' };

function wrong(language: Language, { en, zh }: Text): KithError {
  return new KithError(
    'usage',
    say(language, {
      en: `${en}: for example \`/kith rfm preview recency 30 90 180 365\``,
      zh: `${zh}：例如 \`/kith rfm preview recency 30 90 180 365\``,
    }),
  );
}
