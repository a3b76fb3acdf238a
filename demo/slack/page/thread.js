import { createComposer } from './composer.js';
import { h } from './dom.js';
import { icon } from './icons.js';
import { createMessageList, drawWorking } from './messages.js';

/**
 * The pane beside the messages: one message, the answers below it, and where to answer. Returns `draw(page)`, which shows
 * the thread `page.thread` or nothing.
 */
export function createThreadPane(root, calls) {
  const header = h('header', { class: 'header' });
  const list = h('div', { class: 'list', role: 'log', 'aria-live': 'polite', tabindex: '0' });
  const form = h('form', { class: 'composer' });
  root.replaceChildren(header, list, form);
  const drawList = createMessageList(list);
  const composer = createComposer(form, 'thread', calls.reply, calls.editLast);
  let shown = null;
  root.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && !event.defaultPrevented) calls.close();
  });

  return function draw(page, place) {
    const messages = page.data.messages.filter(({ channel }) => channel === page.channel);
    const first = messages.find(({ ts }) => ts === page.thread);
    root.hidden = first === undefined;
    if (first === undefined) {
      shown = null;
      return;
    }
    const { texts } = page;
    root.setAttribute('aria-label', texts.thread);
    list.setAttribute('aria-label', texts.thread);
    const close = h(
      'button',
      { type: 'button', class: 'icon-button', 'aria-label': texts.closeThread, on: { click: calls.close } },
      icon('close'),
    );
    header.replaceChildren(h('h2', {}, texts.thread), h('p', { class: 'about' }, place.title), close);
    const replies = messages.filter(({ threadTs }) => threadTs === first.ts);
    const view = { ...page, isThread: true, width: Math.max(240, root.clientWidth - 90) };
    const between = replies.length === 0 ? [h('p', { class: 'empty' }, texts.noReplies)] : [];
    drawList(view, {
      key: `thread ${first.ts}`,
      entries: [first, ...replies].map((message) => ({ message, replies: [] })),
      after: [...between, ...(page.working?.thread === first.ts ? [drawWorking(texts)] : [])],
    });
    composer.set(page, {
      placeholder: texts.reply,
      hint: place.channel === null ? texts.threadDirectHint : texts.threadHint,
    });
    // Nobody who is writing elsewhere is interrupted.
    if (shown !== first.ts && !document.activeElement?.value) composer.focus();
    shown = first.ts;
  };
}
