import type {
  Block,
  Button,
  ConfirmationDialog,
  DataVisualizationBlock,
  HomeView,
  InputBlock,
  ModalView,
  Mrkdwn,
  PlainText,
} from './block-types.ts';

/** Slack's limits, from the Block Kit reference; lengths in UTF-16 units, which is the stricter way to count. */
export const LIMITS = {
  blocks: 50,
  header: 150,
  section: 3000,
  fields: 10,
  field: 2000,
  context: 10,
  contextText: 2000,
  actions: 25,
  buttonText: 75,
  buttonValue: 2000,
  actionId: 255,
  confirmTitle: 100,
  confirmText: 300,
  confirmButton: 30,
  altText: 2000,
  tableRows: 100,
  tableColumns: 20,
  tableCharacters: 10_000,
  tablePage: 100,
  caption: 200,
  charts: 2,
  chartSeries: 6,
  chartCategories: 20,
  chartLabel: 20,
  chartTitle: 50,
  allText: 12_000,
  blockId: 255,
  label: 2000,
  options: 100,
  optionText: 75,
  optionValue: 150,
  entry: 3000,
  viewTitle: 24,
  metadata: 3000,
} as const;

/** How much fits where. Slack counts a view by its bytes, 250,000 of them; Kith stops far below. */
export const SURFACES = {
  message: { blocks: LIMITS.blocks, text: LIMITS.allText },
  home: { blocks: 100, text: 40_000 },
  modal: { blocks: 100, text: 40_000 },
} as const;
export type Surface = keyof typeof SURFACES;

/** What Slack would refuse in a view; empty when nothing. */
export function viewProblems(view: ModalView | HomeView): string[] {
  if (view.type === 'home') return blockProblems(view.blocks, 'home');
  const ids = view.blocks.flatMap((block) => (block.type === 'input' ? [block.block_id] : []));
  return [
    ...sized('title', view.title.text, LIMITS.viewTitle),
    ...sized('close', view.close.text, LIMITS.viewTitle),
    ...(view.submit === undefined ? [] : sized('submit', view.submit.text, LIMITS.viewTitle)),
    ...(view.submit === undefined && ids.length > 0 ? ['questions without a button to hand them in'] : []),
    ...(view.private_metadata.length <= LIMITS.metadata
      ? []
      : [`private_metadata of ${view.private_metadata.length} characters, at most ${LIMITS.metadata}`]),
    ...(new Set(ids).size === ids.length ? [] : ['two questions of one name']),
    ...blockProblems(view.blocks, 'modal'),
  ];
}

/** What Slack would refuse in blocks; empty when nothing. */
export function blockProblems(blocks: readonly Block[], surface: Surface = 'message'): string[] {
  const most = SURFACES[surface];
  const problems: string[] = [];
  const expect = (holds: boolean, problem: string) => {
    if (!holds) problems.push(problem);
  };
  expect(blocks.length <= most.blocks, `${blocks.length} blocks, at most ${most.blocks}`);
  const charts = blocks.filter((block) => block.type === 'data_visualization').length;
  expect(charts <= LIMITS.charts, `${charts} charts, at most ${LIMITS.charts}`);
  const all = textLength(blocks);
  expect(all <= most.text, `${all} characters in all, at most ${most.text}`);
  const drawn = blocks.some(({ type }) => type === 'data_table' || type === 'data_visualization');
  expect(surface === 'message' || !drawn, `a table or chart in a ${surface}`);
  expect(surface === 'modal' || blocks.every((block) => block.type !== 'input'), 'a question outside of a modal');
  for (const [index, block] of blocks.entries()) {
    for (const problem of problemsOf(block)) problems.push(`block ${index} (${block.type}): ${problem}`);
  }
  return problems;
}

function problemsOf(block: Block): string[] {
  switch (block.type) {
    case 'header':
      return sized('text', block.text.text, LIMITS.header);
    case 'section':
      return [
        ...(block.text === undefined && block.fields === undefined ? ['neither text nor fields'] : []),
        ...(block.text === undefined ? [] : textProblems('text', block.text, LIMITS.section)),
        ...(block.fields === undefined ? [] : counted('fields', block.fields.length, 1, LIMITS.fields)),
        ...(block.fields ?? []).flatMap((field) => textProblems('field', field, LIMITS.field)),
        ...(block.accessory === undefined ? [] : buttonProblems(block.accessory)),
      ];
    case 'context':
      return [
        ...counted('elements', block.elements.length, 1, LIMITS.context),
        ...block.elements.flatMap((element) => textProblems('element', element, LIMITS.contextText)),
      ];
    case 'actions': {
      const ids = new Set(block.elements.map((button) => button.action_id));
      return [
        ...counted('elements', block.elements.length, 1, LIMITS.actions),
        ...(ids.size === block.elements.length ? [] : ['two buttons with one action_id']),
        ...block.elements.flatMap(buttonProblems),
      ];
    }
    case 'image':
      return [...sized('alt_text', block.alt_text, LIMITS.altText), ...sized('slack_file', block.slack_file.id, 255)];
    case 'data_table': {
      const width = block.rows[0]?.length ?? 0;
      const characters = block.rows.flat().reduce((sum, cell) => sum + cell.text.length, 0);
      return [
        ...sized('caption', block.caption, LIMITS.caption),
        ...counted('rows', block.rows.length, 2, LIMITS.tableRows + 1),
        ...counted('columns', width, 1, LIMITS.tableColumns),
        ...counted('page_size', block.page_size, 1, LIMITS.tablePage),
        ...(block.rows.some((row) => row.length !== width) ? ['rows of different lengths'] : []),
        ...(block.rows.flat().some((cell) => cell.text === '') ? ['an empty cell'] : []),
        ...(characters > LIMITS.tableCharacters ? [`${characters} characters in cells`] : []),
      ];
    }
    case 'data_visualization':
      return chartProblems(block);
    case 'input':
      return inputProblems(block);
  }
}

function inputProblems({ block_id, label, hint, element }: InputBlock): string[] {
  return [
    ...sized('block_id', block_id, LIMITS.blockId),
    ...sized('label', label.text, LIMITS.label),
    ...(hint === undefined ? [] : sized('hint', hint.text, LIMITS.label)),
    ...sized('action_id', element.action_id, LIMITS.actionId),
    ...elementProblems(element),
  ];
}

function elementProblems(element: InputBlock['element']): string[] {
  switch (element.type) {
    case 'plain_text_input':
      return [
        ...(element.initial_value === undefined ? [] : sized('initial value', element.initial_value, LIMITS.entry)),
        ...(element.max_length === undefined ? [] : counted('max_length', element.max_length, 1, LIMITS.entry)),
      ];
    case 'static_select': {
      const { options, initial_option: initial } = element;
      return [
        ...counted('options', options.length, 1, LIMITS.options),
        ...options.flatMap((option) => [
          ...sized('option', option.text.text, LIMITS.optionText),
          ...sized('option value', option.value, LIMITS.optionValue),
        ]),
        ...(initial === undefined || options.some((option) => option.value === initial.value)
          ? []
          : [`a chosen option that is not offered: ${initial.value}`]),
      ];
    }
    case 'datepicker':
      return /^\d{4}-\d\d-\d\d$/.test(element.initial_date ?? '2000-01-01') ? [] : ['a day that is not YYYY-MM-DD'];
    case 'timepicker':
      return /^\d\d:\d\d$/.test(element.initial_time ?? '00:00') ? [] : ['a time that is not HH:MM'];
    case 'number_input':
    case 'conversations_select':
    case 'users_select':
      return [];
  }
}

function chartProblems({ title, chart }: DataVisualizationBlock): string[] {
  const problems = sized('title', title, LIMITS.chartTitle);
  if (chart.type === 'pie') {
    return [
      ...problems,
      ...counted('segments', chart.segments.length, 1, LIMITS.chartSeries),
      ...chart.segments.flatMap((segment) => sized('label', segment.label, LIMITS.chartLabel)),
      ...(chart.segments.every((segment) => segment.value > 0) ? [] : ['a segment that is not positive']),
    ];
  }
  const { categories, x_label = 'x', y_label = 'y' } = chart.axis_config;
  const complete = chart.series.every(
    ({ data }) =>
      data.length === categories.length &&
      data.every((point, index) => point.label === categories[index] && Number.isFinite(point.value)),
  );
  return [
    ...problems,
    ...counted('series', chart.series.length, 1, LIMITS.chartSeries),
    ...counted('categories', categories.length, 1, LIMITS.chartCategories),
    ...chart.series.flatMap((series) => sized('series name', series.name, LIMITS.chartLabel)),
    ...categories.flatMap((category) => sized('category', category, LIMITS.chartLabel)),
    ...[x_label, y_label].flatMap((text) => sized('axis title', text, LIMITS.chartTitle)),
    ...(new Set(categories).size === categories.length ? [] : ['two categories of one name']),
    ...(new Set(chart.series.map((series) => series.name)).size === chart.series.length
      ? []
      : ['two series of one name']),
    ...(complete ? [] : ['a series without exactly one number per category']),
  ];
}

function buttonProblems(button: Button): string[] {
  return [
    ...sized('button text', button.text.text, LIMITS.buttonText),
    ...sized('action_id', button.action_id, LIMITS.actionId),
    ...(button.value.length <= LIMITS.buttonValue ? [] : [`button value of ${button.value.length}`]),
    ...(button.confirm === undefined ? [] : confirmProblems(button.confirm)),
  ];
}

function confirmProblems({ title, text, confirm, deny }: ConfirmationDialog): string[] {
  return [
    ...sized('confirm title', title.text, LIMITS.confirmTitle),
    ...sized('confirm text', text.text, LIMITS.confirmText),
    ...sized('confirm button', confirm.text, LIMITS.confirmButton),
    ...sized('deny button', deny.text, LIMITS.confirmButton),
  ];
}

/** In mark-up, every `<` must begin a link or a mention that Kith itself wrote. */
function textProblems(name: string, text: PlainText | Mrkdwn, limit: number): string[] {
  const left =
    text.type === 'mrkdwn' ? text.text.replace(/<(@[UW][A-Z0-9]+|https?:\/\/[^<>|]+(\|[^<>|]*)?)>/g, '') : '';
  return [...sized(name, text.text, limit), ...(/[<>]/.test(left) ? [`${name} with unescaped mark-up`] : [])];
}

function sized(name: string, text: string, limit: number): string[] {
  return text.length >= 1 && text.length <= limit ? [] : [`${name} of ${text.length} characters, 1 to ${limit}`];
}

function counted(name: string, count: number, least: number, most: number): string[] {
  return Number.isInteger(count) && count >= least && count <= most ? [] : [`${count} ${name}, ${least} to ${most}`];
}

/** How many characters of all texts together the blocks hold. */
export function textLength(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (Array.isArray(value)) return value.reduce((sum: number, entry) => sum + textLength(entry), 0);
  if (typeof value !== 'object' || value === null) return 0;
  return Object.entries(value).reduce((sum, [key, entry]) => sum + (UNSEEN.has(key) ? 0 : textLength(entry)), 0);
}

/** A question before a click is no part of the message. */
const UNSEEN = new Set(['type', 'action_id', 'value', 'style', 'slack_file', 'block_id', 'confirm']);
