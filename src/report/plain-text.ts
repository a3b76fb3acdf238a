import type { ChartSpec } from '../charts/chart-spec.ts';
import { chartTable } from '../charts/chart-table.ts';
import { foldSeries, isEmpty, isNumber } from '../charts/fold.ts';
import { chartLocale, formatValue } from '../charts/format-value.ts';
import { cutWidth, displayWidth, fitWidth } from './display-width.ts';
import { harmless, oneLine } from './one-line.ts';
import type { Report, ReportPart } from './report.ts';

export interface PlainTextOptions {
  /** Columns of the terminal; 100 by default. */
  readonly width?: number;
  /** ANSI bold and dim for headings. */
  readonly colour?: boolean;
}

interface Style {
  readonly width: number;
  bold(text: string): string;
  dim(text: string): string;
}

/** A report as text for a terminal or a notification: headline, parts in order, the line of trust last. */
export function plainText(report: Report, options: PlainTextOptions = {}): string {
  const wrap = (code: number) => (text: string) => (options.colour === true ? `\u001b[${code}m${text}\u001b[0m` : text);
  const style: Style = { width: Math.max(20, options.width ?? 100), bold: wrap(1), dim: wrap(2) };
  const blocks = [style.bold(oneLine(report.headline)), ...report.parts.map((part) => partText(part, style))];
  if (report.trust !== '') blocks.push(style.dim(oneLine(report.trust)));
  return blocks.filter((block) => block !== '').join('\n\n');
}

function partText(part: ReportPart, style: Style): string {
  switch (part.kind) {
    case 'text':
      return harmless(part.text);
    case 'heading':
      return style.bold(oneLine(part.text));
    case 'facts': {
      const facts = part.facts.map((fact) => ({ label: oneLine(fact.label), value: oneLine(fact.value) }));
      const widest = Math.min(40, Math.max(0, ...facts.map((fact) => displayWidth(fact.label))));
      return facts.map((fact) => `${fitWidth(fact.label, widest)}  ${fact.value}`).join('\n');
    }
    case 'table':
      return [part.title === '' ? '' : style.bold(oneLine(part.title)), tableText(part.columns, part.rows, style)]
        .filter((line) => line !== '')
        .join('\n');
    case 'chart':
      return chartText(part.chart, style);
    case 'item': {
      const owner = part.owner === undefined ? '' : ` (${oneLine(part.owner.name)})`;
      const lines = [`• ${style.bold(oneLine(part.title))}${owner}`];
      for (const line of harmless(part.text).split('\n')) if (line.trim() !== '') lines.push(`  ${line}`);
      if (part.link !== undefined) lines.push(`  ${style.dim(oneLine(part.link))}`);
      return lines.join('\n');
    }
  }
}

type Column = { readonly label: string; readonly align: 'left' | 'right' };

function tableText(columns: readonly Column[], rows: readonly (readonly string[])[], style: Style): string {
  if (columns.length === 0) return '';
  const cells = rows.map((row) => columns.map((_, index) => oneLine(row[index] ?? '')));
  const labels = columns.map((column) => oneLine(column.label));
  const wanted = labels.map((label, index) =>
    Math.max(displayWidth(label), ...cells.map((row) => displayWidth(row[index] ?? ''))),
  );
  const widths = shrink(wanted, style.width - 2 * (columns.length - 1));
  const line = (row: readonly string[]) =>
    row
      .map((cell, index) => fitWidth(cell, widths[index] ?? 0, columns[index]?.align))
      .join('  ')
      .trimEnd();
  const rule = widths.map((width) => '─'.repeat(width)).join('  ');
  return [style.bold(line(labels)), style.dim(rule), ...cells.map(line)].join('\n');
}

/** Takes columns away from the widest until all fit; nothing becomes narrower than 4. */
function shrink(wanted: readonly number[], room: number): number[] {
  const widths = [...wanted];
  let excess = widths.reduce((sum, width) => sum + width, 0) - room;
  while (excess > 0) {
    const widest = widths.indexOf(Math.max(...widths));
    const width = widths[widest] ?? 0;
    if (width <= 4) break;
    widths[widest] = width - 1;
    excess -= 1;
  }
  return widths;
}

/** Bars of blocks with their values; what bars cannot show (several series, points, cells) becomes a table. */
function chartText(chart: ChartSpec, style: Style): string {
  const title = style.bold(oneLine(chart.title));
  const head = chart.subtitle ? [title, style.dim(oneLine(chart.subtitle))] : [title];
  const zh = chartLocale(chart) === 'zh-CN';
  if (isEmpty(chart)) return [...head, zh ? '暂无数据可显示' : 'Nothing to show yet'].join('\n');
  const values = 'series' in chart && chart.kind !== 'fan' && chart.series.length === 1 ? foldSeries(chart) : undefined;
  if (values === undefined) {
    const { columns, rows } = chartTable(chart);
    return [...head, tableText(columns, rows, style)].join('\n');
  }
  return [...head, ...bars(values.labels, values.series[0]?.values ?? [], values, style)].join('\n');
}

function bars(labels: readonly string[], values: readonly (number | null)[], chart: ChartSpec, style: Style): string[] {
  const locale = chartLocale(chart);
  const names = labels.map((label) => oneLine(label));
  const nameWidth = Math.min(Math.floor(style.width * 0.4), Math.max(0, ...names.map(displayWidth)));
  const texts = names.map((_, index) => {
    const value = values[index];
    return isNumber(value) ? formatValue(chart.format, value, locale) : '–';
  });
  const valueWidth = Math.max(0, ...texts.map(displayWidth));
  const room = Math.max(4, Math.min(40, style.width - nameWidth - valueWidth - 5));
  const largest = Math.max(0, ...values.filter(isNumber).map(Math.abs));
  return names.map((name, index) => {
    const value = values[index];
    const length = isNumber(value) && largest > 0 ? Math.round((Math.abs(value) / largest) * room) : 0;
    const bar = isNumber(value) && value !== 0 ? (value < 0 ? '░' : '█').repeat(Math.max(1, length)) : '';
    return `${fitWidth(cutWidth(name, nameWidth), nameWidth)}  ${bar}${bar === '' ? '' : ' '}${texts[index] ?? ''}`;
  });
}
