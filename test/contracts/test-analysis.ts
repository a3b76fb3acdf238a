import { expect, it } from 'vitest';
import {
  type AnalysisSettings,
  type Computed,
  type PresentedRow,
  type RegisteredAnalysis,
  whole,
} from '../../src/analyses/analysis.ts';
import type { EvidenceLevel, Portfolio, Run } from '../../src/domain/results.ts';
import { KithError } from '../../src/lib/errors.ts';
import { LANGUAGES } from '../../src/lib/text.ts';
import type { PortalStore } from '../../src/store/portal-store.ts';

/** A portal whose `customers` and `won_deals` are built, as a run has it when it reads. */
export interface AnalysedPortal {
  readonly portal: PortalStore;
  readonly portfolio: Portfolio;
  readonly settings: AnalysisSettings;
}

/** What every analysis owes to the job that runs it, to the store that keeps it and to the person who reads it. */
export function testAnalysis(analysis: RegisteredAnalysis, open: () => AnalysedPortal): void {
  let reading: ReturnType<typeof analysis.read> | undefined;
  const read = () => {
    reading ??= analysis.read({ ...open(), previous: null });
    return reading;
  };
  let answer: Computed<unknown> | undefined;
  const compute = async () => {
    answer ??= analysis.compute(await read(), 7);
    return answer;
  };

  it('has a name of its own, a title in every language and properties under the prefix', () => {
    expect(analysis.name).toMatch(/^[a-z]+(-[a-z]+)*$/);
    for (const language of LANGUAGES) expect(analysis.title[language]).not.toBe('');
    for (const property of analysis.properties) {
      expect(property.name).toMatch(/^kith_[a-z0-9_]+$/);
      expect(property.label).not.toBe('');
      if (property.type === 'enumeration') expect(property.options?.length).toBeGreaterThan(0);
    }
  });

  it('computes from what crosses to a worker, leaves it as it was, and repeats itself byte for byte', async () => {
    const input = await read();
    const copy = structuredClone(input);
    const first = analysis.compute(input, 7);
    expect(structuredClone(input)).toEqual(copy);
    expect(JSON.stringify(analysis.compute(copy, 7))).toBe(JSON.stringify(first));
    expect(structuredClone(first)).toEqual(first);
    // What its parts give crosses, too.
    const parts: unknown[] = [];
    for (const count of analysis.rounds) {
      const before = structuredClone(parts);
      for (let k = 0; k < count; k++) parts.push(structuredClone(analysis.part(copy, parts.length, 7, before)));
    }
    if (parts.length > 0) expect(JSON.stringify(whole(analysis.draft(copy, 7, parts)))).toBe(JSON.stringify(first));
  });

  it('scores every customer once, with finite numbers or none and JSON details', async () => {
    const { customerIds } = await read();
    expect([...new Set(customerIds)].sort()).toEqual([...customerIds]);
    const { scores, matrix } = await compute();
    if (matrix !== null) expect(matrix.values).toHaveLength(matrix.columns * customerIds.length);
    if (scores === null) return;
    for (const column of [scores.value, scores.label, scores.band, scores.evidence, scores.details]) {
      expect(column).toHaveLength(customerIds.length);
    }
    for (const value of scores.value) expect(Number.isFinite(value) || Number.isNaN(value)).toBe(true);
    for (const level of scores.evidence) expect([0, 1, 2, 3]).toContain(level);
    for (const text of scores.details) expect(() => JSON.parse(text)).not.toThrow();
  });

  it('gives finite numbers, or refuses by name, where what it is given holds numbers that are none', async () => {
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      const damaged = structuredClone(await read());
      if (spoil(damaged, bad) === 0) return;
      let computed: Computed<unknown>;
      try {
        computed = analysis.compute(damaged, 7);
      } catch (error) {
        expect(error).toBeInstanceOf(KithError);
        continue;
      }
      for (const value of computed.scores?.value ?? []) expect(Math.abs(value)).not.toBe(Number.POSITIVE_INFINITY);
      for (const text of computed.scores?.details ?? []) expect(() => JSON.parse(text)).not.toThrow();
      const stored: unknown = JSON.parse(JSON.stringify(computed.summary));
      const { portfolio } = open();
      const report = analysis.present(stored, {
        language: 'en',
        run: runOf(portfolio),
        rows: [],
        withheld: null,
        filter: '',
      });
      expect(JSON.stringify(report)).not.toMatch(/undefined|NaN|Infinity|∞/);
    }
  });

  it.each(LANGUAGES)(
    'presents its stored summary, with and without rows, in one line and a line of trust (%s)',
    async (language) => {
      const { portfolio } = open();
      const input = await read();
      const computed = await compute();
      const stored: unknown = JSON.parse(JSON.stringify(computed.summary));
      const run = runOf(portfolio);
      const rows = rowsOf(input.customerIds, computed).slice(0, 5);
      for (const shown of [[], rows]) {
        const report = analysis.present(stored, { language, run, rows: shown, withheld: null, filter: '' });
        expect(report.language).toBe(language);
        expect(report.headline).toMatch(/^[^\n]+$/);
        expect(report.trust).not.toBe('');
        const text = JSON.stringify(report);
        expect(text).not.toMatch(/undefined|NaN|Infinity|\[object/);
        for (const part of report.parts) if (part.kind === 'chart') expect(part.chart.alt).not.toBe('');
      }
    },
  );

  it('says why rows are withheld', async () => {
    const { portfolio } = open();
    const computed = await compute();
    const stored: unknown = JSON.parse(JSON.stringify(computed.summary));
    const withheld = { en: 'Hidden in this channel', zh: '此频道隐藏' };
    const report = analysis.present(stored, { language: 'en', run: runOf(portfolio), rows: [], withheld, filter: '' });
    // An answer about products or the portfolio alone, or about nobody, has no rows to withhold.
    if (computed.scores === null || computed.scores.value.length === 0 || analysis.name === 'portfolio') return;
    expect(JSON.stringify(report)).toContain('Hidden in this channel');
  });

  it('writes texts or nothing to a record, an option where it is an enumeration', async () => {
    const { portfolio } = open();
    const input = await read();
    for (const row of rowsOf(input.customerIds, await compute())) {
      for (const property of analysis.properties) {
        const value = property.value(row, runOf(portfolio));
        if (value === null) continue;
        expect(value).toMatch(/\S/);
        if (property.type === 'number') expect(Number.isFinite(Number(value))).toBe(true);
        if (property.type === 'enumeration') expect(property.options!.map((option) => option.value)).toContain(value);
      }
    }
  });
}

/** Puts `bad` into every seventh amount of every purchase history of an input; how many were spoilt. */
function spoil(input: unknown, bad: number): number {
  if (typeof input !== 'object' || input === null || ArrayBuffer.isView(input)) return 0;
  let spoilt = 0;
  for (const [key, value] of Object.entries(input)) {
    if (key === 'amount' && value instanceof Float64Array) {
      for (let k = 3; k < value.length; k += 7) value[k] = bad;
      spoilt += Math.floor((value.length + 3) / 7);
    } else {
      spoilt += spoil(value, bad);
    }
  }
  return spoilt;
}

function runOf(portfolio: Portfolio): Run {
  const { asOf } = portfolio;
  return { id: 'run', startedAt: asOf, finishedAt: asOf, status: 'done', asOf, fingerprint: '', portfolio };
}

function rowsOf(customerIds: readonly string[], { scores }: Computed<unknown>): PresentedRow[] {
  if (scores === null) return [];
  return customerIds.map((customerId, i) => ({
    customerId,
    value: Number.isNaN(scores.value[i]!) ? null : scores.value[i]!,
    label: scores.label[i]!,
    band: scores.band[i]!,
    // Checked to be one of the levels by the suite.
    evidence: scores.evidence[i]! as EvidenceLevel,
    details: JSON.parse(scores.details[i]!),
    name: `Customer ${i}`,
    link: '',
    owner: null,
  }));
}
