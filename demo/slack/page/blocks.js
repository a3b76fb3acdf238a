import { drawChart } from './charts.js';
import { h, safeUrl } from './dom.js';
import { mrkdwn } from './mrkdwn.js';

/**
 * Block Kit as elements. `view` carries what blocks need of the page: `texts`, `locale`, `names`, `width` of the message
 * column in pixels, `onImage(src, alt)` and `onAction(actionId, button)`.
 */
export function drawBlocks(blocks, view) {
  return blocks.map((block) => (DRAW[block.type] ?? unsupported)(block, view));
}

function unsupported(block, view) {
  return h('p', { class: 'quiet' }, `${view.texts.unsupported} (${block.type})`);
}

function words(object, view) {
  return object.type === 'mrkdwn' ? mrkdwn(object.text, view.names) : [object.text];
}

const DRAW = {
  header: (block) => h('h3', { class: 'block-header' }, block.text.text),
  divider: () => h('hr'),
  section: (block, view) =>
    h(
      'div',
      { class: 'section' },
      h(
        'div',
        { class: 'section-body' },
        block.text && h('div', { class: 'words' }, words(block.text, view)),
        block.fields &&
          h(
            'div',
            { class: 'fields' },
            block.fields.map((field) => h('div', { class: 'words' }, words(field, view))),
          ),
      ),
      block.accessory && accessory(block.accessory, view),
    ),
  context: (block, view) =>
    h(
      'div',
      { class: 'context' },
      block.elements.map((element) =>
        element.type === 'image'
          ? h('img', { class: 'tiny', src: source(element), alt: element.alt_text })
          : h('span', { class: 'words' }, words(element, view)),
      ),
    ),
  image: (block, view) => {
    const src = source(block);
    const open = { click: () => view.onImage(src, block.alt_text) };
    const picture = h('img', { src, alt: block.alt_text });
    return h(
      'figure',
      { class: 'picture' },
      block.title && h('figcaption', {}, block.title.text),
      h(
        'button',
        { type: 'button', class: 'picture-button', 'aria-label': `${view.texts.enlarge}: ${block.alt_text}`, on: open },
        picture,
      ),
    );
  },
  actions: (block, view) =>
    h(
      'div',
      { class: 'actions' },
      block.elements.map((element) => accessory(element, view)),
    ),
  markdown: (block, view) => h('div', { class: 'words' }, mrkdwn(block.text, view.names)),
  rich_text: (block) => h('div', { class: 'words' }, block.elements.map(richPart)),
  table: (block, view) => drawTable(block, view),
  data_table: (block, view) => drawTable(block, view),
  data_visualization: (block, view) => drawChart(block, Math.max(240, Math.min(620, view.width - 34)), view.locale),
  input: (block) => h('p', { class: 'quiet' }, block.label.text),
};

function source(image) {
  return image.slack_file ? `/page-api/files/${encodeURIComponent(image.slack_file.id)}` : image.image_url;
}

function accessory(element, view) {
  if (element.type === 'image') return h('img', { class: 'thumbnail', src: source(element), alt: element.alt_text });
  if (element.type !== 'button') return unsupported(element, view);
  const style = element.style ? ` ${element.style}` : '';
  const label = { 'aria-label': element.accessibility_label };
  const act = (event) => view.onAction(element.action_id, event.currentTarget);
  const href = element.url && safeUrl(element.url);
  if (href)
    return h(
      'a',
      { class: `button${style}`, href, target: '_blank', rel: 'noopener noreferrer', ...label, on: { click: act } },
      element.text.text,
    );
  return h(
    'button',
    { type: 'button', class: `button${style}`, 'data-action': element.action_id, ...label, on: { click: act } },
    element.text.text,
  );
}

function richPart(part) {
  if (part.type === 'rich_text_list') {
    return h(
      part.style === 'ordered' ? 'ol' : 'ul',
      {},
      part.elements.map((item) => h('li', {}, item.elements.map(richInline))),
    );
  }
  const tag = { rich_text_preformatted: 'pre', rich_text_quote: 'blockquote' }[part.type] ?? 'div';
  return h(tag, {}, part.elements.map(richInline));
}

function richInline(inline) {
  if (inline.type === 'link' && safeUrl(inline.url)) {
    return h('a', { href: inline.url, target: '_blank', rel: 'noopener noreferrer' }, inline.text ?? inline.url);
  }
  let node = inline.text ?? (inline.type === 'user' ? `@${inline.user_id}` : (inline.name ?? ''));
  for (const [style, tag] of Object.entries({ bold: 'strong', italic: 'em', strike: 's', code: 'code' })) {
    if (inline.style?.[style]) node = h(tag, {}, node);
  }
  return node;
}

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

function drawTable(block, view) {
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
