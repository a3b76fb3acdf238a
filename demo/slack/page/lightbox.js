import { h } from './dom.js';
import { icon } from './icons.js';

/** Shows a picture as large as the window allows. Returns `enlarge(src, alt, closeLabel)`. */
export function createLightbox(box) {
  box.addEventListener('click', (event) => event.target === box && box.close());
  return function enlarge(src, alt, closeLabel) {
    const close = h(
      'button',
      { type: 'button', class: 'close', 'aria-label': closeLabel, on: { click: () => box.close() } },
      icon('close'),
    );
    box.replaceChildren(close, h('img', { src, alt }), h('p', {}, alt));
    box.setAttribute('aria-label', alt);
    box.showModal();
  };
}
