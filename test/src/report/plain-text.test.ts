import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { displayWidth } from '../../../src/report/display-width.ts';
import { plainText } from '../../../src/report/plain-text.ts';
import type { Report, ReportPart } from '../../../src/report/report.ts';
import { anyReport } from '../../integrations/slack/report-arbitrary.ts';

function report(...parts: ReportPart[]): Report {
  return { language: 'en', headline: '38 customers at risk', parts, trust: 'Data as of 9 Dec 2011' };
}

describe('plainText', () => {
  it('begins with the headline and ends with the line of trust', () => {
    const lines = plainText(report({ kind: 'text', text: 'Hello' })).split('\n');
    expect([lines[0], lines.at(-1)]).toEqual(['38 customers at risk', 'Data as of 9 Dec 2011']);
  });

  it('aligns the columns of a table that mixes Chinese and Latin names', () => {
    const text = plainText(
      report({
        kind: 'table',
        title: 'Top',
        columns: [
          { label: '客户', align: 'left' },
          { label: 'Value', align: 'right' },
        ],
        rows: [
          ['深圳市腾达精密', '¥182,430'],
          ['Acme', '£9'],
        ],
      }),
    );
    const table = text.split('\n').slice(3, -2);
    expect(table).toEqual([
      '客户               Value',
      '──────────────  ────────',
      '深圳市腾达精密  ¥182,430',
      'Acme                  £9',
    ]);
    expect(new Set(table.map(displayWidth)).size).toBe(1);
  });

  it('draws a chart of one series as bars with their values, the longest for the largest', () => {
    const text = plainText(
      report({
        kind: 'chart',
        chart: {
          kind: 'horizontal-bar',
          title: 'Risk',
          alt: '',
          format: { kind: 'percent' },
          labels: ['Kestrel Foods', '北京云帆', 'Gap'],
          series: [{ name: 'Risk', values: [0.8, 0.4, null] }],
        },
      }),
      { width: 60 },
    );
    const [longer = '', shorter = '', gap = ''] = text.split('\n').slice(3);
    expect(longer).toMatch(/^Kestrel Foods {2}█+ 80%$/);
    expect(shorter).toMatch(/^北京云帆 {7}█+ 40%$/);
    expect(gap).toMatch(/^Gap {12}–$/);
    expect((longer.split('█').length - 1) / (shorter.split('█').length - 1)).toBeCloseTo(2, 0);
  });

  it('shows several series as a table and an empty chart as a sentence', () => {
    const chart = { kind: 'bar', title: '收入', alt: '', format: { kind: 'count' }, labels: ['一月'] } as const;
    const text = plainText(
      report(
        {
          kind: 'chart',
          chart: {
            ...chart,
            series: [
              { name: '今年', values: [3] },
              { name: '去年', values: [2] },
            ],
          },
        },
        { kind: 'chart', chart: { ...chart, series: [] } },
      ),
    );
    expect(text).toContain('项目  今年  去年');
    expect(text).toContain('暂无数据可显示');
  });

  it('names the owner of an item and writes no control character of the CRM’s to a terminal', () => {
    const text = plainText(
      report({
        kind: 'item',
        title: 'Kestrel\u001b[31m Foods',
        text: 'No order for 143 days',
        owner: { id: '1', name: 'Ana', email: 'a@example.com', mention: true },
      }),
    );
    expect(text).toContain('• Kestrel[31m Foods (Ana)\n  No order for 143 days');
  });

  it('fits tables into the width, with and without colour, whatever the report holds', () => {
    fc.assert(
      fc.property(anyReport, fc.boolean(), (any, colour) => {
        const text = plainText(
          { ...any, parts: any.parts.filter((part) => part.kind === 'table' && part.columns.length <= 8) },
          { width: 72, colour },
        );
        // biome-ignore lint/suspicious/noControlCharactersInRegex: colour is what is being taken out
        const bare = text.replace(/\u001b\[\d+m/g, '');
        // biome-ignore lint/suspicious/noControlCharactersInRegex: no other may be left
        expect(bare).not.toMatch(/[\u0000-\u0008\u001b\ud800-\udfff]/u);
        for (const line of bare.split('\n').filter((line) => line.includes('──')))
          expect(displayWidth(line)).toBeLessThanOrEqual(72);
      }),
      { numRuns: 40, seed: 11, endOnFailure: true },
    );
  });
});
