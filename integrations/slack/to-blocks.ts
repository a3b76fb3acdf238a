import type { ChartSpec } from '../../src/charts/chart-spec.ts';
import { say, type Text } from '../../src/lib/text.ts';
import type {
  Report,
  ReportAction,
  ReportConfirm,
  ReportItem,
  ReportPart,
  ReportTable,
} from '../../src/report/report.ts';
import { LIMITS, SURFACES, textLength } from './block-limits.ts';
import type { ActionsBlock, Block, Button, ConfirmationDialog, ContextBlock, SectionBlock } from './block-types.ts';
import { chartTableBlock, tableBlock } from './data-table.ts';
import {
  cut,
  escapeText,
  escapeWithCommands,
  hasCommand,
  marked,
  plain,
  withoutCode,
  withoutMentions,
} from './escape.ts';
import { nativeChart } from './native-chart.ts';

/** How a chart is shown, best first: a picture, Slack's own chart, a table, words. */
export const RUNGS = ['picture', 'native', 'table', 'words'] as const;
export type Rung = (typeof RUNGS)[number];

export interface BlockOptions {
  /** The best rung that this message may use. */
  readonly rung: Rung;
  /** A message unless it says otherwise; a Home takes neither charts nor tables, and tells them in words. */
  readonly surface?: 'message' | 'home';
  /** Uploaded pictures by chart: Slack's file ids. */
  readonly pictures?: ReadonlyMap<ChartSpec, string>;
  /** Slack's user ids by e-mail, for owners who are to be mentioned. */
  readonly mentions?: ReadonlyMap<string, string>;
}

export interface Rendering {
  readonly blocks: readonly Block[];
  /** What was left out or shown more simply, for the log and the reader. */
  readonly reduced: readonly Text[];
}

/** Room kept for saying what was left out, and for a note of whoever sends the message. */
const RESERVED_BLOCKS = 2;
const RESERVED_LENGTH = 560;
const NOTE_LENGTH = 300;

const TOO_LONG: Text = {
  en: 'The rest does not fit into one message; `kith report` shows all of it.',
  zh: '其余内容超出单条消息的长度，可用 `kith report` 查看全部。',
};

/** A report as a message or a Home: every limit of Slack's kept, nothing of the CRM's read as mark-up. */
export function toBlocks(report: Report, given: BlockOptions): Rendering {
  const options: BlockOptions = given.surface === 'home' ? { ...given, rung: 'words' } : given;
  const reduced: Text[] = [];
  const headline = withoutMentions(withoutCode(report.headline)).trim() || '–';
  const blocks: Block[] = [{ type: 'header', text: plain(headline, LIMITS.header) }];
  if (headline.length > LIMITS.header) blocks.push(section(plain(headline, LIMITS.section)));
  const trust: ContextBlock[] =
    report.trust === '' ? [] : [{ type: 'context', elements: [plain(report.trust, LIMITS.contextText)] }];
  const tail: Block[] = [...trust, ...buttonBlocks(report.actions ?? [])];
  const most = SURFACES[options.surface ?? 'message'];
  let left = most.text - RESERVED_LENGTH - textLength(blocks) - textLength(tail);
  let charts = 0;
  for (const part of report.parts) {
    const made = partBlocks(part, report, options, { left, charts, reduced });
    const length = textLength(made);
    if (length > left || blocks.length + made.length > most.blocks - RESERVED_BLOCKS - tail.length) {
      reduced.push(TOO_LONG);
      break;
    }
    blocks.push(...made);
    left -= length;
    charts += made.filter((block) => block.type === 'data_visualization').length;
  }
  const notes = [...new Set(reduced.map((note) => say(report.language, note)))].join(' ');
  if (notes !== '') blocks.push({ type: 'context', elements: [plain(notes, NOTE_LENGTH)] });
  return { blocks: [...blocks, ...tail], reduced };
}

interface Room {
  readonly left: number;
  readonly charts: number;
  readonly reduced: Text[];
}

function partBlocks(part: ReportPart, report: Report, options: BlockOptions, room: Room): Block[] {
  switch (part.kind) {
    case 'text':
      return textSections(part.text, Math.min(LIMITS.section, Math.max(1, room.left)));
    case 'heading':
      return [section(marked(`*${escapeText(part.text).trim() || '–'}*`, LIMITS.section))];
    case 'facts':
      return factSections(part.facts);
    case 'table':
      return options.rung === 'words' ? tableWords(part, report, room) : tableBlocks(part, report, room);
    case 'chart':
      return chartBlocks(part.chart, options, room);
    case 'item':
      return itemBlocks(part, options);
  }
}

function textSections(text: string, limit: number): SectionBlock[] {
  if (text.trim() === '') return [];
  return [section(hasCommand(text) ? marked(escapeWithCommands(text).trim(), limit) : plain(text, limit))];
}

function section(text: NonNullable<SectionBlock['text']>): SectionBlock {
  return { type: 'section', text };
}

function factSections(facts: readonly { label: string; value: string }[]): SectionBlock[] {
  const sections: SectionBlock[] = [];
  for (let from = 0; from < facts.length; from += LIMITS.fields) {
    const fields = facts
      .slice(from, from + LIMITS.fields)
      .map((fact) =>
        marked(`*${escapeText(fact.label).trim() || '–'}*\n${escapeText(fact.value).trim() || '–'}`, LIMITS.field),
      );
    sections.push({ type: 'section', fields });
  }
  return sections;
}

/** A table; its title is its caption, which Slack shows above it and wants to have. */
function tableBlocks(table: ReportTable, report: Report, room: Room): Block[] {
  if (table.columns.length === 0) return [];
  const columns = table.columns.map((column) => column.label).join(' · ');
  const made = table.rows.length === 0 ? null : tableBlock(table.title.trim() || columns, table, room.left);
  if (made !== null) {
    noteRows(made.shown, table.rows.length, room);
    return [made.block];
  }
  const title: Block[] =
    table.title.trim() === '' ? [] : [section(marked(`*${escapeText(table.title).trim() || '–'}*`, LIMITS.section))];
  if (table.rows.length > 0) {
    noteRows(0, table.rows.length, room);
    return title;
  }
  const empty: Text = { en: 'No rows.', zh: '没有记录。' };
  return [...title, section(plain(say(report.language, empty), LIMITS.section))];
}

/** A table where none can be drawn: a line for each row. */
function tableWords(table: ReportTable, report: Report, room: Room): Block[] {
  if (table.rows.length === 0) return tableBlocks(table, report, room);
  const line = (cells: readonly string[]): string => cells.map((cell) => escapeText(cell).trim() || '–').join(' · ');
  const lines = [`*${escapeText(table.title).trim() || '–'}*`, line(table.columns.map((column) => column.label))];
  const head = lines.length;
  const most = Math.min(LIMITS.section, room.left);
  let length = lines.join('\n').length;
  for (const row of table.rows) {
    const next = line(row.slice(0, table.columns.length));
    if (length + next.length + 1 > most) break;
    lines.push(next);
    length += next.length + 1;
  }
  noteRows(lines.length - head, table.rows.length, room);
  return [section(marked(lines.join('\n'), LIMITS.section))];
}

function noteRows(shown: number, count: number, room: Room): void {
  if (shown >= count) return;
  room.reduced.push({
    en: `The table shows the first ${shown} of ${count} rows.`,
    zh: `表中显示前 ${shown} 行，共 ${count} 行。`,
  });
}

/** The chart on the best rung that this message and this chart allow. */
function chartBlocks(chart: ChartSpec, options: BlockOptions, room: Room): Block[] {
  const best = RUNGS.indexOf(options.rung);
  const file = options.pictures?.get(chart);
  if (best <= RUNGS.indexOf('picture') && file !== undefined) {
    return [
      { type: 'image', slack_file: { id: file }, alt_text: plain(chart.alt || chart.title, LIMITS.altText).text },
    ];
  }
  if (best <= RUNGS.indexOf('native') && room.charts < LIMITS.charts) {
    const native = nativeChart(chart);
    if (native !== null) {
      if (native.note !== null) room.reduced.push(native.note);
      return [native.block];
    }
  }
  if (best <= RUNGS.indexOf('table')) {
    const made = chartTableBlock(chart, room.left);
    if (made !== null) {
      noteRows(made.shown, made.count, room);
      return [made.block];
    }
  }
  return [section(plain([chart.title, chart.alt].filter((text) => text.trim() !== '').join('\n'), LIMITS.section))];
}

function itemBlocks(item: ReportItem, options: BlockOptions): Block[] {
  const title = `*${linked(escapeText(item.title).trim() || '–', item.link)}*`;
  const owner = item.owner === undefined ? '' : ` · ${ownerText(item.owner, options)}`;
  const lines = [title + owner, escapeWithCommands(item.text).trim()].filter((line) => line !== '');
  const text = marked(lines.join('\n'), LIMITS.section);
  const [row] = buttonBlocks(item.actions ?? []);
  const [only, ...others] = row?.elements ?? [];
  if (only !== undefined && others.length === 0) return [{ type: 'section', text, accessory: only }];
  return row === undefined ? [section(text)] : [section(text), row];
}

/** A row of buttons; none where there are none. A value too long for Slack is an id, wrong once cut: its button is left out. */
function buttonBlocks(actions: readonly ReportAction[]): ActionsBlock[] {
  const usable = actions.filter((action) => action.value.length <= LIMITS.buttonValue).slice(0, LIMITS.actions);
  const elements = usable.map(
    (action, index): Button => ({
      type: 'button',
      action_id: actionId(action.action, index),
      text: plain(action.label, LIMITS.buttonText),
      value: action.value,
      ...(action.style === undefined ? {} : { style: action.style }),
      ...(action.confirm === undefined ? {} : { confirm: confirmation(action.confirm, action.style) }),
    }),
  );
  return elements.length === 0 ? [] : [{ type: 'actions', elements }];
}

/** The question before a click, its answer in the colour of the button. */
function confirmation(asked: ReportConfirm, style: ReportAction['style']): ConfirmationDialog {
  return {
    title: plain(asked.title, LIMITS.confirmTitle),
    text: plain(asked.text, LIMITS.confirmText),
    confirm: plain(asked.yes, LIMITS.confirmButton),
    deny: plain(asked.no, LIMITS.confirmButton),
    ...(style === undefined ? {} : { style }),
  };
}

/** A mention where one is asked for and the owner is known to Slack; the plain name otherwise. */
function ownerText(owner: NonNullable<ReportItem['owner']>, options: BlockOptions): string {
  const id = owner.mention ? options.mentions?.get(owner.email.toLowerCase()) : undefined;
  return id !== undefined && /^[UW][A-Z0-9]+$/.test(id) ? `<@${id}>` : escapeText(owner.name).trim() || '–';
}

/** Escaped words as a link to the record, where the address is one. */
function linked(words: string, link: string | undefined): string {
  const url = link !== undefined && URL.canParse(link) ? new URL(link) : null;
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) return words;
  const href = url.href.replace(/[<>|]/g, encodeURIComponent);
  return href.length > 2000 ? words : `<${href}|${words.replaceAll('|', '¦')}>`;
}

const ACTION_PREFIX = 'kith:';

/** Unique within its block, as Slack asks; the name of the action can be read back. */
function actionId(action: string, index: number): string {
  return cut(`${ACTION_PREFIX}${index}:${action}`, LIMITS.actionId);
}

/** The action's name in a button's `action_id`; null for a button that is not Kith's. */
export function actionOf(id: string): string | null {
  return /^kith:\d+:(.+)$/.exec(id)?.[1] ?? null;
}
