import { h } from './dom.js';
import { icon } from './icons.js';

/** A button with a small menu: arrow keys, Escape, and a click elsewhere do what one expects. `items`: `{ label, run, isDanger }`. */
export function drawMenu({ label, glyph, items, className = '' }) {
  const list = h('div', { class: 'popup', role: 'menu', 'aria-label': label, hidden: true });
  const toggle = h(
    'button',
    {
      type: 'button',
      class: 'icon-button',
      'aria-label': label,
      title: label,
      'aria-haspopup': 'menu',
      'aria-expanded': 'false',
    },
    icon(glyph),
  );
  const box = h('span', { class: `menu-box ${className}` }, toggle, list);
  const show = (open) => {
    list.hidden = !open;
    box.classList.toggle('open', open);
    toggle.setAttribute('aria-expanded', String(open));
    if (!open) return;
    // Near the lower edge it opens upwards.
    box.classList.toggle('upwards', toggle.getBoundingClientRect().bottom > innerHeight - 40 * items.length - 60);
    list.querySelector('button').focus();
  };
  list.append(
    ...items.map(({ label: words, run, isDanger = false }) => {
      const act = () => {
        show(false);
        toggle.focus();
        run();
      };
      const look = isDanger ? 'danger-item' : null;
      return h('button', { type: 'button', role: 'menuitem', class: look, on: { click: act } }, words);
    }),
  );
  toggle.addEventListener('click', () => show(list.hidden));
  box.addEventListener('keydown', (event) => {
    if (list.hidden) return;
    const buttons = [...list.querySelectorAll('button')];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === 'Escape') {
      show(false);
      toggle.focus();
    } else if (step !== undefined) {
      buttons[(buttons.indexOf(document.activeElement) + step + buttons.length) % buttons.length].focus();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });
  box.addEventListener('focusout', (event) => {
    if (event.relatedTarget === null || !box.contains(event.relatedTarget)) show(false);
  });
  return box;
}

/** What can be done with a message: answer in its thread, the app's shortcuts, and with one's own, change it or take it away. */
export function drawToolbar(message, page) {
  const { texts } = page;
  const reply = h(
    'button',
    {
      type: 'button',
      class: 'icon-button',
      'aria-label': texts.replyInThread,
      title: texts.replyInThread,
      on: { click: () => page.onThread(message.threadTs ?? message.ts) },
    },
    icon('reply'),
  );
  const isOwn = message.user === page.data.user;
  const own = [
    { label: texts.editMessage, run: () => page.onEdit(message) },
    { label: texts.deleteMessage, run: () => page.onDelete(message), isDanger: true },
  ];
  const items = [
    ...page.data.shortcuts
      .filter(({ kind }) => kind === 'message')
      .map(({ name, callbackId }) => ({ label: name, run: () => page.onShortcut(callbackId, message) })),
    ...(isOwn ? own : []),
  ];
  return h(
    'div',
    { class: 'toolbar', role: 'group', 'aria-label': texts.messageActions },
    !page.isThread && reply,
    items.length > 0 && drawMenu({ label: texts.moreActions, glyph: 'more', items }),
  );
}
