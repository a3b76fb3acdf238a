import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { validateBlocks } from '../../../demo/slack/validate-blocks.ts';
import { blockProblems } from '../../../integrations/slack/block-limits.ts';
import type { Block } from '../../../integrations/slack/block-types.ts';
import { notificationText } from '../../../integrations/slack/notification-text.ts';
import { actionOf, RUNGS, toBlocks } from '../../../integrations/slack/to-blocks.ts';
import type { ChartSpec } from '../../../src/charts/chart-spec.ts';
import type { Report } from '../../../src/report/report.ts';
import { anyReport } from './report-arbitrary.ts';

/** A soak asks for more: KITH_PROPERTY_RUNS=10000. */
const RUNS = Number(process.env.KITH_PROPERTY_RUNS || 500);
const SURFACES = ['message', 'home'] as const;
const MENTIONS = new Map([['ana@example.com', 'U0ANA']]);

function chartsOf(report: Report): ChartSpec[] {
  return report.parts.flatMap((part) => (part.kind === 'chart' ? [part.chart] : []));
}

function report(parts: Report['parts'], more: Partial<Report> = {}): Report {
  return { language: 'en', headline: '38 customers at risk, £182k', parts, trust: 'Data as of 9 Dec 2011', ...more };
}

const RISK_CHART: ChartSpec = {
  kind: 'horizontal-bar',
  title: 'No-order risk',
  alt: 'Kestrel Foods 91%, Northwind 58%',
  format: { kind: 'percent' },
  labels: ['Kestrel Foods', 'Northwind'],
  series: [{ name: 'Risk', values: [0.91, 0.58] }],
};

describe('toBlocks', () => {
  it('keeps every limit of Slack and leaves no mention in, whatever the CRM holds', () => {
    fc.assert(
      fc.property(anyReport, fc.constantFrom(...RUNGS), fc.constantFrom(...SURFACES), (any, rung, surface) => {
        const pictures = new Map(chartsOf(any).map((chart, index) => [chart, `F${index}`]));
        const { blocks } = toBlocks(any, { rung, surface, pictures, mentions: MENTIONS });
        expect(blockProblems(blocks, surface)).toEqual([]);
        expect(validateBlocks(blocks, surface, () => true).messages).toEqual([]);
        const written = JSON.stringify(blocks, (key, value) => (key === 'value' ? '' : value)).replaceAll(
          '<@U0ANA>',
          '',
        );
        expect(written).not.toMatch(/<[!@#]/);
        expect(written).not.toMatch(/\\ud[89a-f]/i);
        const text = notificationText(any);
        expect(text).not.toMatch(/[<>]/);
        expect(text.length).toBeLessThanOrEqual(3000);
      }),
      { numRuns: RUNS, seed: 20_261_122, endOnFailure: true },
    );
  }, 1_200_000);

  it('shows the headline, facts, items and the line of trust in order', () => {
    const { blocks } = toBlocks(
      report([
        { kind: 'facts', facts: [{ label: 'Eligible', value: '1,203' }] },
        {
          kind: 'item',
          title: 'Kestrel Foods',
          text: 'No order for 143 days; usual gap 48',
          owner: { id: '7', name: 'Ana', email: 'Ana@example.com', mention: true },
          link: 'https://app.hubspot.com/contacts/1/company/2',
          actions: [{ action: 'why', label: 'Why?', value: 'c_1' }],
        },
      ]),
      { rung: 'native', mentions: MENTIONS },
    );
    expect(blocks.map((block) => block.type)).toEqual(['header', 'section', 'section', 'context']);
    expect(blocks[2]).toMatchObject({
      text: {
        text: '*<https://app.hubspot.com/contacts/1/company/2|Kestrel Foods>* · <@U0ANA>\nNo order for 143 days; usual gap 48',
      },
      accessory: { action_id: 'kith:0:why', value: 'c_1', text: { text: 'Why?' } },
    });
    expect(actionOf('kith:0:why')).toBe('why');
    expect(actionOf('somebody-elses')).toBeNull();
  });

  it('shows what a person may type as code, and nothing else of a text as mark-up', () => {
    const textOf = (text: string): string => {
      const [, block] = toBlocks(report([{ kind: 'text', text }]), { rung: 'native' }).blocks;
      const found = (block as { text: { type: string; text: string } }).text;
      return `${found.type}: ${found.text}`;
    };
    const inert = (mark: string): string => `\u200b${mark}\u200b`;
    expect(textOf('Run `kith analyse`, or see `/kith status` & wait')).toBe(
      'mrkdwn: Run `kith analyse`, or see `/kith status` &amp; wait',
    );
    expect(textOf('先运行 `/kith playbook who segment:长期_客户`。')).toBe(
      'mrkdwn: 先运行 `/kith playbook who segment:长期_客户`。',
    );
    expect(textOf('*Birch* `& Sons` asks for <b> in `/basket`')).toBe(
      `mrkdwn: ${inert('*')}Birch${inert('*')} ${inert('`')}&amp; Sons${inert('`')} asks for &lt;b&gt; in \`/basket\``,
    );
    expect(textOf('<!chan`/basket`nel>')).toBe('mrkdwn: chan`/basket`nel&gt;');
    expect(textOf('`/basket *all*` and `code`')).toBe('plain_text: `/basket *all*` and `code`');
    const item = toBlocks(report([{ kind: 'item', title: '`/basket`', text: 'Try `/basket`' }]), { rung: 'native' });
    expect(item.blocks[1]).toMatchObject({
      text: { text: `*${inert('`')}/basket${inert('`')}*\nTry \`/basket\`` },
    });
  });

  it('writes the plain name of an owner who is not to be mentioned or is unknown to Slack', () => {
    const owner = { id: '7', name: 'Ana <!channel>', email: 'ana@example.com' };
    const texts = [true, false].map((mention) =>
      JSON.stringify(
        toBlocks(report([{ kind: 'item', title: 'x', text: '', owner: { ...owner, mention } }]), { rung: 'native' })
          .blocks,
      ),
    );
    for (const text of texts) expect(text).toContain('*x* · Ana');
    for (const text of texts) expect(text).not.toContain('<!');
  });

  it('draws a chart on the best rung that is allowed', () => {
    const kinds = RUNGS.map((rung) => {
      const { blocks } = toBlocks(report([{ kind: 'chart', chart: RISK_CHART }]), {
        rung,
        pictures: new Map([[RISK_CHART, 'F1']]),
      });
      return blocks.slice(1, -1).map((block) => block.type);
    });
    expect(kinds).toEqual([['image'], ['data_visualization'], ['data_table'], ['section']]);
  });

  it('gives the cells of a grid as a table, for which Slack has no chart of its own', () => {
    const chart: ChartSpec = {
      kind: 'heatmap',
      title: 'Customers by recency and frequency',
      alt: 'Most are at R1 F1',
      format: { kind: 'count' },
      columns: ['F1', 'F2'],
      rows: ['R2', 'R1'],
      values: [
        [3, 1],
        [40, 2],
      ],
    };
    const [, table] = toBlocks(report([{ kind: 'chart', chart }]), { rung: 'native' }).blocks;
    expect(table).toMatchObject({ type: 'data_table', caption: chart.title });
    expect((table as Extract<Block, { type: 'data_table' }>).rows.map((row) => row.map((cell) => cell.text))).toEqual([
      [expect.any(String), 'F1', 'F2'],
      ['R2', '3', '1'],
      ['R1', '40', '2'],
    ]);
    const [, image] = toBlocks(report([{ kind: 'chart', chart }]), {
      rung: 'picture',
      pictures: new Map([[chart, 'F1']]),
    }).blocks;
    expect(image).toMatchObject({ type: 'image', alt_text: 'Most are at R1 F1' });
  });

  it('gives the native chart percent values as percents and the picture its words', () => {
    const { blocks } = toBlocks(report([{ kind: 'chart', chart: RISK_CHART }]), { rung: 'native' });
    expect(blocks[1]).toEqual({
      type: 'data_visualization',
      title: 'No-order risk',
      chart: {
        type: 'bar',
        series: [
          {
            name: 'Risk',
            data: [
              { label: 'Kestrel Foods', value: 91 },
              { label: 'Northwind', value: 58 },
            ],
          },
        ],
        axis_config: { categories: ['Kestrel Foods', 'Northwind'], y_label: '%' },
      },
    });
    const [, image] = toBlocks(report([{ kind: 'chart', chart: RISK_CHART }]), {
      rung: 'picture',
      pictures: new Map([[RISK_CHART, 'F1']]),
    }).blocks;
    expect(image).toEqual({ type: 'image', slack_file: { id: 'F1' }, alt_text: 'Kestrel Foods 91%, Northwind 58%' });
  });

  it('keeps names apart that are equal once cut to twenty characters, and says what a chart leaves out', () => {
    const months = Array.from({ length: 24 }, (_, index) => `Calendar month number ${index + 1}`);
    const chart: ChartSpec = {
      kind: 'line',
      title: '收入',
      alt: '',
      format: { kind: 'count' },
      labels: months,
      series: [{ name: 'a', values: months.map((_, index) => index) }],
    };
    const { blocks, reduced } = toBlocks(report([{ kind: 'chart', chart }], { language: 'zh' }), { rung: 'native' });
    const made = blocks[1] as Extract<Block, { type: 'data_visualization' }>;
    const categories = made.chart.type === 'pie' ? [] : made.chart.axis_config.categories;
    expect(new Set(categories).size).toBe(20);
    expect(reduced).toHaveLength(1);
    expect(JSON.stringify(blocks)).toContain('图中显示最近 20 项，共 24 项。');
  });

  it('lets a button ask first, in the colour of the button', () => {
    const confirm = { title: 'Remove it?', text: 'It is gone then', yes: 'Remove', no: 'Keep it' };
    const actions = [{ action: 'remove', label: 'Remove', value: '1', style: 'danger' as const, confirm }];
    const { blocks } = toBlocks(report([], { actions }), { rung: 'native' });
    const said = (text: string) => ({ type: 'plain_text', text });
    expect(blocks.at(-1)).toMatchObject({
      elements: [
        {
          style: 'danger',
          confirm: {
            title: said('Remove it?'),
            text: said('It is gone then'),
            confirm: said('Remove'),
            deny: said('Keep it'),
            style: 'danger',
          },
        },
      ],
    });
  });

  it('cuts a long table, says so, and always keeps the line of trust', () => {
    const rows = Array.from({ length: 400 }, (_, index) => [`Customer ${index}`, '£1,234']);
    const columns = [
      { label: 'Customer', align: 'left' as const },
      { label: 'Value', align: 'right' as const },
    ];
    const { blocks } = toBlocks(report([{ kind: 'table', title: 'All', columns, rows }]), { rung: 'native' });
    expect(JSON.stringify(blocks)).toContain('The table shows the first 100 of 400 rows.');
    expect(blocks.at(-1)).toMatchObject({ type: 'context', elements: [{ text: 'Data as of 9 Dec 2011' }] });
    expect(blockProblems(blocks)).toEqual([]);
  });

  it('carries the headline and the numbers in the text of the notification', () => {
    const text = notificationText(
      report([
        { kind: 'chart', chart: RISK_CHART },
        { kind: 'facts', facts: [{ label: 'A & B', value: '<7>' }] },
      ]),
    );
    expect(text.split('\n')[0]).toBe('38 customers at risk, £182k');
    expect(text).toContain('91%');
    expect(text).toContain('A &amp; B');
    expect(text).toContain('&lt;7&gt;');
  });
});
