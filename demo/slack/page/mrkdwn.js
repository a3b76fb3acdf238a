import { h, safeUrl } from './dom.js';

const EMOJI = {
  warning: '⚠️',
  white_check_mark: '✅',
  x: '❌',
  bulb: '💡',
  tada: '🎉',
  eyes: '👀',
  fire: '🔥',
  star: '⭐',
  bell: '🔔',
  hourglass_flowing_sand: '⏳',
  chart_with_upwards_trend: '📈',
  chart_with_downwards_trend: '📉',
  bar_chart: '📊',
  red_circle: '🔴',
  large_orange_circle: '🟠',
  large_yellow_circle: '🟡',
  large_green_circle: '🟢',
  lock: '🔒',
};
const INLINE = /`([^`\n]+)`|<([^<>\n]+)>|([*_~])([^\s\u200b](?:[^\n]*?[^\s\u200b])?)\3|:([a-z0-9_+-]+):/g;
const STYLES = { '*': 'strong', _: 'em', '~': 's' };

/** Slack's three escapes, undone. */
export function unescapeText(text) {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

/** Slack's mrkdwn as nodes. `names` tells what a user's or a channel's id is called. */
export function mrkdwn(text, names) {
  return text.split(/```\n?([\s\S]*?)```/).flatMap((piece, index) => {
    if (index % 2 === 1) return [h('pre', {}, unescapeText(piece))];
    return lines(piece, names);
  });
}

function lines(text, names) {
  const nodes = [];
  let quote = null;
  const rows = text.split('\n');
  rows.forEach((row, index) => {
    const quoted = /^(?:>|&gt;) ?(.*)$/.exec(row);
    if (quoted === null) {
      quote = null;
      nodes.push(...inline(row, names));
      if (index < rows.length - 1) nodes.push(h('br'));
      return;
    }
    if (quote === null) {
      quote = h('blockquote');
      nodes.push(quote);
    } else quote.append(h('br'));
    quote.append(...inline(quoted[1], names));
  });
  return nodes;
}

function inline(text, names) {
  const nodes = [];
  let end = 0;
  for (const match of text.matchAll(INLINE)) {
    const [whole, code, angle, mark, inner, emoji] = match;
    const start = match.index;
    const drawn = draw(
      { code, angle, mark, inner, emoji },
      text[start - 1] ?? ' ',
      text[start + whole.length] ?? ' ',
      names,
    );
    if (drawn === null) continue;
    nodes.push(unescapeText(text.slice(end, start)), drawn);
    end = start + whole.length;
  }
  nodes.push(unescapeText(text.slice(end)));
  return nodes.filter((node) => node !== '');
}

function draw({ code, angle, mark, inner, emoji }, before, after, names) {
  if (code !== undefined) return h('code', {}, unescapeText(code));
  if (angle !== undefined) return reference(angle, names);
  if (emoji !== undefined) return EMOJI[emoji] ?? null;
  // As in Slack, a mark inside a word is only a character.
  if (/\w/.test(before) || /\w/.test(after)) return null;
  return h(STYLES[mark], {}, ...inline(inner, names));
}

/** <https://…|text>, <@U…>, <#C…|name>, <!here>. */
function reference(text, names) {
  const [target, label] = text.split('|');
  if (target.startsWith('@'))
    return h('span', { class: 'mention' }, `@${names(target.slice(1)) ?? label ?? target.slice(1)}`);
  if (target.startsWith('#'))
    return h('span', { class: 'mention' }, `#${names(target.slice(1)) ?? label ?? target.slice(1)}`);
  if (target.startsWith('!')) return h('span', { class: 'mention' }, label ?? `@${target.slice(1)}`);
  const href = safeUrl(unescapeText(target));
  if (href === null) return unescapeText(label ?? target);
  return h('a', { href, target: '_blank', rel: 'noopener noreferrer' }, unescapeText(label ?? target));
}
