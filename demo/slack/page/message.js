import { drawAttachment } from './attachments.js';
import { drawBlocks } from './blocks.js';
import { appAvatar, avatar, h } from './dom.js';
import { drawEditor } from './edit-message.js';
import { icon } from './icons.js';
import { drawToolbar } from './menu.js';
import { mrkdwn } from './mrkdwn.js';
import { dayOf, instant } from './times.js';

export function authorOf(page, id) {
  if (id === page.data.app.userId) return { name: page.data.app.name, icon: appAvatar(), isApp: true };
  if (id === 'USLACKBOT') return { name: 'Slackbot', icon: avatar('USLACKBOT', 'Slackbot'), isApp: true };
  const user = page.data.users.find((candidate) => candidate.id === id);
  return { name: user?.realName ?? id, icon: avatar(id, user?.realName ?? id), isApp: false };
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

/** One message with its author, its content, what can be done with it, and the line of its thread. */
export function drawMessage(message, replies, follows, page) {
  const author = authorOf(page, message.user);
  const alone = message.ephemeralFor !== null;
  const cause = message.cause && page.texts.used(authorOf(page, message.cause.user).name, message.cause.text);
  return h(
    'article',
    {
      class: `message ${alone ? 'alone' : ''} ${follows ? 'follows' : ''} ${message.deleted ? 'gone' : ''}`,
      'data-ts': message.ts,
      'aria-label': message.deleted ? page.texts.wasDeleted : `${author.name}: ${message.text.slice(0, 120)}`,
    },
    alone && h('p', { class: 'alone-note' }, icon('eye'), page.texts.onlyYou),
    cause && h('p', { class: 'cause' }, cause[0], h('code', {}, cause[1])),
    h('div', { class: 'gutter' }, message.deleted ? icon('trash') : follows ? timeOf(page, message.ts) : author.icon),
    h(
      'div',
      { class: 'content' },
      !follows &&
        !message.deleted &&
        h(
          'p',
          { class: 'byline' },
          h('strong', {}, author.name),
          author.isApp && h('span', { class: 'app-tag' }, page.texts.app),
          timeOf(page, message.ts),
        ),
      drawContent(message, page),
      replies.length > 0 && drawThreadLine(message, replies, page),
    ),
    !alone && !message.deleted && !isEdited(message, page) && drawToolbar(message, page),
  );
}

/** Whether the person changes this message's words now. */
export function isEdited(message, page) {
  return page.editing?.ts === message.ts && page.editing.isThread === (page.isThread === true);
}

function drawContent(message, page) {
  if (message.deleted) return h('p', { class: 'quiet words' }, page.texts.wasDeleted);
  const act = (action) => page.onAction({ ...action, surface: 'message', channel: message.channel, ts: message.ts });
  const view = { ...page, onAction: act };
  if (isEdited(message, page)) return h('div', { class: 'body' }, drawEditor(message, page), filesOf(message, view));
  const body =
    message.blocks.length > 0
      ? drawBlocks(message.blocks, view)
      : message.text === ''
        ? []
        : [h('div', { class: 'words' }, mrkdwn(message.text, page.names))];
  if (message.edited && message.ephemeralFor === null) {
    const mark = h('span', { class: 'quiet edited' }, `(${page.texts.edited})`);
    // At the end of the words, where there is nothing but words.
    if (message.blocks.length === 0 && body.length > 0) body[0].append(' ', mark);
    else body.push(mark);
  }
  return h('div', { class: 'body' }, body, filesOf(message, view));
}

function filesOf(message, view) {
  return (message.attachments ?? []).map((file) => drawAttachment(file, view));
}

/** Who answered below a message, how often, and when last: it opens the thread. */
function drawThreadLine(message, replies, page) {
  const people = [...new Set(replies.map(({ user }) => user))].slice(0, 4);
  const last = replies.at(-1).ts;
  return h(
    'button',
    { type: 'button', class: 'thread-line', on: { click: () => page.onThread(message.ts) } },
    h(
      'span',
      { class: 'faces' },
      people.map((id) => authorOf(page, id).icon),
    ),
    h('strong', {}, page.texts.replies(replies.length)),
    h('span', { class: 'quiet' }, page.texts.lastReply(dayOf(page, last)), ' ', timeOf(page, last)),
  );
}
