import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CommandContext, KithCommand } from '../../commands/context.ts';
import { KithError } from '../../src/lib/errors.ts';
import { LANGUAGES, type Language } from '../../src/lib/text.ts';
import type { Report } from '../../src/report/report.ts';

const CHINESE = /\p{Script=Han}/u;

/** Every text of a report that a person reads. */
export function textsOf(report: Report): string[] {
  const texts = [report.headline, report.trust];
  for (const part of report.parts) {
    if (part.kind === 'text' || part.kind === 'heading') texts.push(part.text);
    if (part.kind === 'facts') texts.push(...part.facts.flatMap((fact) => [fact.label, fact.value]));
    if (part.kind === 'table')
      texts.push(part.title, ...part.columns.map((column) => column.label), ...part.rows.flat());
    if (part.kind === 'chart') texts.push(part.chart.title, part.chart.alt);
    if (part.kind === 'item') texts.push(part.title, part.text, ...(part.actions ?? []).map((action) => action.label));
  }
  return texts;
}

/** What every report must be, whoever made it. */
export function expectReadable(report: Report, language: Language): void {
  expect(report.language).toBe(language);
  expect(report.headline.trim()).not.toBe('');
  expect(report.headline).not.toContain('\n');
  for (const text of textsOf(report)) {
    expect(text).not.toMatch(/undefined|NaN|\[object|Infinity/);
  }
  for (const part of report.parts) {
    if (part.kind === 'table') {
      for (const row of part.rows) expect(row).toHaveLength(part.columns.length);
    }
    if (part.kind !== 'chart') continue;
    if (part.chart.kind === 'heatmap') {
      expect(part.chart.values).toHaveLength(part.chart.rows.length);
      for (const row of part.chart.values) expect(row).toHaveLength(part.chart.columns.length);
    } else if ('series' in part.chart) {
      for (const series of part.chart.series) expect(series.values).toHaveLength(part.chart.labels.length);
    }
  }
  if (language === 'zh') expect(textsOf(report).join(' ')).toMatch(CHINESE);
}

/** An error that a person may read: one sentence without a full stop, a stack or a query in it. */
export function expectPlainError(error: unknown): void {
  expect(error).toBeInstanceOf(KithError);
  const { message } = error as KithError;
  expect(message).not.toMatch(/[.。]$/);
  expect(message).not.toMatch(/SELECT |\n\s+at |undefined|\[object/);
}

/** The suite that every slash command passes. `answers` are arguments that the filled portal has an answer to. */
export function testCommand(
  command: KithCommand,
  options: {
    filled: (language: Language) => Promise<CommandContext>;
    empty: (language: Language) => Promise<CommandContext>;
    answers: readonly string[];
  },
): void {
  describe(`/${command.name}`, () => {
    it('says in both languages what it does, and what may follow it', () => {
      expect(command.name).toMatch(/^[a-z][a-z-]{0,30}$/);
      expect(command.summary.en).not.toMatch(CHINESE);
      expect(command.summary.en.length).toBeGreaterThan(5);
      expect(command.summary.zh).toMatch(CHINESE);
      expect(command.usage).toMatch(/^(\[[a-z|]+\]|[A-Z]+)?$/);
    });

    it.each(LANGUAGES)('answers in %s with a line of trust, or is help', async (language) => {
      const context = await options.filled(language);
      for (const text of options.answers) {
        const report = await command.run(context, text);
        expectReadable(report, language);
        if (command.name !== 'kith') expect(report.trust).toMatch(language === 'zh' ? /数据截至/ : /Data as of/);
      }
    });

    it.each(LANGUAGES)('tells in plain %s what to do when nothing has been analysed', async (language) => {
      const context = await options.empty(language);
      for (const text of options.answers) {
        try {
          expectReadable(await command.run(context, text), language);
          expect(command.name).toBe('kith');
        } catch (error) {
          expectPlainError(error);
          expect(error).toMatchObject({ code: 'no-results', message: expect.stringContaining('kith analyse') });
        }
      }
    });

    it('answers any text with a report or a plain sentence', async () => {
      const context = await options.filled('en');
      const hostile = fc.oneof(
        fc.string({ unit: 'binary', maxLength: 300 }),
        fc.string({ maxLength: 40 }),
        fc.constantFrom(
          "'; DROP TABLE deals; --",
          '{db:Identifier}',
          '<!channel>',
          '%',
          '_',
          '\\',
          '\u202Egnp.exe',
          '"',
          '–',
        ),
        fc.constantFrom(...options.answers).map((text) => `${text}x`),
      );
      await fc.assert(
        fc.asyncProperty(hostile, async (text) => {
          try {
            expectReadable(await command.run(context, text), 'en');
          } catch (error) {
            expectPlainError(error);
          }
        }),
        { numRuns: Number(process.env.KITH_PROPERTY_RUNS ?? 100), seed: 7 },
      );
    }, 60_000);
  });
}
