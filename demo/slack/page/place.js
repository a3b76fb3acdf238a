import { appAvatar, h } from './dom.js';
import { icon } from './icons.js';

const FIRST_COMMANDS = ['/churn-risk', '/segments', '/kith help'];

/** What the place that is shown is called, what it is for, and what the composer says below itself. */
export function placeOf(page) {
  const { data, texts } = page;
  const shortcuts = data.shortcuts
    .filter(({ kind }) => kind === 'global')
    .map(({ name, callbackId }) => ({ label: name, run: () => page.onShortcut(callbackId) }));
  const channel = data.channels.find((item) => item.id === page.channel);
  if (channel === undefined)
    return { title: data.app.name, about: '', members: 0, channel: null, hint: texts.directHint, shortcuts };
  const { name, purpose, members } = channel;
  return { title: `#${name}`, about: purpose, members: members.length, channel, hint: texts.hint, shortcuts };
}

/** The line above the messages; `page` brings `onMenu()` and `onTab(name)`. */
export function drawHeader(root, page) {
  const { title, about, members, channel } = placeOf(page);
  const { texts } = page;
  const menu = h(
    'button',
    {
      type: 'button',
      class: 'menu',
      'aria-label': texts.openMenu,
      'aria-controls': 'sidebar',
      on: { click: page.onMenu },
    },
    icon('menu'),
  );
  const fresh = channel === null ? page.unread(page.channel) : 0;
  const tab = (name) =>
    h(
      'button',
      {
        type: 'button',
        class: 'tab',
        'aria-pressed': String(page.tab === name),
        on: { click: () => page.onTab(name) },
      },
      texts[name],
      name === 'messages' && page.tab === 'home' && fresh > 0 && h('span', { class: 'badge' }, String(fresh)),
    );
  root.replaceChildren(
    menu,
    channel === null ? appAvatar('small') : '',
    h('h1', {}, title),
    h('p', { class: 'about' }, about),
    channel?.isExtShared ? h('span', { class: 'tag' }, texts.shared) : '',
    channel?.isArchived ? h('span', { class: 'tag' }, texts.archived) : '',
    channel === null ? h('div', { class: 'tabs' }, tab('home'), tab('messages')) : '',
    channel === null ? '' : h('span', { class: 'members' }, texts.members(members)),
  );
}

/** The first lines of every place: what this is, and three commands to try. */
export function drawIntro(page) {
  const listed = page.data.commands.map((command) => command.command);
  const wanted = FIRST_COMMANDS.filter((text) => listed.includes(text.split(' ')[0]));
  const three = [...wanted, ...listed.filter((command) => !wanted.some((text) => text.startsWith(command)))].slice(
    0,
    3,
  );
  const chip = (text) =>
    h(
      'button',
      {
        type: 'button',
        class: 'chip',
        'aria-label': `${page.texts.tryOne} ${text}`,
        on: { click: () => page.onSuggestion(text) },
      },
      text,
    );
  return h(
    'section',
    { class: 'intro' },
    appAvatar('large'),
    h(
      'div',
      {},
      h('h2', {}, page.texts.startOf(placeOf(page).title)),
      h('p', {}, page.texts.newcomer),
      h('div', { class: 'chips' }, three.map(chip)),
    ),
  );
}
