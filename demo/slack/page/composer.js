import { h } from './dom.js';

/**
 * Where one writes: slash commands are completed from a list (arrow keys, Tab, Enter), Enter sends, Shift+Enter starts a
 * new line. Returns `set(page)`, called whenever the place, the user or the commands change, and `fill(text)`.
 */
export function createComposer(form, onSend) {
  let page = null;
  let chosen = 0;
  let dismissed = false;
  const input = h('textarea', {
    id: 'write',
    rows: '1',
    role: 'combobox',
    'aria-autocomplete': 'list',
    'aria-controls': 'commands',
    'aria-expanded': 'false',
    autocomplete: 'off',
    spellcheck: 'false',
  });
  const list = h('ul', { id: 'commands', class: 'commands', role: 'listbox', hidden: true });
  const usage = h('p', { class: 'usage', 'aria-live': 'polite' });
  const send = h('button', { type: 'submit', class: 'send' }, h('span', { 'aria-hidden': 'true' }, '➤'));
  form.replaceChildren(list, h('div', { class: 'box' }, input, send), usage);

  const matches = () => {
    if (!/^\/\S*$/.test(input.value) || dismissed) return [];
    return page.data.commands.filter((command) => command.command.startsWith(input.value));
  };

  const draw = () => {
    const found = matches();
    chosen = Math.min(chosen, Math.max(0, found.length - 1));
    list.hidden = found.length === 0;
    input.setAttribute('aria-expanded', String(found.length > 0));
    if (found.length > 0) input.setAttribute('aria-activedescendant', `command-${chosen}`);
    else input.removeAttribute('aria-activedescendant');
    list.replaceChildren(
      ...found.map((command, index) => {
        const attributes = {
          id: `command-${index}`,
          role: 'option',
          'aria-selected': String(index === chosen),
          // The press must not take the focus from the text.
          on: { mousedown: (event) => event.preventDefault(), click: () => complete(command) },
        };
        return h(
          'li',
          attributes,
          h('span', { class: 'command-line' }, h('strong', {}, command.command), ' ', h('code', {}, command.usageHint)),
          h('span', { class: 'command-about' }, command.description),
        );
      }),
    );
    list.children[chosen]?.scrollIntoView({ block: 'nearest' });
    const typed = page.data.commands.find((command) => input.value.split(/\s/)[0] === command.command);
    usage.replaceChildren(
      ...(typed && list.hidden && typed.usageHint
        ? [`${page.texts.usage}: `, h('code', {}, `${typed.command} ${typed.usageHint}`)]
        : [page.texts.hint]),
    );
    send.disabled = input.value.trim() === '';
    input.style.height = 'auto';
    input.style.height = `${Math.min(input.scrollHeight, 160)}px`;
  };

  const set = (text) => {
    input.value = text;
    chosen = 0;
    dismissed = false;
    draw();
    input.focus();
    input.setSelectionRange(text.length, text.length);
  };
  const complete = (command) => set(`${command.command} `);
  const submit = () => {
    const text = input.value.trim();
    if (text === '') return;
    set('');
    onSend(text);
  };

  input.addEventListener('input', () => {
    dismissed = false;
    draw();
  });
  input.addEventListener('keydown', (event) => {
    const found = matches();
    const exact = found[chosen]?.command === input.value;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (found.length > 0 && step !== undefined) chosen = (chosen + step + found.length) % found.length;
    else if (found.length > 0 && event.key === 'Escape') dismissed = true;
    else if (found.length > 0 && !event.shiftKey && (event.key === 'Tab' || (event.key === 'Enter' && !exact)))
      complete(found[chosen]);
    // An Enter that ends the composition of a Chinese word does not send it.
    else if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) submit();
    else return;
    event.preventDefault();
    draw();
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    submit();
  });

  return {
    fill: set,
    set(nextPage, name) {
      page = nextPage;
      input.placeholder = page.texts.write(name);
      input.setAttribute('aria-label', page.texts.write(name));
      list.setAttribute('aria-label', page.texts.commands);
      send.setAttribute('aria-label', page.texts.send);
      send.title = page.texts.send;
      draw();
    },
  };
}
