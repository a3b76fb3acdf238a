import { h } from './dom.js';

let counter = 0;

/** An id that nothing else on the page has. */
export function newId() {
  counter += 1;
  return `part-${counter}`;
}

/**
 * What a person enters or chooses with: an input, a select, a date picker, checkboxes. `shape` says what it is called for
 * those who cannot see it (`label`, or `labelledBy`), what it holds (`value`), and hears of changes (`onChange(value)`).
 * The value is a text, a list of texts, or null.
 */
export function drawControl(element, view, shape) {
  const draw = CONTROLS[element.type];
  return draw === undefined ? null : draw(element, view, shape);
}

/** What stands in an element before anybody touched it. */
export function initialValue(element) {
  if (element.initial_option) return element.initial_option.value;
  if (element.initial_options) return element.initial_options.map(({ value }) => value);
  const field = Object.keys(element).find((key) => key.startsWith('initial_'));
  return field === undefined ? null : element[field];
}

function names(shape) {
  return {
    id: shape.id,
    'aria-label': shape.label,
    'aria-labelledby': shape.labelledBy,
    'aria-describedby': shape.describedBy,
    'data-action': shape.actionId,
  };
}

const field =
  (type, more = () => ({})) =>
  (element, _view, shape) => {
    const attributes = { ...names(shape), class: 'field', placeholder: element.placeholder?.text, ...more(element) };
    const input = h(element.multiline ? 'textarea' : 'input', element.multiline ? attributes : { type, ...attributes });
    input.value = shape.value ?? '';
    input.addEventListener('input', () => shape.onInput?.(input.value));
    input.addEventListener('change', () => shape.onChange(input.value));
    return input;
  };

/** `options`: pairs of a value and what it is called, or a group with its own. */
function select(element, shape, options) {
  const draw = ([value, words]) => h('option', { value, selected: value === shape.value }, words);
  const empty = element.placeholder?.text ?? shape.texts.choose;
  const box = h(
    'select',
    { ...names(shape), class: 'field' },
    h('option', { value: '', selected: !shape.value }, empty),
    options.map((option) =>
      Array.isArray(option) ? draw(option) : h('optgroup', { label: option.label }, option.options.map(draw)),
    ),
  );
  box.addEventListener('change', () => shape.onChange(box.value === '' ? null : box.value));
  return box;
}

const pair = (option) => [option.value, option.text.text];

function several(shape, options, type) {
  const name = newId();
  const chosen = new Set([shape.value ?? []].flat());
  const box = h(
    'fieldset',
    { ...names(shape), class: 'choices' },
    options.map(([value, words, about]) => {
      const input = h('input', { type, name, value, checked: chosen.has(value) });
      input.addEventListener('change', () => {
        const marked = [...box.querySelectorAll('input:checked')].map((item) => item.value);
        shape.onChange(type === 'radio' ? (marked[0] ?? null) : marked);
      });
      return h('label', {}, input, h('span', {}, words, about && h('small', {}, about)));
    }),
  );
  return box;
}

const described = (option) => [option.value, option.text.text, option.description?.text];
const people = (view) => view.people.map((user) => [user.id, user.realName]);
const places = (view) => view.places.map((place) => [place.id, `#${place.name}`]);
const grouped = (element) =>
  element.option_groups
    ? element.option_groups.map((group) => ({ label: group.label.text, options: group.options.map(pair) }))
    : element.options.map(pair);

const CONTROLS = {
  plain_text_input: field('text', ({ max_length: maxlength }) => ({ maxlength })),
  number_input: field('text', () => ({ inputmode: 'decimal' })),
  email_text_input: field('email'),
  url_text_input: field('url'),
  datepicker: field('date'),
  timepicker: field('time'),
  static_select: (element, _view, shape) => select(element, shape, grouped(element)),
  overflow: (element, _view, shape) =>
    select({ placeholder: { text: '⋯' }, ...element }, shape, element.options.map(pair)),
  users_select: (element, view, shape) => select(element, shape, people(view)),
  channels_select: (element, view, shape) => select(element, shape, places(view)),
  conversations_select: (element, view, shape) => select(element, shape, places(view)),
  radio_buttons: (element, _view, shape) => several(shape, element.options.map(described), 'radio'),
  checkboxes: (element, _view, shape) => several(shape, element.options.map(described), 'checkbox'),
  multi_static_select: (element, _view, shape) => several(shape, grouped(element).flat(), 'checkbox'),
  multi_users_select: (_element, view, shape) => several(shape, people(view), 'checkbox'),
  multi_channels_select: (_element, view, shape) => several(shape, places(view), 'checkbox'),
  multi_conversations_select: (_element, view, shape) => several(shape, places(view), 'checkbox'),
};
