import { createCanvas } from '@napi-rs/canvas';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createChartRenderer } from '../../../integrations/chartjs/chart-renderer.ts';
import { registerFonts } from '../../../integrations/chartjs/fonts.ts';
import { createDocumentRenderer } from '../../../integrations/chartjs/pdf.ts';
import { type Block, PAGE, paginate } from '../../../integrations/chartjs/pdf-flow.ts';
import { tableBlocks } from '../../../integrations/chartjs/pdf-table.ts';
import { textBlocks } from '../../../integrations/chartjs/pdf-text.ts';
import type { Language } from '../../../src/lib/text.ts';
import type { ReportDocument } from '../../../src/report/document.ts';
import type { ReportTable } from '../../../src/report/report.ts';
import { hostileText } from '../slack/report-arbitrary.ts';
import { ANSWERS } from './gallery-of-answers.ts';
import { printedTexts } from './printed-texts.ts';

const renderer = createDocumentRenderer(createChartRenderer());
registerFonts();

function month(language: Language, charts = ['at-risk', 'moves', 'triangle']): ReportDocument {
  const zh = language === 'zh';
  return {
    language,
    title: zh ? '2026 年 11 月客户月报' : 'Customers in November 2026',
    subtitle: zh ? '四个部门眼中的同一批客户' : 'The same customers from four sides',
    sections: charts.map((name) => ({
      heading: zh ? '谁可能流失' : 'Who may leave',
      report: {
        language,
        headline: zh ? '未来 90 天有 £172,000 面临风险' : '£172,000 at risk in the next 90 days',
        parts: [
          { kind: 'text', text: (zh ? '风险按客户计算。' : 'The risk is counted by customer. ').repeat(40) },
          { kind: 'facts', facts: [{ label: zh ? '客户' : 'Customers', value: '1,290' }] },
          { kind: 'chart', chart: ANSWERS[`${name}-${language}`]! },
          long(40),
          { kind: 'item', title: 'Acme', text: '87%', link: 'https://crm.example/1' },
        ],
        trust: zh ? '数据截至 2026年11月22日' : 'Data as of 22 Nov 2026',
      },
    })),
  };
}

function long(rows: number): ReportTable {
  return {
    kind: 'table',
    title: 'Customers',
    columns: [
      { label: 'Customer', align: 'left' },
      { label: 'Note', align: 'left' },
      { label: 'Value', align: 'right' },
    ],
    rows: Array.from({ length: rows }, (_, row) => [
      `Customer ${row}`,
      '深圳市腾达精密电子科技有限公司的下一次采购与上一次相比更早'.repeat(row % 4),
      `£${row},000`,
    ]),
  };
}

/** What is printed of a table on each page, by drawing its blocks on canvases of the page's size. */
async function printedPages(blocks: readonly Block[]) {
  const pages = [];
  for (const placed of paginate(blocks)) {
    pages.push(
      await printedTexts(async () => {
        const context = createCanvas(PAGE.width, PAGE.height).getContext('2d');
        for (const { block, top } of placed) block.draw(context, top, 1);
      }),
    );
  }
  return pages;
}

describe('createDocumentRenderer', () => {
  it.each(['en', 'zh'] as const)(
    'makes a PDF of less than a megabyte, the same bytes twice (%s)',
    async (language) => {
      const [first, second] = [await renderer.pdf(month(language)), await renderer.pdf(month(language))];
      expect(Buffer.from(first.slice(0, 5)).toString()).toBe('%PDF-');
      expect(first.length).toBeLessThanOrEqual(1_000_000);
      expect(Buffer.from(first).equals(Buffer.from(second))).toBe(true);
    },
    60_000,
  );

  it('makes pictures smaller until many of them fit into a megabyte', async () => {
    const names = ['at-risk', 'moves', 'triangle', 'rules', 'tiers', 'calibration', 'waterfall'];
    const pdf = await renderer.pdf({
      ...month('zh'),
      sections: ['en', 'zh'].flatMap((language) => month(language as Language, names).sections),
    });
    expect(pdf.length).toBeLessThanOrEqual(1_000_000);
  }, 120_000);

  it('lets other work go on between pictures and pages', async () => {
    let turns = 0;
    let isRunning = true;
    const turn = (): void => {
      turns += 1;
      if (isRunning) setImmediate(turn);
    };
    setImmediate(turn);
    await renderer.pdf(month('en'));
    isRunning = false;
    expect(turns).toBeGreaterThan(20);
  }, 60_000);

  it('prints a document without sections, and anything that a CRM may hold', async () => {
    expect((await renderer.pdf({ ...month('en'), sections: [] })).length).toBeGreaterThan(500);
    await fc.assert(
      fc.asyncProperty(
        hostileText,
        hostileText,
        fc.array(fc.array(hostileText, { maxLength: 25 }), { maxLength: 6 }),
        async (text, label, rows) => {
          const columns = Array.from({ length: Math.max(0, ...rows.map((row) => row.length)) }, () => ({
            label,
            align: 'right' as const,
          }));
          const report = {
            language: 'en' as const,
            headline: text,
            parts: [
              { kind: 'text' as const, text },
              { kind: 'table' as const, title: label, columns, rows },
              { kind: 'facts' as const, facts: [{ label, value: text }] },
              { kind: 'item' as const, title: label, text, link: text },
            ],
            trust: label,
          };
          const pdf = await renderer.pdf({
            language: 'en',
            title: text,
            subtitle: label,
            sections: [{ heading: label, report }],
          });
          expect(pdf.length).toBeGreaterThan(500);
        },
      ),
      { numRuns: 12, seed: 5, endOnFailure: true },
    );
  }, 90_000);
});

describe('a table on several pages', () => {
  it('repeats its head, cuts no row, and keeps every cell in its column', async () => {
    const table = long(60);
    const pages = await printedPages(tableBlocks(table));
    expect(pages.length).toBeGreaterThan(1);
    const seen: string[] = [];
    for (const texts of pages) {
      expect(texts.filter(({ text }) => text === 'Customer')).toHaveLength(1);
      const first = texts.filter(({ text }) => /^Customer \d+$/.test(text));
      // A page of one row alone would look like a mistake.
      expect(first.length).toBeGreaterThan(1);
      seen.push(...first.map(({ text }) => text));
      for (const text of texts) {
        expect(text.left).toBeGreaterThanOrEqual(PAGE.left - 1);
        expect(text.right).toBeLessThanOrEqual(PAGE.right + 1);
        expect(text.bottom).toBeLessThanOrEqual(PAGE.bottom);
      }
      for (const [index, a] of texts.entries()) {
        for (const b of texts.slice(index + 1)) {
          const meets =
            a.left < b.right - 0.5 && b.left < a.right - 0.5 && a.top < b.bottom - 0.5 && b.top < a.bottom - 0.5;
          expect(meets, `${a.text} / ${b.text}`).toBe(false);
        }
      }
    }
    expect(seen).toEqual(table.rows.map(([name]) => name));
  });

  it('prints twenty columns within the margins', async () => {
    const columns = Array.from({ length: 20 }, (_, index) => ({ label: `Column ${index}`, align: 'right' as const }));
    const [texts] = await printedPages(tableBlocks({ columns, rows: [columns.map(() => '€123,456,789')] }));
    for (const text of texts!) expect(text.right).toBeLessThanOrEqual(PAGE.right + 1);
  });
});

describe('a text on pages', () => {
  it('is printed whole, in both languages, and a heading stays with what follows it', () => {
    const style = { size: 9.5, weight: 400, colour: '#000', space: 8 } as const;
    const words = Array.from({ length: 500 }, (_, index) => `word${index}`).join(' ');
    const drawn: string[] = [];
    const context = createCanvas(10, 10).getContext('2d');
    const spy = new Proxy(context, {
      get: (target, name) => (name === 'fillText' ? (text: string) => drawn.push(text) : Reflect.get(target, name)),
      set: (target, name, value) => Reflect.set(target, name, value),
    });
    for (const block of textBlocks(words, style)) block.draw(spy, 0, 1);
    expect(drawn.join(' ')).toBe(words);
    drawn.length = 0;
    const chinese = '客户在最近九十天没有下单，'.repeat(60);
    for (const block of textBlocks(chinese, style)) block.draw(spy, 0, 1);
    expect(drawn.join('')).toBe(chinese);
    const filler: Block = { height: PAGE.bottom - PAGE.top - 20, space: 0, draw: () => undefined };
    const heading = textBlocks('Heading', { ...style, isHeading: true });
    const [first, second] = paginate([filler, ...heading, ...textBlocks(words, style)]);
    expect(first).toHaveLength(1);
    expect(second?.[0]?.block).toBe(heading[0]);
  });
});
