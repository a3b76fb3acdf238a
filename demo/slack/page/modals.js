import { drawBlocks } from './blocks.js';
import { appAvatar, h } from './dom.js';
import { icon } from './icons.js';

/**
 * The modal that the person sees, in the page's dialog. `calls` brings `submit(entered)`, which resolves with what became
 * of it, `close(all)` and `click(action, entered)`. Returns `show(views, page)` for the stack of open modals.
 */
export function createModals(dialog, calls) {
  let shown = null;
  let page = null;
  /** What stands in each open modal, by its id: kept while others lie on top of it. */
  const entries = new Map();

  const failed = (words) => {
    dialog.querySelector('.modal-problem').textContent = words;
  };
  const tell = (errors) => {
    for (const question of dialog.querySelectorAll('.question')) {
      const words = errors[question.dataset.block] ?? '';
      question.querySelector('.problem').textContent = words;
      question.classList.toggle('wrong', words !== '');
      const control = question.querySelector('.field, .choices');
      if (words === '') control.removeAttribute('aria-invalid');
      else control.setAttribute('aria-invalid', 'true');
    }
    const first = dialog.querySelector('.wrong .field, .wrong input');
    first?.focus();
    first?.scrollIntoView({ block: 'nearest' });
  };

  const submit = async (event) => {
    event.preventDefault();
    const button = dialog.querySelector('.submit');
    if (button === null || button.getAttribute('aria-busy') === 'true') return;
    button.setAttribute('aria-busy', 'true');
    failed('');
    const answer = await calls.submit(entries.get(shown.id));
    button.removeAttribute('aria-busy');
    if (answer.errors === undefined || !['acknowledged', 'incomplete'].includes(answer.outcome)) {
      failed(answer.error ?? page.texts.trouble);
      return;
    }
    tell(answer.errors);
  };

  const draw = (view, depth) => {
    const { title, blocks, close, submit: submitLabel } = view.definition;
    const entered = entries.get(view.id) ?? {};
    entries.set(view.id, entered);
    const context = { ...page, width: 440, entered, onAction: (action) => calls.click(action, entered) };
    const shut = h(
      'button',
      { type: 'button', class: 'icon-button', 'aria-label': page.texts.close, on: { click: () => calls.close(true) } },
      icon('close'),
    );
    const back = h(
      'button',
      { type: 'button', class: 'button', on: { click: () => calls.close(false) } },
      close?.text ?? (depth > 1 ? page.texts.back : page.texts.cancel),
    );
    return h(
      'form',
      { class: 'modal-form', novalidate: true, on: { submit } },
      h('header', {}, appAvatar('small'), h('h2', { id: 'modal-title' }, title.text), shut),
      h(
        'div',
        { class: 'modal-body body' },
        h('p', { class: 'modal-problem', role: 'alert' }),
        drawBlocks(blocks, context),
      ),
      h(
        'footer',
        {},
        back,
        submitLabel && h('button', { type: 'submit', class: 'button primary submit' }, submitLabel.text),
      ),
    );
  };

  // Escape cancels one modal, as the button does; the app is told before anything closes.
  dialog.addEventListener('cancel', (event) => {
    event.preventDefault();
    calls.close(false);
  });

  return function show(views, nextPage) {
    page = nextPage;
    const view = views.at(-1) ?? null;
    if (view === null) {
      shown = null;
      entries.clear();
      dialog.close();
      dialog.replaceChildren();
      return;
    }
    if (shown?.hash === view.hash) return;
    const isSame = shown?.id === view.id;
    const focused = isSame ? document.activeElement?.dataset.action : undefined;
    shown = view;
    dialog.replaceChildren(draw(view, views.length));
    if (!dialog.open) dialog.showModal();
    const first = focused === undefined ? null : dialog.querySelector(`[data-action="${CSS.escape(focused)}"]`);
    (
      first ??
      dialog.querySelector('.modal-body .field, .modal-body input') ??
      dialog.querySelector('.submit, .button')
    )?.focus();
  };
}
