import fc from 'fast-check';
import type { ChartSpec } from '../../../src/charts/chart-spec.ts';
import type { Report, ReportPart } from '../../../src/report/report.ts';

const HOSTILE = [
  '<!channel>',
  '<!here|x>',
  '<@U012ABC>',
  '<<!channel>!channel>',
  '<#C012|general>',
  '&lt;!channel&gt;',
  '*bold* _it_ ~st~ `code`',
  '`/basket <!channel>`',
  '`kith analyse` <@U012ABC> `',
  '<!chan`/kith help`nel>',
  'https://evil.example/<script>',
  '深圳市腾达精密电子科技有限公司',
  '😀👩‍👩‍👧',
  '\ud800',
  '\u202egnp.exe',
  '\u0000\u001b[31mred',
  '',
  ' ',
  '\n\n',
];

const word = fc.oneof(
  fc.constantFrom(...HOSTILE),
  fc.string({ maxLength: 40, unit: 'binary' }),
  fc.constantFrom('lorem ipsum <b> & '.repeat(220), '客户'.repeat(1700), 'x'.repeat(160)),
);
export const hostileText = fc.array(word, { minLength: 0, maxLength: 3 }).map((words) => words.join(''));

const value = fc.oneof(
  fc.double({ noDefaultInfinity: false, noNaN: false }),
  fc.constant(null),
  fc.constantFrom(0, -1, 0.31, 182_430),
);
const format = fc.constantFrom(
  { kind: 'count' } as const,
  { kind: 'percent' } as const,
  { kind: 'days' } as const,
  { kind: 'money', currency: 'GBP' } as const,
  { kind: 'money', currency: '?' } as const,
);

export const anyChart: fc.Arbitrary<ChartSpec> = fc.oneof(
  fc.record({
    kind: fc.constantFrom('bar', 'horizontal-bar', 'line', 'area', 'pie'),
    title: hostileText,
    alt: hostileText,
    format,
    labels: fc.array(hostileText, { maxLength: 30 }),
    series: fc.array(fc.record({ name: hostileText, values: fc.array(value, { maxLength: 30 }) }), { maxLength: 8 }),
  }),
  fc.record({
    kind: fc.constant('heatmap' as const),
    title: hostileText,
    alt: hostileText,
    format,
    columns: fc.array(hostileText, { maxLength: 30 }),
    rows: fc.array(hostileText, { maxLength: 30 }),
    values: fc.array(fc.array(value, { maxLength: 30 }), { maxLength: 30 }),
  }),
  fc.record({
    kind: fc.constant('fan' as const),
    title: hostileText,
    alt: hostileText,
    format,
    labels: fc.array(hostileText, { maxLength: 30 }),
    series: fc.array(fc.record({ name: hostileText, values: fc.array(value, { maxLength: 30 }) }), { maxLength: 8 }),
    bands: fc.array(
      fc.record({
        name: hostileText,
        low: fc.array(value, { maxLength: 30 }),
        high: fc.array(value, { maxLength: 30 }),
      }),
      { maxLength: 4 },
    ),
    marks: fc.array(fc.integer({ min: -1, max: 40 }), { maxLength: 5 }),
  }),
  fc.record({
    kind: fc.constant('waterfall' as const),
    title: hostileText,
    alt: hostileText,
    format,
    from: fc.record({ name: hostileText, value: fc.double() }),
    steps: fc.array(fc.record({ name: hostileText, change: fc.double() }), { maxLength: 25 }),
    to: fc.record({ name: hostileText, value: fc.double() }),
  }),
  fc.record({
    kind: fc.constant('calibration' as const),
    title: hostileText,
    alt: hostileText,
    format,
    points: fc.array(
      fc.record({
        name: hostileText,
        predicted: fc.double(),
        observed: fc.double(),
        low: fc.double(),
        high: fc.double(),
        count: fc.nat(),
      }),
      { maxLength: 25 },
    ),
    countTitle: hostileText,
  }),
  fc.record({
    kind: fc.constant('flow' as const),
    title: hostileText,
    alt: hostileText,
    format,
    fromTitle: hostileText,
    toTitle: hostileText,
    valueTitle: hostileText,
    noteTitle: hostileText,
    arrows: fc.array(fc.record({ from: hostileText, to: hostileText, value: fc.double(), note: hostileText }), {
      maxLength: 25,
    }),
  }),
  fc.record({
    kind: fc.constant('progress' as const),
    title: hostileText,
    alt: hostileText,
    format,
    steps: fc.array(fc.record({ name: hostileText, from: fc.double() }), { maxLength: 8 }),
    rows: fc.array(fc.record({ name: hostileText, value: fc.double(), note: hostileText }), { maxLength: 25 }),
    noteTitle: hostileText,
  }),
  fc.record({
    kind: fc.constant('part-bar' as const),
    title: hostileText,
    alt: hostileText,
    format,
    labels: fc.array(hostileText, { maxLength: 30 }),
    part: fc.record({ name: hostileText, values: fc.array(value, { maxLength: 30 }) }),
    whole: fc.record({ name: hostileText, values: fc.array(value, { maxLength: 30 }) }),
  }),
  fc.record({
    kind: fc.constant('scatter' as const),
    title: hostileText,
    alt: hostileText,
    format,
    groups: fc.array(
      fc.record({
        name: hostileText,
        points: fc.array(fc.record({ x: fc.double(), y: fc.double() }), { maxLength: 5 }),
      }),
      { maxLength: 8 },
    ),
  }),
);

const action = fc.record(
  {
    action: fc.constantFrom('why', 'snooze'),
    label: hostileText,
    value: fc.oneof(fc.constant('f_1'), fc.constant('v'.repeat(2500))),
    style: fc.constantFrom('primary' as const, 'danger' as const),
    confirm: fc.record({ title: hostileText, text: hostileText, yes: hostileText, no: hostileText }),
  },
  { requiredKeys: ['action', 'label', 'value'] },
);

const part: fc.Arbitrary<ReportPart> = fc.oneof(
  fc.record({ kind: fc.constant('text' as const), text: hostileText }),
  fc.record({ kind: fc.constant('heading' as const), text: hostileText }),
  fc.record({
    kind: fc.constant('facts' as const),
    facts: fc.array(fc.record({ label: hostileText, value: hostileText }), { maxLength: 23 }),
  }),
  fc.record({
    kind: fc.constant('table' as const),
    title: hostileText,
    columns: fc.array(fc.record({ label: hostileText, align: fc.constantFrom('left' as const, 'right' as const) }), {
      maxLength: 25,
    }),
    rows: fc.array(fc.array(hostileText, { maxLength: 25 }), { maxLength: 130, size: 'small' }),
  }),
  fc.record({ kind: fc.constant('chart' as const), chart: anyChart }),
  fc.record(
    {
      kind: fc.constant('item' as const),
      title: hostileText,
      text: hostileText,
      owner: fc.record({
        id: fc.constant('1'),
        name: hostileText,
        email: fc.constantFrom('ana@example.com', 'nobody@example.com'),
        mention: fc.boolean(),
      }),
      link: fc.constantFrom('https://app.hubspot.com/contacts/1?q=<!channel>|x', 'javascript:alert(1)', 'no link'),
      actions: fc.array(action, { maxLength: 30 }),
    },
    { requiredKeys: ['kind', 'title', 'text'] },
  ),
);

/** Any report at all, in both languages, with texts that a CRM may hold at its worst. */
export const anyReport: fc.Arbitrary<Report> = fc.record(
  {
    language: fc.constantFrom('en' as const, 'zh' as const),
    headline: hostileText,
    parts: fc.array(part, { maxLength: 60, size: 'small' }),
    trust: hostileText,
    actions: fc.array(action, { maxLength: 30 }),
  },
  { requiredKeys: ['language', 'headline', 'parts', 'trust'] },
);
