import { appAvatar, avatar, h } from './dom.js';
import { icon } from './icons.js';

/**
 * The workspace, its channels, the direct conversation with the app, and the switch between users. `page` carries what is
 * shown (`data`, `channel`, `texts`, `unread(id)`) and `onChannel(id)`, `onUser(id)`.
 */
export function drawSidebar(root, page) {
  const { data, texts } = page;
  // News must not close the menu under somebody's hand, nor take the focus away.
  if (root.dataset.user === data.user && root.querySelector('.people:not([hidden])') !== null) return;
  root.dataset.user = data.user;
  const focused = root.contains(document.activeElement) ? document.activeElement.dataset.channel : undefined;
  const me = data.users.find((user) => user.id === data.user);
  root.setAttribute('aria-label', data.team.name);
  root.replaceChildren(
    h(
      'div',
      { class: 'workspace' },
      h('span', { class: 'workspace-mark', 'aria-hidden': 'true' }, data.team.name.slice(0, 1)),
      h('div', {}, h('strong', {}, data.team.name), h('span', { class: 'workspace-note' }, texts.workspaceNote)),
    ),
    h(
      'nav',
      { 'aria-label': texts.channels },
      h('h2', {}, texts.channels),
      h(
        'ul',
        {},
        data.channels.map((channel) => place(page, channel.id, `#${channel.name}`, hash(channel), channel.name)),
      ),
      h('h2', {}, texts.apps),
      h(
        'ul',
        {},
        place(page, data.direct, texts.openTo(data.app.name), appAvatar('small'), data.app.name, presence(page)),
      ),
    ),
    switcher(page, me),
  );
  if (focused !== undefined) root.querySelector(`[data-channel="${CSS.escape(focused)}"]`)?.focus();
}

function hash(channel) {
  return h('span', { class: 'hash' }, icon(channel.isPrivate ? 'lock' : 'hash'));
}

function presence({ data, texts }) {
  const on = data.connections > 0;
  return h('span', {
    class: `dot ${on ? 'on' : ''}`,
    role: 'img',
    'aria-label': on ? texts.connected : texts.offline,
    title: on ? texts.connected : texts.offline,
  });
}

function place(page, id, label, icon, name, extra) {
  const count = id === page.channel ? 0 : page.unread(id);
  const attributes = {
    type: 'button',
    class: `place ${id === page.channel ? 'current' : ''} ${count > 0 ? 'unread' : ''}`,
    'data-channel': id,
    'aria-current': id === page.channel ? 'page' : null,
    'aria-label': count > 0 ? `${label}, ${page.texts.unread(count)}` : label,
    on: { click: () => page.onChannel(id) },
  };
  return h(
    'li',
    {},
    h(
      'button',
      attributes,
      icon,
      h('span', { class: 'place-name' }, name),
      extra,
      count > 0 && h('span', { class: 'badge' }, String(count)),
    ),
  );
}

/** A person, what they do, and what Kith lets them do where the workspace knows it. */
function person(user, texts) {
  const access = texts.access[user.access];
  return [
    avatar(user.id, user.realName),
    h('span', { class: 'person' }, h('strong', {}, user.realName), h('span', {}, user.role)),
    access && h('span', { class: `access access-${user.access}`, title: texts.accessNote(access) }, access),
  ];
}

function switcher(page, me) {
  const { data, texts } = page;
  const menu = h('ul', { class: 'people', role: 'menu', 'aria-label': texts.switchUser, hidden: true });
  const toggle = h(
    'button',
    {
      type: 'button',
      class: 'me',
      'aria-haspopup': 'menu',
      'aria-expanded': 'false',
      'aria-label': `${texts.youAre} ${me.realName}. ${texts.switchUser}`,
    },
    person(me, texts),
    h('span', { class: 'chevron' }, icon('up')),
  );
  const show = (open) => {
    menu.hidden = !open;
    toggle.setAttribute('aria-expanded', String(open));
    (open ? (menu.querySelector('[aria-checked="true"]') ?? menu.querySelector('button')) : toggle).focus();
  };
  menu.append(
    ...data.users.map((user) => {
      const attributes = {
        type: 'button',
        role: 'menuitemradio',
        'aria-checked': String(user.id === me.id),
        'data-user': user.id,
        on: { click: () => page.onUser(user.id) },
      };
      return h('li', { role: 'none' }, h('button', attributes, person(user, texts)));
    }),
  );
  toggle.addEventListener('click', () => show(menu.hidden));
  menu.addEventListener('keydown', (event) => {
    const items = [...menu.querySelectorAll('button')];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === 'Escape') show(false);
    if (step === undefined) return;
    event.preventDefault();
    items[(items.indexOf(document.activeElement) + step + items.length) % items.length].focus();
  });
  const box = h('div', { class: 'switcher' }, h('p', { class: 'switcher-note' }, texts.whoAreYou), menu, toggle);
  box.addEventListener('focusout', (event) => {
    if (event.relatedTarget !== null && !box.contains(event.relatedTarget)) menu.hidden = true;
  });
  return box;
}
