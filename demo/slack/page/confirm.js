import { h } from './dom.js';
import { mrkdwn } from './mrkdwn.js';

/**
 * Asks before something is done, as a button's `confirm` object says, in a dialog that keeps the focus: Enter presses the
 * button that has it, first the one that goes on; Escape and a click beside the dialog are a no. Returns
 * `ask(confirm, names)`, which resolves with whether to go on, and `dismiss()`.
 */
export function createConfirm(dialog) {
  let settle = () => {};
  const answer = (yes) => {
    const told = settle;
    settle = () => {};
    if (dialog.open) dialog.close();
    dialog.replaceChildren();
    told(yes);
  };
  const pressing = (yes) => ({ click: () => answer(yes) });

  dialog.addEventListener('cancel', (event) => {
    event.preventDefault();
    answer(false);
  });
  dialog.addEventListener('click', (event) => event.target === dialog && answer(false));
  dialog.addEventListener('keydown', (event) => {
    // What lies below must not hear of a key that was meant for the question.
    event.stopPropagation();
    if (event.key !== 'Tab') return;
    const buttons = [...dialog.querySelectorAll('button')];
    const step = event.shiftKey ? -1 : 1;
    buttons[(buttons.indexOf(document.activeElement) + step + buttons.length) % buttons.length].focus();
    event.preventDefault();
  });

  return {
    dismiss: () => answer(false),
    ask(confirm, names) {
      answer(false);
      const { title, text, deny, style = 'primary' } = confirm;
      const go = h('button', { type: 'button', class: `button ${style}`, on: pressing(true) }, confirm.confirm.text);
      dialog.replaceChildren(
        h('h2', { id: 'confirm-title' }, title.text),
        h('div', { id: 'confirm-text', class: 'words' }, text.type === 'mrkdwn' ? mrkdwn(text.text, names) : text.text),
        h('footer', {}, h('button', { type: 'button', class: 'button', on: pressing(false) }, deny.text), go),
      );
      dialog.showModal();
      go.focus();
      return new Promise((resolve) => {
        settle = resolve;
      });
    },
  };
}
