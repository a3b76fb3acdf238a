import { createChosenFiles } from './chosen-files.js';
import { completionsFor, typedCommand } from './completions.js';
import { h } from './dom.js';
import { icon } from './icons.js';
import { drawMenu } from './menu.js';

/**
 * Where one writes: commands and names are completed from a list (arrow keys, Tab, Enter), Enter sends, Shift+Enter starts
 * a new line, an arrow upwards in an empty composer asks for the last message to be changed (`onEditLast`). Files may come
 * with the words. `name` makes its ids the page's own. Returns `set(page, placeholder)`, called whenever the place, the user
 * or the commands change, and `fill(text)`.
 */
export function createComposer(form, name, onSend, onEditLast) {
  let page = null;
  let chosen = 0;
  let dismissed = false;
  const input = h('textarea', {
    id: `${name}-write`,
    rows: '1',
    role: 'combobox',
    'aria-autocomplete': 'list',
    'aria-controls': `${name}-list`,
    'aria-expanded': 'false',
    autocomplete: 'off',
    spellcheck: 'false',
  });
  const list = h('ul', { id: `${name}-list`, class: 'commands', role: 'listbox', hidden: true });
  const usage = h('p', { class: 'usage', 'aria-live': 'polite' });
  const send = h('button', { type: 'submit', class: 'send' }, icon('send'));
  const extras = h('span', { class: 'composer-extras' });
  const files = createChosenFiles(form, input, () => page !== null && draw());
  form.replaceChildren(
    list,
    h('div', { class: 'box' }, files.list, h('div', { class: 'box-line' }, extras, files.button, input, send)),
    usage,
  );

  const found = () =>
    dismissed ? { from: 0, items: [] } : completionsFor(input.value, input.selectionStart ?? 0, page);

  const draw = () => {
    const { items } = found();
    chosen = Math.min(chosen, Math.max(0, items.length - 1));
    list.hidden = items.length === 0;
    input.setAttribute('aria-expanded', String(items.length > 0));
    if (items.length > 0) input.setAttribute('aria-activedescendant', `${name}-item-${chosen}`);
    else input.removeAttribute('aria-activedescendant');
    list.replaceChildren(
      ...items.map((item, index) =>
        h(
          'li',
          {
            id: `${name}-item-${index}`,
            role: 'option',
            'aria-selected': String(index === chosen),
            // The press must not take the focus from the text.
            on: { mousedown: (event) => event.preventDefault(), click: () => complete(item) },
          },
          h('span', { class: 'command-line' }, h('strong', {}, item.title), ' ', h('code', {}, item.code)),
          h('span', { class: 'command-about' }, item.about),
        ),
      ),
    );
    list.children[chosen]?.scrollIntoView({ block: 'nearest' });
    drawUsage();
    send.disabled = (input.value.trim() === '' && files.count() === 0) || isCommandWithFile();
    input.style.height = 'auto';
    // While nothing is shown, nothing can be measured.
    if (input.scrollHeight > 0) input.style.height = `${Math.min(input.scrollHeight, 160)}px`;
  };

  // A thread has no commands: what is written there is a message, whatever it begins with.
  const isCommandWithFile = () => files.count() > 0 && name === 'main' && input.value.trimStart().startsWith('/');

  /** The arguments of the command that is typed, and what it answers; else how to begin. */
  const drawUsage = () => {
    const typed = list.hidden ? typedCommand(input.value, page) : null;
    usage.replaceChildren(
      ...(isCommandWithFile()
        ? [page.texts.noFileWithCommand]
        : typed === null
          ? [page.hint]
          : [h('code', {}, `${typed.command} ${typed.usageHint}`.trim()), ' ', h('span', {}, typed.description)]),
    );
  };

  const set = (text, caret = text.length) => {
    input.value = text;
    chosen = 0;
    dismissed = false;
    draw();
    input.focus();
    input.setSelectionRange(caret, caret);
  };
  const complete = (item) => {
    const { from } = found();
    const rest = input.value.slice(input.selectionStart);
    set(`${input.value.slice(0, from)}${item.insert}${rest}`, from + item.insert.length);
    draw();
  };
  const submit = async () => {
    const text = input.value.trim();
    if (send.disabled) return;
    set('');
    onSend(text, await files.take());
  };

  input.addEventListener('input', () => {
    dismissed = false;
    draw();
  });
  input.addEventListener('keydown', (event) => {
    const { items } = found();
    const exact = items[chosen]?.title === input.value;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (items.length > 0 && step !== undefined) chosen = (chosen + step + items.length) % items.length;
    else if (items.length > 0 && event.key === 'Escape') dismissed = true;
    else if (items.length > 0 && !event.shiftKey && (event.key === 'Tab' || (event.key === 'Enter' && !exact)))
      complete(items[chosen]);
    // An Enter that ends the composition of a Chinese word does not send it.
    else if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) submit();
    else if (event.key === 'ArrowUp' && input.value === '' && onEditLast?.() === true);
    else return;
    event.preventDefault();
    event.stopPropagation();
    draw();
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    submit();
  });

  return {
    fill: set,
    focus: () => input.focus(),
    /** `hint`: the line below; `shortcuts`: what the button beside it offers. */
    set(nextPage, { placeholder, hint, shortcuts = [] }) {
      page = { ...nextPage, hint };
      input.placeholder = placeholder;
      input.setAttribute('aria-label', placeholder);
      list.setAttribute('aria-label', page.texts.suggestions);
      send.setAttribute('aria-label', page.texts.send);
      send.title = page.texts.send;
      files.set(page);
      extras.replaceChildren(
        ...(shortcuts.length === 0 ? [] : [drawMenu({ label: page.texts.shortcuts, glyph: 'bolt', items: shortcuts })]),
      );
      draw();
    },
  };
}
