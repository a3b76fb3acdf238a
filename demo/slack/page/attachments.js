import { drawBlocks } from './blocks.js';
import { h } from './dom.js';
import { icon } from './icons.js';

/** A file that came with a message: a picture as it is, anything else as a card to take it away with. */
export function drawAttachment(file, view) {
  if (file.mimetype.startsWith('image/'))
    return drawBlocks([{ type: 'image', slack_file: { id: file.id }, alt_text: file.altText || file.title }], view)[0];
  const kind = file.name.split('.').at(-1).toUpperCase();
  return h(
    'a',
    {
      class: 'file-card',
      href: `/page-api/files/${encodeURIComponent(file.id)}`,
      download: file.name,
      'aria-label': `${view.texts.download}: ${file.title}`,
    },
    h('span', { class: `file-kind kind-${kind.toLowerCase()}`, 'aria-hidden': 'true' }, kind),
    h(
      'span',
      { class: 'file-words' },
      h('strong', {}, file.title),
      h('span', {}, [...(file.title === file.name ? [] : [file.name]), sizeOf(file.size, view.locale)].join(' · ')),
    ),
    icon('download'),
  );
}

/** How large a file is, in the person's words. */
export function sizeOf(bytes, locale) {
  const kilobytes = bytes / 1000;
  const unit = kilobytes < 1000 ? 'kilobyte' : 'megabyte';
  const value = kilobytes < 1000 ? Math.max(0.1, kilobytes) : kilobytes / 1000;
  const format = { style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits: value < 10 ? 1 : 0 };
  return new Intl.NumberFormat(locale, format).format(value);
}
