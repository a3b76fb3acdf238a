import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type AssociationRule, associationRules, withoutRedundant } from '../../src/models/association-rules.ts';
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
      .filter((e) => e.settings.min_support === undefined)
      .map((e) => [e.metric, e] as const),
  )('the baskets: %s', (_metric, entry) => checkBaskets(baskets, names, entry));

  it.each(
    of('groceries', 'association rules')
      .filter((e) => e.settings.right_hand_side === 'any number of items')
      .map((e) => [JSON.stringify(e.settings), e] as const),
  )('%s: rules with any sides', (_settings, entry) =>
    expect(rulesOfAnySides(baskets, entry.settings)).toBe(entry.value),
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

/** Rules with any number of items on the right: every way to part a frequent set in two. */
function rulesOfAnySides(baskets: Baskets, settings: Entry['settings'], total = baskets.offsets.length - 1): number {
  const minimumCount = Math.ceil(Number(settings.min_support) * total - 1e-9);
  const sets = frequentItemsets(baskets, { ...limits, minimumCount });
  const countOf = new Map([...sets.count].map((count, i) => [itemsOf(sets, i).join(), count]));
  let rules = 0;
  for (let i = 0; i < sets.count.length; i++) {
    const items = itemsOf(sets, i);
    for (let mask = 1; mask < 2 ** items.length - 1; mask++) {
      const side = (bit: number): number => countOf.get(items.filter((_, at) => ((mask >> at) & 1) === bit).join())!;
      const confidence = sets.count[i]! / side(1);
      const lift = (confidence * total) / side(0);
      if (confidence < Number(settings.min_confidence ?? 0) - 1e-12) continue;
      if (lift >= Number(settings.min_lift ?? 0) - 1e-12) rules++;
    }
  }
  return rules;
}

/** What a dataset's entries say of the baskets themselves. */
function checkBaskets(baskets: Baskets, names: readonly string[], { metric, value }: Entry): void {
  const { offsets, items } = baskets;
  const n = offsets.length - 1;
  const sizes = Array.from({ length: n }, (_, b) => offsets[b + 1]! - offsets[b]!);
  if (metric === 'transactions / items / density') {
    const found = [n, names.length, items.length / n / names.length];
    for (const [i, figure] of (value as number[]).entries()) expect(found[i]).toBeCloseTo(figure, 7);
  } else if (metric === 'transactions / items / mean length') {
    const found = [n, names.length, items.length / n];
    for (const [i, figure] of (value as number[]).entries()) expect(found[i]).toBeCloseTo(figure, 6);
  } else if (metric === 'basket sizes') {
    const bySize: Record<string, number> = {};
    for (const size of sizes) bySize[size] = (bySize[size] ?? 0) + 1;
    expect(bySize).toEqual(value);
  } else {
    expect(metric).toBe('most frequent items');
    const singles = frequentItemsets(baskets, { ...limits, minimumCount: 1, maximumLength: 1 });
    const counts = new Map([...singles.count].map((count, i) => [names[itemsOf(singles, i)[0]!]!, count]));
    for (const [name, count] of Object.entries(value as Record<string, number>)) expect(counts.get(name)).toBe(count);
  }
}

describe.skipIf(!isHere)(`frequent itemsets on T10I4D100K${skipped}`, () => {
  const text = isHere ? gunzipSync(readFileSync(join(folder, 't10i4d100k/transactions.txt.gz'))).toString() : '';
  const { baskets, names } = encode(
    text
      .trim()
      .split('\n')
      .map((line) => line.trim().split(/\s+/)),
  );
  it.each(
    of('t10i4d100k', 'frequent itemsets')
      .filter((e) => e.settings.min_support === undefined)
      .map((e) => [e.metric, e] as const),
  )('the baskets: %s', (_metric, entry) => checkBaskets(baskets, names, entry));

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

  const name = (rule: AssociationRule, names: readonly string[]): [string, string] => [
    rule.antecedent
      .map((item) => names[item]!)
      .sort()
      .join('+'),
    names[rule.consequent]!,
  ];

  it.each(
    of('online-retail', 'association rules').map(
      (e) => [String(e.settings.country), e.settings.min_support, e.metric, e] as const,
    ),
  )('%s at %s: %s', (country, _support, metric, entry) => {
    const { baskets, names } = encode(byCountry.get(country)!);
    const { min_support, min_confidence, min_lift } = entry.settings;
    const total = baskets.offsets.length - 1;
    if (metric === 'rules') {
      expect(rulesOfAnySides(baskets, entry.settings)).toBe(entry.value);
      return;
    }
    const sets = frequentItemsets(baskets, {
      ...limits,
      minimumCount: Math.ceil(Number(min_support) * total - 1e-9),
    });
    expect(sets.wasRaised).toBe(false);
    const rules = associationRules(sets, {
      minimumConfidence: Number(min_confidence),
      minimumLift: Number(min_lift),
    });
    const wanted = /^lift of (.+) => (.+)$/.exec(metric);
    if (wanted !== null) {
      const rule = rules.find((one) => name(one, names).join() === [wanted[1], wanted[2]].join());
      expect(Math.abs(rule!.lift - Number(entry.value))).toBeLessThanOrEqual(entry.tolerance ?? 1e-6);
      return;
    }
    expect(metric).toBe('rules: [lhs, rhs, support, confidence, lift]');
    const expected = entry.value as [string, string, number, number, number][];
    const found = new Map(rules.map((rule) => [name(rule, names).join(' => '), rule]));
    expect([...found.keys()].sort()).toEqual(expected.map(([left, right]) => `${left} => ${right}`).sort());
    for (const [left, right, support, confidence, lift] of expected) {
      const rule = found.get(`${left} => ${right}`)!;
      for (const [ours, theirs] of [
        [rule.support, support],
        [rule.confidence, confidence],
        [rule.lift, lift],
      ] as const) {
        expect(ours).toBeCloseTo(theirs, 6);
      }
    }
  });

  it('takes at most two seconds of one processor over all 20,728 invoices and 3,941 stock codes at support 0.01', () => {
    const byInvoice = new Map<string, string[]>();
    for (const [invoice, code, , quantity] of read('lines.csv.gz')) {
      if (invoice!.startsWith('C') || !(Number(quantity) > 0)) continue;
      const known = byInvoice.get(invoice!);
      if (known === undefined) byInvoice.set(invoice!, [code!]);
      else known.push(code!);
    }
    const { baskets } = encode([...byInvoice.values()]);
    const total = baskets.offsets.length - 1;
    expect(total).toBe(20_728);
    const before = process.cpuUsage();
    const sets = frequentItemsets(baskets, {
      maximumLength: 5,
      maximumItemsets: 50_000,
      minimumCount: Math.ceil(0.01 * total),
    });
    const rules = associationRules(sets, { minimumConfidence: 0.1, minimumLift: 1.2 });
    const kept = withoutRedundant(
      rules.filter(({ adjustedP }) => adjustedP <= 0.05),
      sets,
    );
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1e6).toBeLessThan(2);
    expect([sets.count.length, sets.wasRaised, rules.length]).toEqual([1840, false, 2339]);
    expect(kept.length).toBeLessThanOrEqual(rules.length);
  });
});
