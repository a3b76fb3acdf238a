import { drawBlocks } from './blocks.js';
import { appAvatar, h } from './dom.js';

/** The app's own page for this person, its buttons and selects alive. Redrawn only when it changed. */
export function drawHome(root, page) {
  const { home } = page.data;
  const key = `${page.data.user} ${home?.hash ?? ''}`;
  if (root.querySelector('.home')?.dataset.key === key) return;
  const focused = root.contains(document.activeElement) ? document.activeElement.dataset.action : undefined;
  const scrolled = root.querySelector('.home') === null ? 0 : root.scrollTop;
  const onAction = (action) => page.onAction({ ...action, surface: 'home' }, page.homeEntered);
  const content =
    home === null
      ? h('div', { class: 'empty-home' }, appAvatar('large'), h('p', {}, page.texts.homeEmpty))
      : drawBlocks(home.definition.blocks, { ...page, width: 680, entered: page.homeEntered, onAction });
  root.replaceChildren(h('div', { class: 'home body', 'data-key': key }, content));
  root.scrollTop = scrolled;
  if (focused !== undefined) root.querySelector(`[data-action="${CSS.escape(focused)}"]`)?.focus();
}
