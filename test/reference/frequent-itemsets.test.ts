import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { associationRules } from '../../src/models/association-rules.ts';
import { type Baskets, frequentItemsets, itemsOf } from '../../src/models/frequent-itemsets.ts';

const folder = join(process.env.KITH_REFERENCE ?? '../shared', 'data');
const isHere = existsSync(join(folder, 'reference.json'));
const skipped = isHere ? '' : ` (skipped: no reference data in ${folder})`;

interface Entry {
  dataset: string;
  task: string;
  metric: string;
  settings: Record<string, unknown>;
  value: unknown;
  tolerance?: number;
}
const entries: Entry[] = isHere ? JSON.parse(readFileSync(join(folder, 'reference.json'), 'utf8')) : [];
const of = (dataset: string, task: string): Entry[] => entries.filter((e) => e.dataset === dataset && e.task === task);

function encode(lines: readonly (readonly string[])[]): { baskets: Baskets; names: string[] } {
  const ids = new Map<string, number>();
  const offsets = [0];
  const items: number[] = [];
  for (const line of lines) {
    for (const name of new Set(line)) {
      if (!ids.has(name)) ids.set(name, ids.size);
      items.push(ids.get(name)!);
    }
    offsets.push(items.length);
  }
  return { baskets: { offsets: Int32Array.from(offsets), items: Int32Array.from(items) }, names: [...ids.keys()] };
}

const limits = { maximumLength: 10, maximumItemsets: 1_000_000 };

function checkItemsets(baskets: Baskets, entry: Entry): void {
  const sets = frequentItemsets(baskets, {
    ...limits,
    minimumCount: Math.ceil(Number(entry.settings.min_support) * (baskets.offsets.length - 1) - 1e-9),
  });
  if (entry.metric === 'itemsets') expect(sets.count.length).toBe(entry.value);
  else {
    const byLength: Record<string, number> = {};
    for (const length of sets.length) byLength[length] = (byLength[length] ?? 0) + 1;
    expect(byLength).toEqual(entry.value);
  }
}

describe.skipIf(!isHere)(`frequent itemsets and rules on Groceries${skipped}`, () => {
  const lines = isHere ? readFileSync(join(folder, 'groceries/baskets.csv'), 'utf8').trim().split('\n') : [];
  const { baskets, names } = encode(lines.map((line) => line.trim().split(',')));

  it.each(of('groceries', 'frequent itemsets').map((e) => [JSON.stringify(e.settings), e.metric, e] as const))(
    '%s: %s',
    (_settings, _metric, entry) => checkItemsets(baskets, entry),
  );

  it.each(
    of('groceries', 'association rules')
      .filter((e) => e.settings.min_support !== undefined)
      // Kith's rules have one item on the right, as arules' have.
      .filter((e) => e.settings.right_hand_side !== 'any number of items')
      .map((e) => [JSON.stringify(e.settings), e.metric, e] as const),
  )('%s: %s', (_settings, metric, entry) => {
    const minimumCount = Math.ceil(Number(entry.settings.min_support) * (baskets.offsets.length - 1) - 1e-9);
    const sets = frequentItemsets(baskets, { ...limits, minimumCount });
    const rules = associationRules(sets, {
      minimumConfidence: Number(entry.settings.min_confidence),
      minimumLift: 0,
    });
    if (metric === 'rules') expect(rules).toHaveLength(Number(entry.value));
    else if (metric === 'rules by length') {
      const byLength: Record<string, number> = {};
      for (const { antecedent } of rules) {
        byLength[antecedent.length + 1] = (byLength[antecedent.length + 1] ?? 0) + 1;
      }
      expect(byLength).toEqual(entry.value);
    } else if (metric.startsWith('every rule')) {
      const expected = Object.entries(entry.value as Record<string, number[]>);
      expect(rules).toHaveLength(expected.length);
      for (const [text, figures] of expected) {
        const rule = rules.find((r) => {
          const left = r.antecedent.map((i) => names[i]!).sort();
          return `${left.join('+')} => ${names[r.consequent]}` === text;
        });
        const found = [rule!.support, rule!.confidence, rule!.lift, rule!.leverage, rule!.conviction!];
        found.forEach((value, i) => {
          expect(value).toBeCloseTo(figures[i]!, 8);
        });
      }
    } else {
      expect(metric).toMatch(/^top 3 by lift/);
      for (const row of entry.value as [string[], string, number, number, number, number][]) {
        const [left, right, support, confidence, lift, count] = row;
        const rule = rules.find(
          (r) =>
            names[r.consequent] === right &&
            r.antecedent.length === left.length &&
            r.antecedent.every((i) => left.includes(names[i]!)),
        );
        expect(rule).toBeDefined();
        expect(rule!.support).toBeCloseTo(support, 6);
        expect(rule!.confidence).toBeCloseTo(confidence, 6);
        expect(rule!.lift).toBeCloseTo(lift, 5);
        expect(rule!.count).toBe(count);
      }
      const best = Math.max(...rules.map((r) => r.lift));
      expect(best).toBeCloseTo((entry.value as number[][])[0]![4]!, 5);
    }
  });
});

describe.skipIf(!isHere)(`frequent itemsets on T10I4D100K${skipped}`, () => {
  const text = isHere ? gunzipSync(readFileSync(join(folder, 't10i4d100k/transactions.txt.gz'))).toString() : '';
  const { baskets } = encode(
    text
      .trim()
      .split('\n')
      .map((line) => line.trim().split(/\s+/)),
  );
  it.each(
    of('t10i4d100k', 'frequent itemsets')
      .filter((e) => e.settings.min_support !== undefined)
      .map((e) => [JSON.stringify(e.settings), e.metric, e] as const),
  )('%s: %s', (_settings, _metric, entry) => checkItemsets(baskets, entry));
});

describe.skipIf(!isHere)(`rules among invoices of one country in Online Retail${skipped}`, () => {
  const read = (name: string): string[][] =>
    gunzipSync(readFileSync(join(folder, 'online-retail', name)))
      .toString()
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(','));
  const byCountry = isHere ? invoices() : new Map<string, string[][]>();

  /** As reference.json says: cancelled excluded, items by trimmed description, quantity summed > 0, POSTAGE left out. */
  function invoices(): Map<string, string[][]> {
    const descriptions = new Map<string, string>();
    const text = gunzipSync(readFileSync(join(folder, 'online-retail/descriptions.csv.gz'))).toString();
    for (const line of text.trim().split('\n').slice(1)) {
      const comma = line.indexOf(',');
      descriptions.set(
        line.slice(0, comma),
        line
          .slice(comma + 1)
          .replace(/^"|"\s*$/g, '')
          .replaceAll('""', '"')
          .trim(),
      );
    }
    const quantities = new Map<string, Map<string, number>>();
    for (const [invoice, , description, quantity] of read('lines.csv.gz')) {
      const basket = quantities.get(invoice!) ?? new Map<string, number>();
      const name = descriptions.get(description!) ?? '';
      basket.set(name, (basket.get(name) ?? 0) + Number(quantity));
      quantities.set(invoice!, basket);
    }
    const found = new Map<string, string[][]>();
    for (const row of read('invoices.csv.gz')) {
      const invoice = row[0]!;
      const country = row.at(-1)!;
      if (invoice.startsWith('C')) continue;
      const basket = [...(quantities.get(invoice) ?? [])].filter(
        ([name, q]) => q > 0 && name !== 'POSTAGE' && name !== '',
      );
      found.set(country, [...(found.get(country) ?? []), basket.map(([name]) => name)]);
    }
    return found;
  }

  it.each(
    of('online-retail', 'frequent itemsets').map(
      (e) => [String(e.settings.country), e.settings.min_support, e] as const,
    ),
  )('%s at %s has as many itemsets of each length', (country, _support, entry) => {
    const { baskets } = encode(byCountry.get(country)!);
    expect(baskets.offsets.length - 1).toBe(entry.settings.denominator);
    checkItemsets(baskets, entry);
  });

  it('finds that French buyers of the red alarm clock buy the green one, with lift 8.643', () => {
    const { baskets, names } = encode(byCountry.get('France')!);
    const sets = frequentItemsets(baskets, { ...limits, minimumCount: Math.ceil(0.07 * 392) });
    const rules = associationRules(sets, { minimumConfidence: 0.8, minimumLift: 6 });
    const rule = rules.find(
      (r) =>
        names[r.consequent] === 'ALARM CLOCK BAKELIKE GREEN' && names[r.antecedent[0]!] === 'ALARM CLOCK BAKELIKE RED',
    );
    expect(rule!.lift).toBeCloseTo(8.643, 3);
    expect(rule!.confidence).toBeCloseTo(0.837838, 6);
    expect(sets.wasRaised).toBe(false);
    expect(itemsOf(sets, 0)).toHaveLength(1);
  });
});
