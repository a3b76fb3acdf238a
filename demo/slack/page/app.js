import { drawBlocks } from './blocks.js';
import { createComposer } from './composer.js';
import { h } from './dom.js';
import { createMessageList } from './messages.js';
import { drawHeader, drawIntro, placeOf } from './place.js';
import { act, followEvents, loadState } from './server.js';
import { drawSidebar } from './sidebar.js';
import { textsFor } from './texts.js';

const WAIT_FOR_ANSWER_MS = 60_000;

const at = (id) => document.getElementById(id);
const drawList = createMessageList(at('list'));
const composer = createComposer(at('composer'), send);
/** When each place was last read, by `user channel`. */
const read = new Map(Object.entries(JSON.parse(sessionStorage.getItem('read') ?? '{}')));
let page = null;
let stopFollowing = () => {};
let openings = 0;

async function openUser(user, channel = '') {
  const opening = ++openings;
  stopFollowing();
  // Listening starts before the state is read, so that nothing falls between the two.
  const early = [];
  let listener = (event) => early.push(event);
  const following = followEvents(
    user,
    (event) => listener(event),
    () => openUser(page.data.user, page.channel),
  );
  stopFollowing = following.stop;
  await following.opened;
  const data = await loadState(user);
  // Somebody else was chosen meanwhile.
  if (opening !== openings) return;
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
    channel: known.includes(channel) ? channel : known[0],
    tab: 'messages',
    working: null,
    unread,
    onChannel: openChannel,
    onUser: (id) => openUser(id, page.channel),
    onImage: enlarge,
    onAction: click,
    onMenu: () => showMenu(true),
    onTab: openTab,
    onSuggestion: composer.fill,
  };
  document.documentElement.lang = me.locale;
  document.title = `Kith · ${data.team.name}`;
  openChannel(page.channel);
  listener = hear;
  early.forEach(hear);
}

function openChannel(channel) {
  page.channel = channel;
  page.tab = 'messages';
  stopWorking();
  location.hash = `${page.data.user}/${channel}`;
  showMenu(false);
  drawAll();
  // The app hears of it, as in Slack, and may publish or renew its Home.
  if (channel === page.data.direct) act({ act: 'home', user: page.data.user });
}

function drawAll() {
  markRead();
  drawSidebar(at('sidebar'), page);
  drawHeader(at('header'), page);
  composer.set(page, placeOf(page).title);
  drawMain();
}

function drawMain() {
  const list = at('list');
  list.setAttribute('aria-label', `${page.texts.list}: ${placeOf(page).title}`);
  const isHome = page.tab === 'home';
  at('composer').hidden = isHome;
  page.width = Math.max(240, list.clientWidth - (list.clientWidth < 600 ? 80 : 110));
  if (!isHome) return drawList({ ...page, intro: drawIntro(page) });
  const blocks = drawBlocks(page.data.home.definition.blocks, { ...page, onAction: () => {} });
  list.replaceChildren(h('div', { class: 'home body' }, blocks));
}

function openTab(tab) {
  page.tab = tab;
  drawHeader(at('header'), page);
  drawMain();
}

async function send(text) {
  const where = { user: page.data.user, channel: page.channel };
  if (!text.startsWith('/')) return report(await act({ act: 'message', ...where, text }));
  const [, command, rest] = /^(\S+)\s*([\s\S]*)$/.exec(text);
  startWorking();
  const answer = await act({ act: 'command', ...where, command, text: rest });
  report(answer);
  if (answer.outcome !== 'acknowledged') stopWorking();
}

function startWorking() {
  stopWorking();
  page.working = setTimeout(stopWorking, WAIT_FOR_ANSWER_MS);
  drawMain();
}

function stopWorking() {
  if (page.working === null) return;
  clearTimeout(page.working);
  page.working = null;
  drawMain();
}

/** A clicked button turns until the app says something. */
const waiting = new Set();
async function click(message, actionId, button) {
  button.setAttribute('aria-busy', 'true');
  waiting.add(button);
  const answer = await act({ act: 'click', user: page.data.user, channel: message.channel, ts: message.ts, actionId });
  report(answer);
  setTimeout(() => rest(button), answer.outcome === 'acknowledged' ? WAIT_FOR_ANSWER_MS : 0);
}

function rest(button) {
  button.removeAttribute('aria-busy');
  waiting.delete(button);
}

function report(answer) {
  if (answer.error === undefined) return;
  page.data.messages.push({
    channel: page.channel,
    ts: String(Date.now() / 1000),
    user: 'USLACKBOT',
    text: `${page.texts.failed}: ${answer.error}`,
    blocks: [],
    threadTs: null,
    ephemeralFor: page.data.user,
    files: [],
    cause: null,
  });
  drawMain();
}

function hear(event) {
  const { messages } = page.data;
  if (event.kind === 'connections') page.data.connections = event.count;
  if (event.kind === 'home') {
    page.data.home = event.view;
    drawHeader(at('header'), page);
  }
  if (event.message !== undefined) {
    const index = messages.findIndex(
      (message) => message.ts === event.message.ts && message.channel === event.message.channel,
    );
    if (event.kind === 'removed') messages.splice(index, index < 0 ? 0 : 1);
    else if (index < 0) messages.push(event.message);
    else messages[index] = event.message;
    if (event.message.user !== page.data.user && event.message.channel === page.channel) {
      stopWorking();
      for (const button of [...waiting]) rest(button);
    }
  }
  markRead();
  drawSidebar(at('sidebar'), page);
  drawMain();
}

function unread(channel) {
  const since = Number(read.get(`${page.data.user} ${channel}`) ?? 0);
  return page.data.messages.filter(
    (message) => message.channel === channel && message.user !== page.data.user && Number(message.ts) > since,
  ).length;
}

function markRead() {
  const here = page.data.messages.filter((message) => message.channel === page.channel);
  read.set(`${page.data.user} ${page.channel}`, Math.max(0, ...here.map((message) => Number(message.ts))));
  sessionStorage.setItem('read', JSON.stringify(Object.fromEntries(read)));
}

function enlarge(src, alt) {
  const box = at('lightbox');
  const close = h(
    'button',
    { type: 'button', class: 'close', 'aria-label': page.texts.close, on: { click: () => box.close() } },
    '✕',
  );
  box.replaceChildren(close, h('img', { src, alt }), h('p', {}, alt));
  box.setAttribute('aria-label', alt);
  box.showModal();
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
at('lightbox').addEventListener('click', (event) => event.target === at('lightbox') && at('lightbox').close());
document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && document.body.classList.contains('menu-open')) showMenu(false);
});
addEventListener('resize', () => requestAnimationFrame(() => page !== null && drawMain()));
const [user = '', channel = ''] = decodeURIComponent(location.hash.slice(1)).split('/');
openUser(user, channel);
