import { describe, expect, it } from 'vitest';
import { matchSegments } from '../../../src/analyses/match-segments.ts';
import type { SegmentModel } from '../../../src/analyses/segment-model.ts';
import { nameSegments } from '../../../src/analyses/segment-names.ts';
import { segments } from '../../../src/analyses/segments.ts';
import { type SegmentsSummary, segmentsSummarySchema } from '../../../src/analyses/segments-summary.ts';
import { type Membership, placeCustomers, type SegmentMap } from '../../../src/analyses/steady-segments.ts';
import { seededRandom } from '../../../src/math/random.ts';
import { AS_OF_DAY, historyOf, type Purchases, run, stored, ticketsOf } from './make-history.ts';

function compute(customers: Record<string, Purchases>, more: object = {}, seed = 1) {
  const history = historyOf(customers);
  const input = {
    customerIds: history.customerIds,
    history,
    tickets: ticketsOf(history.customerIds),
    engagements: new Int32Array(history.customerIds.length),
    engagementsLastWeek: new Int32Array(history.customerIds.length),
    asOfDay: AS_OF_DAY,
    lastCompleteDay: AS_OF_DAY - 1,
    horizonDays: 90,
    segmentNames: {},
    cutPoints: null,
    previous: null,
  };
  const result = segments.compute({ ...input, ...more }, seed);
  return { ...result, summary: result.summary as SegmentsSummary };
}

/** Three kinds of customers: big and steady, small and recent, gone for a year; and five who never bought. */
function threeKinds(each: number, seed = 1): Record<string, Purchases> {
  const random = seededRandom(seed);
  const around = (value: number): number => value * (0.8 + 0.4 * random());
  const customers: Record<string, Purchases> = {};
  for (let i = 0; i < each; i++) {
    customers[`big${i}`] = Array.from({ length: 24 }, (_, k) => [
      AS_OF_DAY - 2 - Math.round(15 * k + 3 * random()),
      around(5_000),
      2,
    ]);
    customers[`small${i}`] = Array.from({ length: 2 }, (_, k) => [
      AS_OF_DAY - 3 - Math.round(around(40) * k),
      around(60),
      1,
    ]);
    customers[`gone${i}`] = Array.from({ length: 5 }, (_, k) => [
      AS_OF_DAY - 380 - Math.round(around(20) * k),
      around(700),
      1,
    ]);
  }
  for (let i = 0; i < 5; i++) customers[`never${i}`] = [];
  return customers;
}

const nobody = { language: 'en', run, rows: [], withheld: null, filter: '' } as const;

describe('segments', () => {
  const customers = threeKinds(60);
  const first = compute(customers);

  it('find the kinds of customers that are there, clearly, and cover those who have bought', () => {
    const { summary, scores } = first;
    expect(summary.method).toBe('k-means');
    expect(summary.quality!.word).toBe('clear');
    expect(summary.quality!.chosen.k).toBe(3);
    expect(summary.customers).toBe(180);
    expect(summary.neverBought).toBe(5);
    const ids = historyOf(customers).customerIds;
    const kinds = new Map<string, Set<string>>();
    ids.forEach((id, i) => {
      const kind = id.replace(/\d+/, '');
      kinds.set(kind, (kinds.get(kind) ?? new Set()).add(scores!.label[i]!));
    });
    for (const kind of ['big', 'small', 'gone']) expect(kinds.get(kind)!.size).toBe(1);
    expect([...kinds.get('never')!]).toEqual(['']);
  });

  it('carry the money of their customers, and all of it', () => {
    const { summary } = first;
    expect(summary.segments.reduce((sum, s) => sum + s.value, 0)).toBeCloseTo(summary.value, 1);
    expect(summary.segments.reduce((sum, s) => sum + (s.shareOfValue ?? 0), 0)).toBeCloseTo(1, 9);
    expect(summary.segments[0]!.value).toBeGreaterThan(0.9 * summary.value);
    expect(summary.segments[0]!.playbook).toBe('exclusive');
  });

  it('are named in both languages by what sets them apart, each differently', () => {
    const names = first.summary.segments.map((s) => s.name);
    expect(new Set(names.map((name) => name.en)).size).toBe(3);
    expect(new Set(names.map((name) => name.zh)).size).toBe(3);
    expect(names.some((name) => name.en.toLowerCase().includes('gone quiet'))).toBe(true);
    expect(names.every((name) => /[一-龥]/.test(name.zh))).toBe(true);
  });

  it('give the same answer for the same seed', () => {
    expect(stored(compute(customers))).toEqual(stored(first));
  });

  it('say the same, to the byte, when they run again on the same day with what the first run left', () => {
    const again = compute(customers, { previous: stored(first.model) });
    expect(stored(again.summary)).toEqual(stored(first.summary));
    expect(stored(again.scores)).toEqual(stored(first.scores));
    expect(stored(again.model)).toEqual(stored(first.model));
  });

  it('tell who moved since the runs of last week, and the money, by the same segments then and now', () => {
    // The records of a big customer turn out to have been those of one that seemed gone.
    const joined = { ...customers, gone0: customers.big0!, fresh: [[AS_OF_DAY + 2, 60, 1] as const] };
    const { summary, scores, model } = compute(joined, { previous: stored(first.model), asOfDay: AS_OF_DAY + 7 });
    const idOf = (id: string): string =>
      JSON.parse(scores!.details[historyOf(joined).customerIds.indexOf(id)]!).segmentId;
    const value = scores!.value[historyOf(joined).customerIds.indexOf('gone0')]!;
    const move = summary.moves.find(({ from }) => from === idOf('gone1'))!;
    expect(move).toMatchObject({ to: idOf('gone0'), customers: 1, value: Math.round(value * 100) / 100 });
    expect(move.to).toBe(idOf('big1'));
    expect(summary.moves.find(({ from }) => from === '')).toMatchObject({ to: idOf('fresh'), customers: 1, value: 60 });
    const text = JSON.stringify(segments.present(stored(summary), nobody));
    expect(text).toContain('Who moved in the last week');
    expect(text).toContain('had not bought yet');
    // Still told by a run three days later, and no longer after a week.
    const told = (days: number): SegmentsSummary['moves'] =>
      compute(joined, { previous: stored(model), asOfDay: AS_OF_DAY + 7 + days }).summary.moves;
    expect(told(3)).toEqual(summary.moves);
    expect(told(7)).toEqual([]);
  });

  it('name the two that are nearest to each other, and mark who fits none', () => {
    const odd = Array.from({ length: 40 }, (_, k): [number, number, number] => [AS_OF_DAY - 700 - k, 1, 30]);
    const { summary, scores } = compute({ ...threeKinds(100, 4), odd });
    const ids = summary.segments.map(({ id }) => id);
    expect(new Set(summary.closest)).toHaveProperty('size', 2);
    for (const id of summary.closest!) expect(ids).toContain(id);
    const place = historyOf({ ...threeKinds(100, 4), odd }).customerIds.indexOf('odd');
    expect(scores!.band[place]).toBe('loner');
    expect(summary.loners!.customers).toBe(scores!.band.filter((band) => band === 'loner').length);
    expect(summary.loners!.looked).toBe(301);
    expect(JSON.stringify(segments.present(stored(summary), nobody))).toMatch(/customers? fits? no segment well/);
  });

  it('count evidence on the customers who ordered or did not, as every score does', () => {
    // A third have stopped within the last complete horizon.
    const buyers = Object.fromEntries(
      Array.from({ length: 330 }, (_, i): [string, Purchases] => [
        `c${i}`,
        Array.from({ length: 9 }, (_, k): [number, number, number] => [
          AS_OF_DAY - (i % 3 === 0 ? 100 : 10) - (30 + (i % 7)) * k,
          100 + i,
          1,
        ]),
      ]),
    );
    expect(compute(buyers).summary.evidence).toBe(3);
    expect(compute(threeKinds(9)).summary.evidence).toBeLessThanOrEqual(1);
  });

  it('keep the names of nearly all customers and segments through a year of noisy weeks', () => {
    const random = seededRandom(11);
    const begin = AS_OF_DAY - 800;
    const days = 800 + 52 * 7;
    const all: Record<string, Purchases> = {};
    for (let i = 0; i < 500; i++) {
      const gap = [7, 30, 90, 200][i % 4]!;
      const size = [50, 4000, 300, 1000][(i >> 2) % 4]!;
      const purchases: [number, number, number][] = [];
      for (let day = gap * random(); day < days; day += gap * (0.5 + random())) {
        purchases.push([begin + Math.round(day), size * (0.5 + random()), purchases.length < 6 ? 1 : 0]);
      }
      all[`c${String(i).padStart(3, '0')}`] = purchases;
    }
    let previous: unknown = null;
    let before: Map<string, string> | null = null;
    let labels: readonly string[] | null = null;
    let names = 0;
    let changed = 0;
    let moved = 0;
    let told = 0;
    for (let week = 0; week < 52; week++) {
      const asOfDay = AS_OF_DAY + 7 * week;
      const { summary, model, scores } = compute(all, { previous, asOfDay, lastCompleteDay: asOfDay - 1 });
      previous = stored(model);
      const old = labels;
      if (old !== null) {
        moved += scores!.label.filter((label, i) => label !== old[i]).length;
        told += summary.moves.reduce((sum, move) => sum + move.customers, 0);
      }
      labels = scores!.label;
      const now = new Map(summary.segments.map((s) => [s.id, s.name.en]));
      for (const [id, name] of before ?? []) {
        names++;
        if (now.get(id) !== name) changed++;
      }
      before = now;
    }
    expect(names).toBeGreaterThan(150);
    expect(changed / names).toBeLessThan(0.03);
    expect(moved / (51 * 500)).toBeLessThan(0.03);
    // Nobody is nailed down either, and the table of moves is about these very changes.
    expect(moved / (51 * 500)).toBeGreaterThan(0.002);
    expect(told).toBe(moved);
  }, 120_000);

  it('are drawn by at most 300 customers, the same ones for the same seed', () => {
    const many = threeKinds(150);
    const { summary } = compute(many);
    expect(summary.drawn).toHaveLength(300);
    expect(summary.drawn).toEqual(compute(many).summary.drawn);
  });

  it('assign with the frozen model for four weeks, and are drawn up again after that under the same ids and names', () => {
    const previous = stored(first.model) as SegmentModel;
    const soon = compute(threeKinds(60, 2), { previous, asOfDay: AS_OF_DAY + 7 });
    expect(soon.summary.isFrozen).toBe(true);
    expect({ ...(stored(soon.model) as SegmentModel), members: null }).toEqual({ ...previous, members: null });
    const later = compute(threeKinds(60, 2), { previous, asOfDay: AS_OF_DAY + 28 });
    expect(later.summary.isFrozen).toBe(false);
    expect(later.summary.changes).toEqual([]);
    const named = (summary: SegmentsSummary): [string, string][] =>
      summary.segments.map((s): [string, string] => [s.id, s.name.en]).sort();
    expect(named(later.summary)).toEqual(named(first.summary));
    expect((later.model as SegmentModel).fittedDay).toBe(AS_OF_DAY + 28);
  });

  it('are drawn up again at once when customers have changed beyond recognition', () => {
    const others = Object.fromEntries(
      Array.from({ length: 60 }, (_, i) => [
        `x${i}`,
        Array.from({ length: 60 }, (_, k) => [AS_OF_DAY - k * (1 + (i % 3)), 1e6 * (i + 1), 30] as const),
      ]),
    );
    const drifted = compute(others, { previous: stored(first.model) });
    expect(drifted.summary.isFrozen).toBe(false);
  });

  it('bear the names that people gave them, in scores as well', () => {
    const id = first.summary.segments[0]!.id;
    const { summary, scores } = compute(customers, { segmentNames: { [id]: 'Whales' } });
    expect(summary.segments[0]!.custom).toBe('Whales');
    expect(scores!.label.filter((label) => label === 'Whales')).toHaveLength(60);
    expect(segments.present(stored(summary), nobody).headline).toContain('“Whales” (60 customers)');
  });

  it('are RFM groups below 30 customers, and say so', () => {
    const { summary, model } = compute(threeKinds(9));
    expect(summary.method).toBe('rfm');
    expect(summary.segments.reduce((sum, s) => sum + s.customers, 0)).toBe(27);
    expect(summary.segments.every((s) => s.id.startsWith('rfm-'))).toBe(true);
    expect(model).toMatchObject({ kind: 'rfm' });
    expect(JSON.stringify(segments.present(stored(summary), nobody))).toContain('these are RFM groups');
  });

  it('are RFM groups where forty customers are all alike', () => {
    const alike = Object.fromEntries(
      Array.from({ length: 40 }, (_, i) => [`c${i}`, [[AS_OF_DAY - 5, 100, 1]] as Purchases]),
    );
    expect(compute(alike).summary.method).toBe('rfm');
  });

  it('survive five customers, an empty portal and one where nobody has bought', () => {
    const five = Object.fromEntries(
      Array.from({ length: 5 }, (_, i) => [`c${i}`, [[AS_OF_DAY - 5 * i, 100 - 30 * i]] as Purchases]),
    );
    expect(segments.present(stored(compute(five).summary), nobody).headline).toContain('customers');
    for (const none of [{}, { a: [] }] as Record<string, Purchases>[]) {
      const { summary } = compute(none);
      expect(summary.method).toBe('none');
      for (const language of ['en', 'zh'] as const) {
        expect(segments.present(stored(summary), { ...nobody, language }).parts).toEqual([]);
      }
    }
  });

  it('present a table, bars, a map and how far to trust them, and why names are missing', () => {
    expect(segmentsSummarySchema.parse(stored(first.summary))).toEqual(stored(first.summary));
    const withheld = { en: 'Names are not shown here.', zh: '此处不显示名称。' };
    const report = segments.present(stored(first.summary), { ...nobody, withheld });
    expect(report.headline).toMatch(
      /^3 segments of 180 customers; “.+” \(60 customers\) brought €[\d,]+, 9\d% of the total$/,
    );
    const charts = report.parts.filter((part) => part.kind === 'chart');
    expect(charts.map(({ chart }) => chart.kind)).toEqual([expect.stringMatching(/bar/), 'scatter']);
    const { chart } = charts[1]!;
    if (chart.kind !== 'scatter') throw new Error('no map');
    // Every customer of so few, each in its segment, in days and money.
    expect(chart.groups.map(({ points }) => points.length)).toEqual([60, 60, 60]);
    expect(chart.groups[0]!.points.every(({ x, y }) => x < 10 && y > 50_000)).toBe(true);
    expect(chart.alt).toContain('24 purchases');
    expect(JSON.stringify(report)).toContain(withheld.en);
    expect(report.trust).toMatch(/evidence level \d \([a-z]+\) · segments clear \(silhouette 0\.\d+, stability/);
  });

  it('write a segment only for those who have one', () => {
    const property = segments.properties[0]!;
    const score = { customerId: 'a', value: null, label: 'Whales', band: '', evidence: 1, details: {} } as const;
    expect(property.value(score, run)).toBe('Whales');
    expect(property.value({ ...score, label: '' }, run)).toBeNull();
  });
});

describe('placing customers', () => {
  const map = { ids: ['s1', 's2'], centroids: [0, 10], columns: 1 };
  type Days = readonly (readonly [day: number, at: number])[];
  /** One customer, known before at s1, measured at these places on these days: its segments. */
  function placesOf(days: Days, where = map): string[] {
    let before: Membership | null = null;
    return days.map(([day, at]) => {
      const placed = placeCustomers(where, ['a'], Float64Array.of(at), new Map([['a', 0]]), before, map.ids, day);
      before = placed.membership;
      return where.ids[placed.segmentOf[0]!]!;
    });
  }

  it('moves nobody who is only a little nearer to another segment, and at once who is clearly nearer', () => {
    expect(placesOf([[0, 5.5]])).toEqual(['s1']);
    expect(placesOf([[0, 6.5]])).toEqual(['s2']);
  });

  it('moves who has been nearer for eight weeks of runs, and starts counting anew after one that was not', () => {
    const weeks = Array.from({ length: 9 }, (_, week) => [7 * week, 5.5] as const);
    expect(placesOf(weeks)).toEqual([...Array(8).fill('s1'), 's2']);
    const broken = weeks.map(([day, at]) => [day, day === 28 ? 4.5 : at] as const);
    expect(placesOf(broken)).toEqual(Array(9).fill('s1'));
  });

  it('lets a segment that is new have whoever is nearest, and sends on the members of one that is gone', () => {
    const place = (where: SegmentMap, at: number, before: Membership) =>
      placeCustomers(where, ['a'], Float64Array.of(at), new Map(), before, map.ids, 7);
    const { membership } = placeCustomers(map, ['a'], Float64Array.of(0), new Map([['a', 0]]), null, [], 0);
    const split = place({ ...map, ids: ['s1', 's3'] }, 5.5, membership);
    expect([...split.segmentOf]).toEqual([1]);
    expect(split.lastWeek).toEqual(['s1']);
    // Nobody moves out of a segment that is no more.
    const gone = place({ ids: ['s2', 's4'], centroids: [0, 10], columns: 1 }, 9, membership);
    expect([...gone.segmentOf]).toEqual([1]);
    expect(gone.lastWeek).toEqual(['s4']);
  });
});

describe('segment names', () => {
  const centre = (profile: number[], recencyDays = 90) => ({ profile, recencyDays });

  it('come from the two most distinctive features, and fall back to the next pair when taken', () => {
    const alike = centre([1.5, 0.1, -1.2, 0, -0.9, 0, 0]);
    const names = nameSegments([alike, alike, alike, alike], []);
    expect(names[0]).toEqual({ en: 'Gone quiet, low-spending', zh: '久未下单、消费低' });
    expect(names[1]!.en).toBe('Gone quiet, few products');
    expect(new Set(names.map((name) => name.en)).size).toBe(4);
  });

  it('call nobody quiet who bought within a month, and nothing distinctive average', () => {
    expect(nameSegments([centre([1.5, -1, 0, 0, 0, 0, 0], 8)], [])[0]!.en).toBe('Less recent, occasional');
    expect(nameSegments([centre([0, 0.1, 0, 0, 0, 0, 0])], [])[0]!.en).toBe('Average in everything');
    expect(nameSegments([centre([0, 0.9, 0, 0, 0, 0, 0])], [{ en: 'Frequent', zh: 'x' }])[0]!.en).toBe('Frequent (2)');
  });
});

describe('matching segments of two fits', () => {
  it('keeps ids by the customers shared, whatever the order', () => {
    const old = Int32Array.from({ length: 90 }, (_, i) => i % 3);
    const now = old.map((c) => (c + 1) % 3);
    expect(matchSegments(old, ['s1', 's2', 's3'], now, 3, 4)).toEqual({
      ids: ['s3', 's1', 's2'],
      nextId: 4,
      changes: [],
    });
  });

  it('tells a split from a merger, a new segment and one that is gone', () => {
    const old = Int32Array.from({ length: 80 }, (_, i) => (i < 40 ? 0 : 1));
    const split = Int32Array.from({ length: 80 }, (_, i) => (i < 25 ? 0 : i < 40 ? 2 : 1));
    expect(matchSegments(old, ['s1', 's2'], split, 3, 3)).toEqual({
      ids: ['s1', 's2', 's3'],
      nextId: 4,
      changes: [{ kind: 'split', id: 's3', other: 's1' }],
    });
    const back = matchSegments(split, ['s1', 's2', 's3'], old, 2, 4);
    expect(back.ids).toEqual(['s1', 's2']);
    expect(back.changes).toEqual([{ kind: 'merged', id: 's3', other: 's1' }]);
  });
});
