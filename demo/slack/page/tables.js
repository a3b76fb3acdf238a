import { h } from './dom.js';
import { richPart } from './rich-text.js';

function cellText(cell) {
  if (cell.type !== 'rich_text') return cell.text;
  return h('span', {}, cell.elements.map(richPart));
}

/** Numbers, money and percentages line up on the right. */
function isNumeric(cell) {
  return (
    cell?.type === 'raw_number' ||
    (cell?.type === 'raw_text' && /^[\s$€£¥(−–-]*[\d.,\s]+(\s?[%‰)]|\s?\p{L}{0,4})?$/u.test(cell.text))
  );
}

/** A table block: numbers on the right, the first rows shown and the others on demand. */
export function drawTable(block, view) {
  const [head, ...rows] = block.rows;
  const right = head.map(
    (_, column) =>
      rows.every((row) => isNumeric(row[column]) || ['–', '—', '-'].includes(row[column]?.text)) &&
      rows.some((row) => isNumeric(row[column])),
  );
  const side = (column) => ({ class: right[column] ? 'right' : '' });
  const keyColumn = block.row_header_column_index ?? 0;
  const drawRow = (row) =>
    h(
      'tr',
      {},
      row.map((cell, column) =>
        column === keyColumn
          ? h('th', { scope: 'row', ...side(column) }, cellText(cell))
          : h('td', side(column), cellText(cell)),
      ),
    );
  const body = h('tbody');
  const shown = Math.max(block.page_size ?? 10, 10);
  body.append(...rows.slice(0, shown).map(drawRow));
  const table = h(
    'table',
    {},
    block.caption && h('caption', {}, block.caption),
    h(
      'thead',
      {},
      h(
        'tr',
        {},
        head.map((cell, column) => h('th', { scope: 'col', ...side(column) }, cellText(cell))),
      ),
    ),
    body,
  );
  const scroller = h('div', { class: 'table', tabindex: '0', role: 'group', 'aria-label': block.caption ?? '' }, table);
  if (rows.length <= shown) return scroller;
  const all = {
    click: (event) => {
      body.append(...rows.slice(shown).map(drawRow));
      event.currentTarget.parentElement.remove();
    },
  };
  return h(
    'div',
    {},
    scroller,
    h(
      'p',
      { class: 'quiet more' },
      `${view.texts.rows(shown, rows.length)} · `,
      h('button', { type: 'button', class: 'link', on: all }, view.texts.more),
    ),
  );
}
