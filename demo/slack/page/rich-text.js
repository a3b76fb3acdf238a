import { h, safeUrl } from './dom.js';

/** One part of a rich text: a paragraph, a list, a quote. */
export function richPart(part) {
  if (part.type === 'rich_text_list') {
    return h(
      part.style === 'ordered' ? 'ol' : 'ul',
      {},
      part.elements.map((item) => h('li', {}, item.elements.map(richInline))),
    );
  }
  const tag = { rich_text_preformatted: 'pre', rich_text_quote: 'blockquote' }[part.type] ?? 'div';
  return h(tag, {}, part.elements.map(richInline));
}

function richInline(inline) {
  if (inline.type === 'link' && safeUrl(inline.url)) {
    return h('a', { href: inline.url, target: '_blank', rel: 'noopener noreferrer' }, inline.text ?? inline.url);
  }
  let node = inline.text ?? (inline.type === 'user' ? `@${inline.user_id}` : (inline.name ?? ''));
  for (const [style, tag] of Object.entries({ bold: 'strong', italic: 'em', strike: 's', code: 'code' })) {
    if (inline.style?.[style]) node = h(tag, {}, node);
  }
  return node;
}
