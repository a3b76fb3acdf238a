/**
 * An element with attributes, listeners (`on`) and children. Strings become text nodes, so data never becomes mark-up.
 */
export function h(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/** The same for an SVG element. */
export function svg(tag, attributes = {}, ...children) {
  return fill(document.createElementNS('http://www.w3.org/2000/svg', tag), attributes, children);
}

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    // Properties that an attribute only sets at first.
    if (name === 'checked' || name === 'selected') element[name] = value;
    else if (name === 'on')
      for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
    else if (value === true) element.setAttribute(name, '');
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, String(value));
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Only web addresses may be followed. */
export function safeUrl(url) {
  return /^(https?:|mailto:)/i.test(url) ? url : null;
}

const HUES = [262, 200, 152, 24, 340, 228, 96, 300, 180, 45];

/** A square with a person's initials, coloured by their id. */
export function avatar(id, name, size = '') {
  const words = name.trim().split(/\s+/);
  const initials = /^[\p{Script=Han}]/u.test(name)
    ? name.slice(-1)
    : words
        .map((word) => word[0])
        .slice(0, 2)
        .join('');
  const hue = HUES[[...id].reduce((sum, letter) => (sum * 5 + letter.charCodeAt(0)) % 9973, 0) % HUES.length];
  const box = h('span', { class: `avatar ${size}`, 'aria-hidden': 'true' }, initials.toUpperCase());
  box.style.setProperty('--hue', hue);
  return box;
}

export function appAvatar(size = '') {
  return h('img', { class: `avatar ${size}`, src: '/page/icon.svg', alt: '' });
}
