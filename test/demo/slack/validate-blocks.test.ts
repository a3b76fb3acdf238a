import { describe, expect, it } from 'vitest';
import { type Surface, validateBlocks } from '../../../demo/slack/validate-blocks.ts';

const ready = (id: string) => id === 'FREADY';
const problems = (block: object | object[], surface: Surface = 'message') =>
  validateBlocks(Array.isArray(block) ? block : [block], surface, ready);
const x = (n: number) => 'x'.repeat(n);
const many = <T>(n: number, item: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => item(i));
const plain = (text: string) => ({ type: 'plain_text', text });
const md = (text: string) => ({ type: 'mrkdwn', text });
const button = (extra: object = {}) => ({ type: 'button', text: plain('Why?'), ...extra });
const confirm = (more: object = {}) => ({
  title: plain(x(100)),
  text: md('It is gone then.'),
  confirm: plain(x(30)),
  deny: plain('Keep it'),
  style: 'danger',
  ...more,
});
const actions = (elements: object[]) => ({ type: 'actions', elements });
const section = (text: string) => ({ type: 'section', text: md(text) });
const image = (extra: object = {}) => ({
  type: 'image',
  image_url: 'https://a.example/a.png',
  alt_text: 'a chart',
  ...extra,
});
const table = (rows: unknown[], extra: object = {}) => ({ type: 'data_table', caption: 'Customers', rows, ...extra });
const cell = (text: string) => ({ type: 'raw_text', text });
const row = (width: number, text = 'a') => many(width, () => cell(text));
const labels = (n: number) => many(n, (i) => `label ${i}`);
const series = (name: string, categories: string[]) => ({
  name,
  data: categories.map((label) => ({ label, value: 1 })),
});
const plot = (n: number, names: string[], extra: object = {}) => ({
  type: 'data_visualization',
  title: 'Risk',
  chart: { type: 'bar', series: names.map((name) => series(name, labels(n))), axis_config: { categories: labels(n) } },
  ...extra,
});
const pie = (segments: object[]) => ({ type: 'data_visualization', title: 'Share', chart: { type: 'pie', segments } });
const segment = (label: string, value = 1) => ({ label, value });
const select = (options: object[]) => ({ type: 'static_select', placeholder: plain('Pick'), options });
const option = (text: string, i = 0) => ({ text: plain(text), value: `v${i}` });
const home = (n: number) => many(n, () => ({ type: 'divider' }));

/** At the limit, and just past it (with the pointer that Slack would give). */
const LIMITS: [string, object | object[], object | object[], string][] = [
  ['50 blocks a message', home(50), home(51), '/blocks'],
  ['3,000 characters a section', section(x(3000)), section(x(3001)), '/blocks/0/text/text'],
  ['some text in a section', section('x'), section(''), '/blocks/0/text/text'],
  [
    '150 characters a header',
    { type: 'header', text: plain(x(150)) },
    { type: 'header', text: plain(x(151)) },
    '/blocks/0/text/text',
  ],
  [
    'plain text in a header',
    { type: 'header', text: plain('x') },
    { type: 'header', text: md('x') },
    '/blocks/0/text/type',
  ],
  [
    '100 characters a question before a click',
    actions([button({ confirm: confirm() })]),
    actions([button({ confirm: confirm({ title: plain(x(101)) }) })]),
    '/blocks/0/elements/0/confirm/title/text',
  ],
  [
    '300 characters for what it is about',
    actions([button({ confirm: confirm({ text: md(x(300)) }) })]),
    actions([button({ confirm: confirm({ text: md(x(301)) }) })]),
    '/blocks/0/elements/0/confirm/text/text',
  ],
  [
    'two answers of 30 characters',
    actions([button({ confirm: confirm({ deny: plain(x(30)) }) })]),
    actions([button({ confirm: confirm({ deny: undefined }) })]),
    '/blocks/0/elements/0/confirm/deny',
  ],
  [
    '10 fields',
    { type: 'section', fields: many(10, () => md('x')) },
    { type: 'section', fields: many(11, () => md('x')) },
    '/blocks/0/fields',
  ],
  [
    '2,000 characters a field',
    { type: 'section', fields: [md(x(2000))] },
    { type: 'section', fields: [md(x(2001))] },
    '/blocks/0/fields/0/text',
  ],
  [
    '10 elements of context',
    { type: 'context', elements: many(10, () => md('x')) },
    { type: 'context', elements: many(11, () => md('x')) },
    '/blocks/0/elements',
  ],
  ['25 actions', actions(many(25, () => button())), actions(many(26, () => button())), '/blocks/0/elements'],
  [
    '75 characters on a button',
    actions([button({ text: plain(x(75)) })]),
    actions([button({ text: plain(x(76)) })]),
    '/blocks/0/elements/0/text/text',
  ],
  [
    '2,000 characters of a value',
    actions([button({ value: x(2000) })]),
    actions([button({ value: x(2001) })]),
    '/blocks/0/elements/0/value',
  ],
  [
    '255 characters of an action_id',
    actions([button({ action_id: x(255) })]),
    actions([button({ action_id: x(256) })]),
    '/blocks/0/elements/0/action_id',
  ],
  [
    'one action_id once',
    actions([button({ action_id: 'a' }), button({ action_id: 'b' })]),
    actions([button({ action_id: 'a' }), button({ action_id: 'a' })]),
    '/blocks/0/elements/1/action_id',
  ],
  [
    'the two styles',
    actions([button({ style: 'danger' })]),
    actions([button({ style: 'pink' })]),
    '/blocks/0/elements/0/style',
  ],
  [
    '100 options',
    actions([select(many(100, (i) => option('x', i)))]),
    actions([select(many(101, (i) => option('x', i)))]),
    '/blocks/0/elements/0/options',
  ],
  [
    '75 characters an option',
    actions([select([option(x(75))])]),
    actions([select([option(x(76))])]),
    '/blocks/0/elements/0/options/0/text/text',
  ],
  ['2,000 characters of alt text', image({ alt_text: x(2000) }), image({ alt_text: x(2001) }), '/blocks/0/alt_text'],
  ['alt text at all', image(), { type: 'image', image_url: 'https://a.example/a.png' }, '/blocks/0/alt_text'],
  ['one source of an image', image(), image({ slack_file: { id: 'FREADY' } }), '/blocks/0'],
  [
    'a file that is ready',
    { type: 'image', slack_file: { id: 'FREADY' }, alt_text: 'x' },
    { type: 'image', slack_file: { id: 'FNEW' }, alt_text: 'x' },
    '/blocks/0/slack_file',
  ],
  ['100 rows under a header', table(many(101, () => row(1))), table(many(102, () => row(1))), '/blocks/0/rows'],
  ['one row under a header', table([row(1), row(1)]), table([row(1)]), '/blocks/0/rows'],
  ['20 columns', table([row(20), row(20)]), table([row(21), row(21)]), '/blocks/0/rows/0'],
  ['rows of one length', table([row(2), row(2)]), table([row(2), row(3)]), '/blocks/0/rows/1'],
  [
    '10,000 characters in a table',
    table([row(1, x(5000)), row(1, x(5000))]),
    table([row(1, x(5000)), row(1, x(5001))]),
    '/blocks/0/rows',
  ],
  ['no empty cell', table([row(1), row(1)]), table([row(1), [cell('')]]), '/blocks/0/rows/1/0/text'],
  ['a caption', table([row(1), row(1)]), { type: 'data_table', rows: [row(1), row(1)] }, '/blocks/0/caption'],
  [
    'a page of 100 rows',
    table([row(1), row(1)], { page_size: 100 }),
    table([row(1), row(1)], { page_size: 101 }),
    '/blocks/0/page_size',
  ],
  ['2 charts a message', [plot(1, ['a']), plot(1, ['a'])], many(3, () => plot(1, ['a'])), '/blocks'],
  ['6 series', plot(2, labels(6)), plot(2, labels(7)), '/blocks/0/chart/series'],
  ['series of their own name', plot(2, ['a', 'b']), plot(2, ['a', 'a']), '/blocks/0/chart/series/1/name'],
  ['20 categories', plot(20, ['a']), plot(21, ['a']), '/blocks/0/chart/axis_config/categories'],
  ['50 characters of a title', plot(1, ['a'], { title: x(50) }), plot(1, ['a'], { title: x(51) }), '/blocks/0/title'],
  ['20 characters of a series', plot(1, [x(20)]), plot(1, [x(21)]), '/blocks/0/chart/series/0/name'],
  ['20 characters of a segment', pie([segment(x(20))]), pie([segment(x(21))]), '/blocks/0/chart/segments/0/label'],
  [
    '6 segments',
    pie(many(6, (i) => segment(`${i}`))),
    pie(many(7, (i) => segment(`${i}`))),
    '/blocks/0/chart/segments',
  ],
  ['positive segments', pie([segment('a', 0.1)]), pie([segment('a', 0)]), '/blocks/0/chart/segments/0/value'],
  [
    'one block_id once',
    [
      { type: 'divider', block_id: 'a' },
      { type: 'divider', block_id: 'b' },
    ],
    many(2, () => ({ type: 'divider', block_id: 'a' })),
    '/blocks/1/block_id',
  ],
  ['known blocks', { type: 'divider' }, { type: 'hologram' }, '/blocks/0/type'],
  ['known fields', { type: 'divider' }, { type: 'divider', colour: 'red' }, '/blocks/0/colour'],
];

describe.each(LIMITS)('%s', (_, allowed, refused, pointer) => {
  it('is allowed', () => {
    expect(problems(allowed)).toEqual({ error: null, messages: [] });
  });

  it('is refused past that, with a pointer to the place', () => {
    const found = problems(refused);
    expect(found.error).toBe('invalid_blocks');
    expect(found.messages.some((message) => message.endsWith(`[json-pointer:${pointer}]`))).toBe(true);
  });
});

describe('a message as a whole', () => {
  it('holds 12,000 characters of text', () => {
    expect(problems(many(4, () => section(x(3000)))).error).toBeNull();
    expect(problems([...many(4, () => section(x(3000))), section('x')]).error).toBe('msg_blocks_too_long');
  });

  it('is an array of blocks', () => {
    expect(validateBlocks('blocks', 'message', ready).error).toBe('invalid_blocks_format');
    expect(problems([null as never]).error).toBe('invalid_blocks');
  });

  it('shows no Slack file when it is ephemeral, while a native chart is fine', () => {
    expect(problems({ type: 'image', slack_file: { id: 'FREADY' }, alt_text: 'x' }, 'ephemeral').error).toBe(
      'invalid_blocks',
    );
    expect(problems(plot(3, ['a']), 'ephemeral').error).toBeNull();
  });
});

describe('other surfaces', () => {
  it('hold 100 blocks', () => {
    expect(problems(home(100), 'home').error).toBeNull();
    expect(problems(home(101), 'modal').error).toBe('invalid_blocks');
  });
});

describe('a chart', () => {
  it('has exactly one point per category', () => {
    const chart = plot(2, ['a']);
    chart.chart.series[0]!.data.pop();
    expect(problems(chart).messages[0]).toContain('exactly one data point per category');
  });

  it('takes numbers only', () => {
    const chart = plot(1, ['a']);
    (chart.chart.series[0]!.data[0] as { value: unknown }).value = '1';
    expect(problems(chart).messages[0]).toContain('/chart/series/0/data/0/value');
  });
});

describe('rich text', () => {
  const rich = (elements: object[]) => ({ type: 'rich_text', elements });

  it('takes sections, lists, quotes and code', () => {
    const words = [{ type: 'text', text: 'a', style: { bold: true } }];
    const list = {
      type: 'rich_text_list',
      style: 'bullet',
      elements: [{ type: 'rich_text_section', elements: words }],
    };
    expect(
      problems(
        rich([{ type: 'rich_text_section', elements: words }, list, { type: 'rich_text_quote', elements: words }]),
      ).error,
    ).toBeNull();
  });

  it('refuses what it does not know', () => {
    expect(problems(rich([{ type: 'rich_text_song', elements: [] }])).error).toBe('invalid_blocks');
    expect(problems(rich([{ type: 'rich_text_section', elements: [{ type: 'song' }] }])).error).toBe('invalid_blocks');
  });
});
