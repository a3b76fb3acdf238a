import { describe, expect, it } from 'vitest';
import { asCategories } from '../../../src/charts/as-categories.ts';
import type { FlowChart, WaterfallChart } from '../../../src/charts/chart-spec.ts';
import { chartTable } from '../../../src/charts/chart-table.ts';
import { withDrawableNumbers } from '../../../src/charts/drawable-numbers.ts';
import { foldSeries, isEmpty } from '../../../src/charts/fold.ts';
import { formatChange, formatValue } from '../../../src/charts/format-value.ts';
import { reportSchema } from '../../../src/ledger/report-schema.ts';
import { plainText } from '../../../src/report/plain-text.ts';
import { ANSWERS } from '../../integrations/chartjs/gallery-of-answers.ts';

const fall = ANSWERS['waterfall-en'] as WaterfallChart;
const rules = ANSWERS['rules-en'] as FlowChart;

describe('charts with a shape of their own', () => {
  it.each(Object.entries(ANSWERS))('say every number of %s as a table and as text', (_, chart) => {
    const { columns, rows } = chartTable(chart);
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows) expect(row).toHaveLength(columns.length);
    const report = { language: 'en' as const, headline: 'h', parts: [{ kind: 'chart' as const, chart }], trust: '' };
    const text = plainText(report, { width: 200 });
    for (const row of rows) expect(text).toContain(row.at(-1));
    expect(reportSchema.parse(report)).toEqual(report);
    expect(isEmpty(chart)).toBe(false);
  });

  it('have bars of the same numbers for where only plain charts are drawn', () => {
    expect(asCategories(fall)).toMatchObject({ kind: 'bar', labels: expect.arrayContaining(['Average customer']) });
    expect(asCategories(rules)).toMatchObject({ kind: 'horizontal-bar', series: [{ name: 'Lift' }] });
    expect(asCategories(ANSWERS['triangle-en']!)).toBe(ANSWERS['triangle-en']);
  });

  it('print changes of percentages in points, and times as times, in both languages', () => {
    expect(formatChange({ kind: 'percent' }, 0.2, 'en-GB')).toBe('+20 points');
    expect(formatChange({ kind: 'percent' }, -0.031, 'zh-CN')).toBe('-3.1 个百分点');
    expect(formatChange({ kind: 'count' }, 7, 'en-GB')).toBe('+7');
    expect(formatValue({ kind: 'times' }, 3.24, 'en-GB')).toBe('3.2×');
  });

  it('join the steps that are too many into one, so that they still add up', () => {
    const steps = Array.from({ length: 20 }, (_, index) => ({ name: `step ${index}`, change: 0.01 }));
    const folded = foldSeries<WaterfallChart>({ ...fall, steps });
    expect(folded.steps).toHaveLength(8);
    expect(folded.steps.reduce((sum, { change }) => sum + change, 0)).toBeCloseTo(0.2, 12);
    const many = { ...rules, arrows: [...rules.arrows, ...rules.arrows] };
    expect(foldSeries<FlowChart>(many).arrows).toHaveLength(10);
    expect(foldSeries<FlowChart>(many).subtitle).toContain('10 more not shown');
  });

  it('leave out numbers that no axis can hold', () => {
    const wild = withDrawableNumbers({
      ...fall,
      steps: [
        { name: 'a', change: 1e308 },
        { name: 'b', change: 5e-324 },
      ],
    });
    expect(wild.steps.map(({ change }) => change)).toEqual([Number.NaN, 0]);
    expect(withDrawableNumbers(fall)).toEqual(fall);
  });
});
