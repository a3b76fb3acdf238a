import { type Checker, isObject, type JsonObject } from './checker.ts';

const TABLE_CHARACTERS = 10_000;

/**
 * A `data_table` (a header and 1 to 100 rows) or the older `table`: at most 20 columns, rows of one length, 10,000
 * characters in all cells. https://docs.slack.dev/reference/block-kit/blocks/data-table-block
 */
export function checkTable(check: Checker, block: JsonObject, at: string): void {
  const isData = block.type === 'data_table';
  if (isData) {
    if (check.string(block.caption, `${at}/caption`, 1, 3000)) check.count(block.caption);
    checkWhole(check, block.page_size, `${at}/page_size`, 1, 100);
  }
  if (!check.array(block.rows, `${at}/rows`, isData ? 2 : 1, isData ? 101 : 100)) return;
  const width = Array.isArray(block.rows[0]) ? block.rows[0].length : 0;
  checkWhole(check, block.row_header_column_index, `${at}/row_header_column_index`, 0, width - 1);
  let characters = 0;
  block.rows.forEach((row, r) => {
    if (!check.array(row, `${at}/rows/${r}`, 1, 20)) return;
    if (row.length !== width) check.fail(`${at}/rows/${r}`, 'all rows must have the same number of cells');
    row.forEach((cell, c) => {
      characters += checkCell(check, cell, `${at}/rows/${r}/${c}`, isData && r === 0);
    });
  });
  if (characters > TABLE_CHARACTERS)
    check.fail(`${at}/rows`, `must be less than ${TABLE_CHARACTERS + 1} characters in all cells`);
}

function checkCell(check: Checker, cell: unknown, at: string, isHeader: boolean): number {
  if (isObject(cell) && cell.type === 'rich_text') {
    if (isHeader) check.fail(`${at}/type`, 'rich_text cannot be used for header cells');
    return checkRichText(check, cell, at);
  }
  if (!check.object(cell, at, ['type', 'text', 'value'])) return 0;
  check.oneOf(cell.type, `${at}/type`, ['raw_text', 'raw_number', 'rich_text']);
  if (cell.type === 'raw_number' && !Number.isFinite(cell.value)) check.fail(`${at}/value`, 'must provide a number');
  if (!check.string(cell.text, `${at}/text`, 1, TABLE_CHARACTERS)) return 0;
  check.count(cell.text);
  return cell.text.length;
}

function checkWhole(check: Checker, value: unknown, at: string, min: number, max: number): void {
  if (value === undefined) return;
  if (!Number.isInteger(value) || Number(value) < min || Number(value) > max)
    check.fail(at, `must be a whole number from ${min} to ${max}`);
}

const PARTS = ['rich_text_section', 'rich_text_list', 'rich_text_preformatted', 'rich_text_quote'];
const INLINES = ['text', 'link', 'user', 'channel', 'emoji', 'broadcast', 'date'];

/** Checks a `rich_text` block and returns how many characters it holds. */
export function checkRichText(check: Checker, block: JsonObject, at: string): number {
  if (!check.array(block.elements, `${at}/elements`, 1, 100)) return 0;
  let characters = 0;
  for (const [index, part] of block.elements.entries()) {
    const here = `${at}/elements/${index}`;
    if (!isObject(part) || !PARTS.includes(String(part.type))) {
      check.fail(`${here}/type`, `unsupported type: ${isObject(part) ? part.type : typeof part}`);
    } else if (part.type === 'rich_text_list') {
      check.oneOf(part.style, `${here}/style`, ['bullet', 'ordered']);
      characters += checkRichText(check, part, here);
    } else characters += checkInlines(check, part.elements, here);
  }
  return characters;
}

function checkInlines(check: Checker, inlines: unknown, at: string): number {
  if (!check.array(inlines, `${at}/elements`, 1, 1000)) return 0;
  let characters = 0;
  for (const [index, inline] of inlines.entries()) {
    const here = `${at}/elements/${index}`;
    const type = isObject(inline) ? String(inline.type) : '';
    if (!isObject(inline) || !INLINES.includes(type)) {
      check.fail(`${here}/type`, `unsupported type: ${type}`);
      continue;
    }
    if (type === 'text' && check.string(inline.text, `${here}/text`, 1, 12_000)) {
      check.count(inline.text);
      characters += inline.text.length;
    }
    if (type === 'link') check.string(inline.url, `${here}/url`, 1, 3000);
  }
  return characters;
}

/**
 * A `data_visualization`: a title of at most 50 characters; a pie of 1 to 6 positive segments; or 1 to 6 series, each with
 * one number per category, over 1 to 20 categories; labels of at most 20 characters.
 * https://docs.slack.dev/reference/block-kit/blocks/data-visualization-block
 */
export function checkChart(check: Checker, block: JsonObject, at: string): void {
  if (check.string(block.title, `${at}/title`, 1, 50)) check.count(block.title);
  const chart = block.chart;
  const here = `${at}/chart`;
  if (!check.object(chart, here, ['type', 'segments', 'series', 'axis_config'])) return;
  check.oneOf(chart.type, `${here}/type`, ['pie', 'bar', 'area', 'line']);
  if (chart.type === 'pie') checkSegments(check, chart, here);
  else checkPlot(check, chart, here);
}

function checkPlot(check: Checker, chart: JsonObject, here: string): void {
  if (chart.segments !== undefined) check.fail(`${here}/segments`, 'only a pie has segments');
  const categories = checkAxis(check, chart.axis_config, `${here}/axis_config`);
  if (!check.array(chart.series, `${here}/series`, 1, 6)) return;
  const names = new Set<unknown>();
  chart.series.forEach((series, index) => {
    checkSeries(check, series, `${here}/series/${index}`, categories);
    if (isObject(series) && names.size === names.add(series.name).size)
      check.fail(`${here}/series/${index}/name`, 'must be unique');
  });
}

function checkSegments(check: Checker, chart: JsonObject, at: string): void {
  for (const key of ['series', 'axis_config'])
    if (chart[key] !== undefined) check.fail(`${at}/${key}`, 'a pie has segments only');
  if (!check.array(chart.segments, `${at}/segments`, 1, 6)) return;
  chart.segments.forEach((segment, index) => {
    const here = `${at}/segments/${index}`;
    if (!check.object(segment, here, ['label', 'value'])) return;
    if (check.string(segment.label, `${here}/label`, 1, 20)) check.count(segment.label);
    if (!(Number.isFinite(segment.value) && Number(segment.value) > 0))
      check.fail(`${here}/value`, 'must be greater than 0');
  });
}

function checkAxis(check: Checker, axis: unknown, at: string): readonly unknown[] {
  if (!check.object(axis, at, ['categories', 'x_label', 'y_label'])) return [];
  check.optionalString(axis.x_label, `${at}/x_label`, 50);
  check.optionalString(axis.y_label, `${at}/y_label`, 50);
  if (!check.array(axis.categories, `${at}/categories`, 1, 20)) return [];
  axis.categories.forEach((label, index) => {
    if (check.string(label, `${at}/categories/${index}`, 1, 20)) check.count(label);
  });
  if (new Set(axis.categories).size < axis.categories.length) check.fail(`${at}/categories`, 'must be unique');
  return axis.categories;
}

function checkSeries(check: Checker, series: unknown, at: string, categories: readonly unknown[]): void {
  if (!check.object(series, at, ['name', 'data'])) return;
  if (check.string(series.name, `${at}/name`, 1, 20)) check.count(series.name);
  if (!check.array(series.data, `${at}/data`, 1, 20)) return;
  const seen = new Set<unknown>();
  series.data.forEach((point, index) => {
    const here = `${at}/data/${index}`;
    if (!check.object(point, here, ['label', 'value'])) return;
    if (!categories.includes(point.label)) check.fail(`${here}/label`, 'must be one of the categories');
    if (!Number.isFinite(point.value)) check.fail(`${here}/value`, 'must provide a number');
    seen.add(point.label);
  });
  if (seen.size !== categories.length || series.data.length !== categories.length) {
    check.fail(`${at}/data`, 'must have exactly one data point per category');
  }
}
