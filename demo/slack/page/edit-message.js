import { h } from './dom.js';
import { newId } from './inputs.js';

/**
 * One's own message while its words are changed: Enter or the button saves, Escape or the other button leaves them as they
 * were. `page.editing` keeps what is typed when everything around it is drawn anew.
 */
export function drawEditor(message, page) {
  const { texts, editing } = page;
  const id = newId();
  const input = h('textarea', { id, class: 'field edit-field', rows: '1', 'aria-label': texts.editMessage });
  const save = h('button', { type: 'submit', class: 'button primary' }, texts.save);
  const grow = () => {
    save.disabled = input.value.trim() === '';
    input.style.height = 'auto';
    if (input.scrollHeight > 0) input.style.height = `${Math.min(input.scrollHeight + 2, 220)}px`;
  };
  input.value = editing.text;
  input.addEventListener('input', () => {
    editing.text = input.value;
    grow();
  });
  const submit = (event) => {
    event.preventDefault();
    if (input.value.trim() !== '') page.onEdited(message, input.value.trim());
  };
  input.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') page.onEdit(null);
    else if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) submit(event);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  requestAnimationFrame(() => {
    grow();
    input.focus();
    input.setSelectionRange(input.value.length, input.value.length);
  });
  return h(
    'form',
    { class: 'editor', on: { submit } },
    input,
    h(
      'div',
      { class: 'editor-buttons' },
      h('button', { type: 'button', class: 'button', on: { click: () => page.onEdit(null) } }, texts.cancel),
      save,
      h('span', { class: 'quiet' }, texts.editHint),
    ),
  );
}

/** A message's words as they were typed: Slack's three escapes and its mentions turned back. */
export function typedText(text, names) {
  return text
    .replace(/<@([A-Z0-9]+)>/g, (whole, id) => (names(id) === undefined ? whole : `@${names(id)}`))
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}
