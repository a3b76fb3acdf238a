import { h } from './dom.js';
import { drawMessage, isEdited } from './message.js';
import { dayOf } from './times.js';

const GROUP_SECONDS = 300;
/** As near to the end as this counts as being there. */
const END_PIXELS = 120;

/** Draws the messages of one place or one thread, keeping the elements of those that did not change. */
export function createMessageList(root) {
  let drawn = new Map();
  let drawnFor = '';
  let wasAtEnd = true;
  let lastTop = 0;
  // Only a move upwards leaves the end: below, the messages may just have grown.
  root.addEventListener('scroll', () => {
    const isNear = root.scrollHeight - root.scrollTop - root.clientHeight < END_PIXELS;
    if (isNear || root.scrollTop < lastTop) wasAtEnd = isNear;
    lastTop = root.scrollTop;
  });
  // A picture that arrives after its message must not push the end out of sight. Load events do not bubble.
  root.addEventListener(
    'load',
    () => {
      if (wasAtEnd) root.scrollTop = root.scrollHeight;
    },
    true,
  );

  /**
   * `entries`: pairs of a message and its replies. `key` tells places and threads apart; `before` and `after` are elements
   * around the messages, and `newSince` is the last message that was read before.
   */
  return function draw(page, { key, entries, before = [], after = [], newSince = 0 }) {
    const whole = `${page.data.user} ${key} ${page.width}`;
    const stayAtEnd = whole !== drawnFor || wasAtEnd;
    if (whole !== drawnFor) drawn = new Map();
    drawnFor = whole;
    const next = new Map();
    const nodes = [...before];
    let previous = null;
    let isMarked = newSince === 0;
    for (const { message, replies } of entries) {
      const day = dayOf(page, message.ts);
      const isNewDay = previous === null || dayOf(page, previous.ts) !== day;
      if (isNewDay && !page.isThread) nodes.push(separator('day', day));
      const isFirstNew = !isMarked && Number(message.ts) > newSince && message.user !== page.data.user;
      if (isFirstNew) {
        nodes.push(separator('new', page.texts.new));
        isMarked = true;
      }
      const follows = !isNewDay && !isFirstNew && isFollowing(previous, message);
      const known = drawn.get(message.ts);
      const edits = isEdited(message, page);
      const same =
        known !== undefined &&
        known.edits === edits &&
        known.message === message &&
        known.follows === follows &&
        sameItems(known.replies, replies);
      const entry = same
        ? known
        : { message, follows, replies, edits, node: drawMessage(message, replies, follows, page) };
      next.set(message.ts, entry);
      nodes.push(entry.node);
      previous = message;
    }
    nodes.push(...after);
    drawn = next;
    const focused = document.activeElement;
    root.replaceChildren(...nodes);
    if (focused !== document.activeElement && focused?.isConnected) focused.focus({ preventScroll: true });
    if (stayAtEnd) root.scrollTop = root.scrollHeight;
    wasAtEnd = stayAtEnd;
  };
}

function separator(kind, words) {
  return h('div', { class: kind, role: 'separator', 'aria-label': words }, h('span', {}, words));
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

/** The messages of a place, each with the answers below it; an answer whose first message is gone stands by itself. */
export function entriesOf(messages, channel) {
  const here = messages.filter((message) => message.channel === channel);
  const known = new Set(here.map(({ ts }) => ts));
  const isTop = (message) => message.threadTs === null || !known.has(message.threadTs);
  return here
    .filter(isTop)
    .map((message) => ({ message, replies: here.filter(({ threadTs }) => threadTs === message.ts) }));
}

export function drawWorking(texts) {
  return h(
    'p',
    { class: 'working', role: 'status' },
    h('span', { class: 'spinner', 'aria-hidden': 'true' }),
    texts.working,
  );
}
