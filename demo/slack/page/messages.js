import { drawBlocks } from './blocks.js';
import { appAvatar, avatar, h, svg } from './dom.js';
import { mrkdwn } from './mrkdwn.js';

const GROUP_SECONDS = 300;
/** As near to the end as this counts as being there. */
const END_PIXELS = 120;

/** Draws the messages of one place, keeping the elements of those that did not change. */
export function createMessageList(root) {
  let drawn = new Map();
  let drawnFor = '';
  let wasAtEnd = true;
  root.addEventListener('scroll', () => {
    wasAtEnd = root.scrollHeight - root.scrollTop - root.clientHeight < END_PIXELS;
  });
  // A picture that arrives after its message must not push the end out of sight. Load events do not bubble.
  root.addEventListener(
    'load',
    () => {
      if (wasAtEnd) root.scrollTop = root.scrollHeight;
    },
    true,
  );

  /** `page`: data, channel, texts, locale, zone, names(id), width, intro (an element or null), working, onImage, onAction. */
  return function draw(page) {
    const key = `${page.data.user} ${page.channel} ${page.width}`;
    const stayAtEnd = key !== drawnFor || wasAtEnd;
    if (key !== drawnFor) drawn = new Map();
    drawnFor = key;
    const here = page.data.messages.filter((message) => message.channel === page.channel);
    const top = here.filter(
      (message) => message.threadTs === null || !here.some((other) => other.ts === message.threadTs),
    );
    const next = new Map();
    const nodes = page.intro === null ? [] : [page.intro];
    let before = null;
    for (const message of top) {
      const day = dayOf(page, message.ts);
      if (before === null || dayOf(page, before.ts) !== day)
        nodes.push(h('div', { class: 'day', role: 'separator' }, h('span', {}, day)));
      const replies = here.filter((other) => other.threadTs === message.ts && other !== message);
      const follows = before !== null && isFollowing(before, message) && dayOf(page, before.ts) === day;
      const known = drawn.get(message.ts);
      const same =
        known !== undefined &&
        known.message === message &&
        known.follows === follows &&
        sameItems(known.replies, replies);
      const entry = same ? known : { message, follows, replies, node: drawMessage(message, replies, follows, page) };
      next.set(message.ts, entry);
      nodes.push(entry.node);
      before = message;
    }
    if (page.working) nodes.push(drawWorking(page));
    drawn = next;
    const focused = document.activeElement;
    root.replaceChildren(...nodes);
    if (focused !== document.activeElement && focused?.isConnected) focused.focus({ preventScroll: true });
    if (stayAtEnd) root.scrollTop = root.scrollHeight;
    wasAtEnd = stayAtEnd;
  };
}

function sameItems(a, b) {
  return a.length === b.length && a.every((item, index) => item === b[index]);
}

function isFollowing(before, message) {
  const isPlain = (item) => item.ephemeralFor === null && item.cause === null;
  return (
    before.user === message.user &&
    isPlain(before) &&
    isPlain(message) &&
    Number(message.ts) - Number(before.ts) < GROUP_SECONDS
  );
}

function instant(ts) {
  return new Date(Number(ts) * 1000);
}

function dayOf(page, ts) {
  const format = (date, options) =>
    new Intl.DateTimeFormat(page.locale, { timeZone: page.zone, ...options }).format(date);
  const long = { weekday: 'long', month: 'long', day: 'numeric' };
  const day = format(instant(ts), long);
  if (day === format(new Date(), long)) return page.texts.today;
  if (day === format(new Date(Date.now() - 86_400_000), long)) return page.texts.yesterday;
  return day;
}

function timeOf(page, ts) {
  const at = instant(ts);
  const format = (options) => new Intl.DateTimeFormat(page.locale, { timeZone: page.zone, ...options }).format(at);
  return h(
    'time',
    { datetime: at.toISOString(), title: format({ dateStyle: 'full', timeStyle: 'short' }) },
    format({ hour: 'numeric', minute: '2-digit' }),
  );
}

function authorOf(page, id) {
  if (id === page.data.app.userId) return { name: page.data.app.name, icon: appAvatar(), isApp: true };
  if (id === 'USLACKBOT') return { name: 'Slackbot', icon: avatar('USLACKBOT', 'Slackbot'), isApp: true };
  const user = page.data.users.find((candidate) => candidate.id === id);
  return { name: user?.realName ?? id, icon: avatar(id, user?.realName ?? id), isApp: false };
}

function drawMessage(message, replies, follows, page) {
  const author = authorOf(page, message.user);
  const alone = message.ephemeralFor !== null;
  const cause = message.cause && page.texts.used(authorOf(page, message.cause.user).name, message.cause.text);
  return h(
    'article',
    {
      class: `message ${alone ? 'alone' : ''} ${follows ? 'follows' : ''}`,
      'data-ts': message.ts,
      'aria-label': `${author.name}: ${message.text.slice(0, 120)}`,
    },
    alone && h('p', { class: 'alone-note' }, eye(), page.texts.onlyYou),
    cause && h('p', { class: 'cause' }, cause[0], h('code', {}, cause[1])),
    h('div', { class: 'gutter' }, follows ? timeOf(page, message.ts) : author.icon),
    h(
      'div',
      { class: 'content' },
      !follows &&
        h(
          'p',
          { class: 'byline' },
          h('strong', {}, author.name),
          author.isApp && h('span', { class: 'app-tag' }, page.texts.app),
          timeOf(page, message.ts),
        ),
      drawContent(message, page),
      replies.length > 0 &&
        h(
          'div',
          { class: 'replies' },
          h('p', { class: 'quiet' }, page.texts.replies(replies.length)),
          replies.map((reply) => drawMessage(reply, [], false, page)),
        ),
    ),
  );
}

function drawContent(message, page) {
  const view = { ...page, onAction: (actionId, button) => page.onAction(message, actionId, button) };
  const body =
    message.blocks.length > 0
      ? drawBlocks(message.blocks, view)
      : [h('div', { class: 'words' }, mrkdwn(message.text, page.names))];
  if (message.edited && message.ephemeralFor === null)
    body.push(h('span', { class: 'quiet' }, `(${page.texts.edited})`));
  return h(
    'div',
    { class: 'body' },
    body,
    message.files.map((id) => drawBlocks([{ type: 'image', slack_file: { id }, alt_text: '' }], view)),
  );
}

function eye() {
  const outline = svg('path', { d: 'M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8Z' });
  return svg(
    'svg',
    { class: 'eye', viewBox: '0 0 16 16', 'aria-hidden': 'true' },
    outline,
    svg('circle', { cx: 8, cy: 8, r: 2 }),
  );
}

function drawWorking(page) {
  return h(
    'p',
    { class: 'working', role: 'status' },
    h('span', { class: 'spinner', 'aria-hidden': 'true' }),
    page.texts.working,
  );
}
