import { drawChart } from './charts.js';
import { h, safeUrl } from './dom.js';
import { drawControl, initialValue, newId } from './inputs.js';
import { mrkdwn } from './mrkdwn.js';
import { richPart } from './rich-text.js';
import { drawTable } from './tables.js';

/**
 * Block Kit as elements. `view` carries what blocks need of the page: `texts`, `locale`, `names`, `width` of the message
 * column in pixels, `people` and `places` to choose from, `onImage(src, alt)` and
 * `onAction({ blockId, actionId, chosen, control })`, `onConfirm(confirm)` for what asks first; `entered`, by block and action, is kept up to date.
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
      block.accessory && accessory(block.accessory, block, view),
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
    const open = { click: () => view.onImage(src, block.alt_text, view.texts.close) };
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
      block.elements.map((element) => accessory(element, block, view)),
    ),
  markdown: (block, view) => h('div', { class: 'words' }, mrkdwn(block.text, view.names)),
  rich_text: (block) => h('div', { class: 'words' }, block.elements.map(richPart)),
  table: (block, view) => drawTable(block, view),
  data_table: (block, view) => drawTable(block, view),
  data_visualization: (block, view) => drawChart(block, Math.max(240, Math.min(620, view.width - 34)), view.locale),
  input: drawInput,
};

function source(image) {
  return image.slack_file ? `/page-api/files/${encodeURIComponent(image.slack_file.id)}` : image.image_url;
}

function accessory(element, block, view) {
  if (element.type === 'image') return h('img', { class: 'thumbnail', src: source(element), alt: element.alt_text });
  const { block_id: blockId } = block;
  const { action_id: actionId } = element;
  if (element.type !== 'button') {
    const words = element.placeholder?.text ?? block.text?.text ?? actionId;
    const value = entered(view, block, element);
    const shape = { label: words, value, actionId, texts: view.texts };
    const control = drawControl(element, view, {
      ...shape,
      onChange: async (chosen) => {
        if (element.confirm && !(await view.onConfirm(element.confirm))) {
          // What was chosen stands no more.
          control.replaceWith(accessory(element, block, view));
          return;
        }
        keep(view, blockId, actionId, chosen);
        view.onAction({ blockId, actionId, chosen, control });
      },
    });
    return control ?? unsupported(element, view);
  }
  const style = element.style ? ` ${element.style}` : '';
  const label = { 'aria-label': element.accessibility_label };
  const href = element.url && safeUrl(element.url);
  const act = async (event) => {
    const control = event.currentTarget;
    if (element.confirm && href) event.preventDefault();
    if (element.confirm && !(await view.onConfirm(element.confirm))) return;
    if (element.confirm && href) window.open(href, '_blank', 'noopener,noreferrer');
    view.onAction({ blockId, actionId, control });
  };
  if (href)
    return h(
      'a',
      { class: `button${style}`, href, target: '_blank', rel: 'noopener noreferrer', ...label, on: { click: act } },
      element.text.text,
    );
  return h(
    'button',
    { type: 'button', class: `button${style}`, 'data-action': actionId, ...label, on: { click: act } },
    element.text.text,
  );
}

function entered(view, block, element) {
  const known = view.entered?.[block.block_id]?.[element.action_id];
  return known === undefined ? initialValue(element) : known;
}

function keep(view, blockId, actionId, value) {
  if (view.entered !== undefined) view.entered[blockId] = { ...view.entered[blockId], [actionId]: value };
}

/** A question of a form: its label, what to answer with, a hint, and room for what is wrong. */
function drawInput(block, view) {
  const { element, block_id: blockId } = block;
  const { action_id: actionId } = element;
  const [id, labelId, hintId, problemId] = [newId(), newId(), newId(), newId()];
  const onInput = (value) => keep(view, blockId, actionId, value);
  const control = drawControl(element, view, {
    id,
    labelledBy: labelId,
    describedBy: `${hintId} ${problemId}`,
    actionId,
    texts: view.texts,
    value: entered(view, block, element),
    onInput,
    onChange: (chosen) => {
      onInput(chosen);
      if (block.dispatch_action) view.onAction({ blockId, actionId, chosen, control });
    },
  });
  if (control === null) return unsupported(element, view);
  const isGroup = control.tagName === 'FIELDSET';
  return h(
    'div',
    { class: 'question', 'data-block': blockId },
    h(
      isGroup ? 'span' : 'label',
      { id: labelId, for: isGroup ? null : id, class: 'question-label' },
      block.label.text,
      block.optional && h('span', { class: 'quiet' }, view.texts.optional),
    ),
    control,
    h('p', { id: hintId, class: 'hint' }, block.hint?.text ?? ''),
    h('p', { id: problemId, class: 'problem', role: 'alert' }),
  );
}
