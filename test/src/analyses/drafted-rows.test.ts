import { expect, it } from 'vitest';
import { type Drafted, rowsOf, whole } from '../../../src/analyses/analysis.ts';
import { byBlock } from '../../../src/analyses/churn-blocks.ts';
import { testPanel } from '../../../src/analyses/churn-panel.ts';
import { judgedText } from '../../../src/analyses/models-board-report.ts';
import { keptSuggestions } from '../../../src/analyses/recommend-kept.ts';
import { CHURN_FEATURES } from '../../../src/features/churn-features.ts';
import { seededRandom } from '../../../src/math/random.ts';
import { inputOf } from './churn-fixture.ts';

const asked: number[] = [];
const drafted: Drafted<string> = {
  summary: 'said',
  model: null,
  scores: {
    value: Float64Array.of(1, 2, 3),
    label: ['a', 'b', 'c'],
    band: ['', '', ''],
    evidence: Uint8Array.of(3, 2, 1),
    details: (i) => {
      asked.push(i);
      return `{"i":${i}}`;
    },
  },
  matrix: { columns: 2, values: (i, into) => into.set([i, -i]) },
};

it('rows are made for the part that is asked for, each once', () => {
  const part = rowsOf(drafted, 1, 3)!;
  expect(asked).toEqual([1, 2]);
  expect(part).toMatchObject({ scores: { label: ['b', 'c'], details: ['{"i":1}', '{"i":2}'] } });
  expect([...part.scores.value, ...part.scores.evidence]).toEqual([2, 3, 2, 1]);
  expect([...part.matrix!.values]).toEqual([1, -1, 2, -2]);
});

it('the whole is all of its rows, and nothing where there are none', () => {
  expect(whole(drafted).scores!.details).toEqual(['{"i":0}', '{"i":1}', '{"i":2}']);
  expect(whole({ ...drafted, scores: null, matrix: null })).toEqual({
    summary: 'said',
    model: null,
    scores: null,
    matrix: null,
  });
});

it('rows that are asked for in their order have each block made once', () => {
  const p = CHURN_FEATURES.length;
  const raw = Float64Array.from({ length: 25_000 * p }, (_, at) => Math.floor(at / p));
  const made: number[] = [];
  const rowOf = byBlock(raw, (block) => {
    made.push(block.first);
    return block.raw;
  });
  for (const row of [0, 9_999, 10_000, 24_999]) {
    const { block, at } = rowOf(row);
    expect(block[at * p]).toBe(row);
  }
  expect(made).toEqual([0, 10_000, 20_000]);
});

it('suggestions come back as they were kept', () => {
  const kept = keptSuggestions(2, 'item-item', 'popularity');
  const suggestions = [
    { column: 4, by: 'item-item' as const, have: 12, of: 18, owned: 0 },
    { column: 0, by: 'popularity' as const, have: 7, of: 90, owned: null },
  ];
  kept.keep(1, suggestions);
  expect(kept.of(0)).toEqual([]);
  expect(kept.of(1)).toEqual(suggestions);
});

it('models are compared on a seeded sample of very many customers, and it is known of how many', () => {
  const input = inputOf(
    Array.from({ length: 100_200 }, (_, i) => [[60 + (i % 20), 10] as const]),
    100,
    60,
  );
  const panel = (seed: number) => testPanel(input, 90, 30, seededRandom(seed));
  const { customers, drawnFrom, labels } = panel(1);
  expect(drawnFrom).toBe(100_200);
  expect([customers.length, labels.length]).toEqual([100_000, 100_000]);
  expect(panel(1).customers).toEqual(customers);
  expect(panel(2).customers).not.toEqual(customers);
});

it('the answer says that customers were drawn, and of how many', () => {
  expect(judgedText('en', { test_customers: 900 })).toBe('900');
  const drawn = { test_customers: 100_000, test_drawn_from: 462_000 };
  expect(judgedText('en', drawn)).toBe('100,000, drawn at random from 462,000');
  expect(judgedText('zh', drawn)).toContain('随机抽取');
});
