import { createActs } from './acts.js';
import { createComposer } from './composer.js';
import { createConfirm } from './confirm.js';
import { typedText } from './edit-message.js';
import { drawHome } from './home.js';
import { createLightbox } from './lightbox.js';
import { createMessageList, drawWorking, entriesOf } from './messages.js';
import { createModals } from './modals.js';
import { drawHeader, drawIntro, placeOf } from './place.js';
import { createReadMarks } from './read-marks.js';
import { createSession } from './session.js';
import { drawSidebar } from './sidebar.js';
import { textsFor } from './texts.js';
import { createThreadPane } from './thread.js';

const at = (id) => document.getElementById(id);
let page = null;
const marks = createReadMarks();
const session = createSession(hear, () => openUser(page.data.user, page.channel, page.tab));
const acts = createActs({ page: () => page, redraw: drawMain, tell });
const enlarge = createLightbox(at('lightbox'));
const drawList = createMessageList(at('list'));
const confirm = createConfirm(at('confirm'));
const composer = createComposer(
  at('composer'),
  'main',
  (text, files) => acts.send(text, null, files),
  () => editLast(false),
);
const drawThread = createThreadPane(at('thread'), {
  reply: (text, files) => acts.send(text, page.thread, files),
  editLast: () => editLast(true),
  close: () => openThread(null),
});
const showModals = createModals(at('modal'), {
  submit: acts.submit,
  close: acts.closeModal,
  click: (action, entered) => acts.click({ ...action, surface: 'modal' }, entered),
});

async function openUser(user, channel = '', tab = 'messages') {
  confirm.dismiss();
  const opened = await session.open(user);
  if (opened === null) return;
  const { data, start } = opened;
  const me = data.users.find((candidate) => candidate.id === data.user);
  if (me === undefined) {
    openUser('');
    return;
  }
  const names = new Map([
    ...data.users.map((item) => [item.id, item.realName]),
    ...data.channels.map((item) => [item.id, item.name]),
    [data.app.userId, data.app.name],
  ]);
  const known = [...data.channels.map((item) => item.id), data.direct];
  page = {
    data,
    texts: textsFor(me.locale),
    locale: me.locale,
    zone: me.tz,
    names: (id) => names.get(id),
    people: data.users,
    places: data.channels,
    channel: known.includes(channel) ? channel : known[0],
    tab,
    thread: null,
    editing: null,
    working: null,
    homeEntered: {},
    unread: (id) => marks.unread(page, id),
    onChannel: (id) => openChannel(id),
    onUser: (id) => openUser(id, page.channel),
    onImage: enlarge,
    onAction: acts.click,
    onShortcut: acts.shortcut,
    onThread: openThread,
    onMenu: () => showMenu(true),
    onTab: openTab,
    onSuggestion: (text) => composer.fill(text),
    onConfirm: (asked) => confirm.ask(asked, page.names),
    onEdit: edit,
    onEdited: saveEdit,
    onDelete: askToDelete,
  };
  document.documentElement.lang = me.locale;
  document.title = `Kith · ${data.team.name}`;
  openChannel(page.channel, page.channel === data.direct ? tab : 'messages');
  showModals(data.modals, page);
  start();
}

function openChannel(channel, tab = 'messages') {
  page.channel = channel;
  page.tab = tab;
  page.thread = null;
  page.editing = null;
  page.newSince = marks.since(page, channel);
  acts.stopWorking();
  showMenu(false);
  drawAll();
  setAddress();
  // The app hears of it, as in Slack, and may publish or renew its Home.
  if (channel === page.data.direct) acts.openHome(tab);
}

function setAddress() {
  location.hash = [page.data.user, page.channel, ...(page.tab === 'home' ? ['home'] : [])].join('/');
}

/** Opens what the address names: a user, a place, a tab. */
function followAddress() {
  const [user = '', channel = '', tab = 'messages'] = decodeURIComponent(location.hash.slice(1)).split('/');
  const isHere = page !== null && user === page.data.user && channel === page.channel && tab === page.tab;
  if (!isHere) openUser(user, channel, tab);
}

function drawAll() {
  marks.mark(page);
  drawSidebar(at('sidebar'), page);
  drawHeader(at('header'), page);
  const { title, hint, shortcuts } = placeOf(page);
  composer.set(page, { placeholder: page.texts.write(title), hint, shortcuts });
  drawMain();
}

function drawMain() {
  const list = at('list');
  const place = placeOf(page);
  list.setAttribute('aria-label', `${page.texts.list}: ${place.title}`);
  document.body.classList.toggle('thread-open', page.thread !== null);
  drawThread(page, place);
  const isHome = page.tab === 'home';
  at('composer').hidden = isHome || place.channel?.isArchived === true;
  page.width = Math.max(240, list.clientWidth - (list.clientWidth < 600 ? 80 : 110));
  if (isHome) return drawHome(list, page);
  const isWorking = page.working !== null && page.working.thread === null;
  drawList(page, {
    key: page.channel,
    entries: entriesOf(page.data.messages, page.channel),
    before: [drawIntro(page)],
    after: isWorking ? [drawWorking(page.texts)] : [],
    newSince: page.newSince,
  });
}

function openTab(tab) {
  page.tab = tab;
  acts.openHome(tab);
  setAddress();
  drawAll();
}

function openThread(ts) {
  const before = page.thread;
  page.thread = ts;
  drawMain();
  if (ts === null && before !== null) at('list').querySelector(`[data-ts="${before}"] .thread-line`)?.focus();
}

/** Opens one's own message to be changed, where it is shown; null leaves it as it was. */
function edit(message, isThread = page.thread !== null && at('thread').contains(document.activeElement)) {
  const before = page.editing;
  page.editing = message === null ? null : { ts: message.ts, text: typedText(message.text, page.names), isThread };
  drawMain();
  if (message === null && before !== null) at(before.isThread ? 'thread-write' : 'main-write').focus();
}

/** The last message of one's own in the place, or in its thread; whether there is one. */
function editLast(isThread) {
  const { messages, user } = page.data;
  const isHere = ({ channel, threadTs, ts }) =>
    channel === page.channel && (isThread ? page.thread === (threadTs ?? ts) : threadTs === null);
  const last = messages.findLast((message) => message.user === user && isHere(message));
  if (last === undefined) return false;
  edit(last, isThread);
  return true;
}

async function saveEdit(message, text) {
  edit(null);
  await acts.edit(message, text);
}

async function askToDelete(message) {
  const { texts } = page;
  const plain = (text) => ({ type: 'plain_text', text });
  const asked = { title: plain(texts.deleteAsk), text: plain(texts.deleteText), confirm: plain(texts.delete) };
  if (!(await page.onConfirm({ ...asked, deny: plain(texts.cancel), style: 'danger' }))) return;
  await acts.remove(message);
  at('list').focus({ preventScroll: true });
}

/** Something that only the page says. */
function tell(words) {
  const nothing = { blocks: [], threadTs: null, files: [], cause: null, edited: false, deleted: false };
  const { channel, data } = page;
  const ts = String(Date.now() / 1000);
  data.messages.push({ ...nothing, channel, ts, user: 'USLACKBOT', text: words, ephemeralFor: data.user });
  drawMain();
}

function hear(event) {
  if (event.kind === 'place') {
    openUser(page.data.user, page.channel, page.tab);
    return;
  }
  if (event.kind === 'connections') page.data.connections = event.count;
  if (event.kind === 'home') {
    page.data.home = event.view;
    acts.answered();
  }
  if (event.kind === 'modals') {
    page.data.modals = event.views;
    acts.answered();
    showModals(event.views, page);
  }
  if (event.message !== undefined) hearOfMessage(event);
  marks.mark(page);
  drawSidebar(at('sidebar'), page);
  if (page.channel === page.data.direct) drawHeader(at('header'), page);
  drawMain();
}

function hearOfMessage({ kind, message }) {
  const { messages } = page.data;
  const index = messages.findIndex(({ ts, channel }) => ts === message.ts && channel === message.channel);
  if (kind === 'removed') messages.splice(index, index < 0 ? 0 : 1);
  else if (index < 0) messages.push(message);
  else messages[index] = message;
  if (message.user === page.data.user || message.channel !== page.channel) return;
  // An answer in a thread to somebody who waits for it must not stay out of sight.
  const isWaitedFor = acts.isWaiting() && messages.some(({ ts }) => ts === message.threadTs);
  if (kind === 'added' && message.threadTs !== null && isWaitedFor) page.thread = message.threadTs;
  acts.answered();
}

function showMenu(open) {
  document.body.classList.toggle('menu-open', open);
  at('shade').hidden = !open;
  at('shade').setAttribute('aria-label', page.texts.closeMenu);
  if (open) at('sidebar').querySelector('.place')?.focus();
}

// What scrolls must be reachable by the keyboard.
at('list').tabIndex = 0;
at('shade').addEventListener('click', () => showMenu(false));
document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && document.body.classList.contains('menu-open')) showMenu(false);
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (page === null || !event.altKey || step === undefined) return;
  event.preventDefault();
  const places = [...page.data.channels.map(({ id }) => id), page.data.direct];
  openChannel(places[(places.indexOf(page.channel) + step + places.length) % places.length]);
});
addEventListener('resize', () => requestAnimationFrame(() => page !== null && drawMain()));
addEventListener('hashchange', followAddress);
followAddress();
