import { type ApiMethod, ApiRefusal, isTrue, text } from './api-method.ts';
import type { JsonObject } from './checker.ts';
import type { StandInUser } from './stand-in-types.ts';
import type { Conversation, Workspace } from './workspace.ts';

const authTest: ApiMethod = {
  scope: '',
  token: 'bot',
  run: ({ workspace, baseUrl }) => ({
    ok: true,
    url: `${baseUrl()}/`,
    team: workspace.team.name,
    team_id: workspace.team.id,
    user: workspace.app.name.toLowerCase(),
    user_id: workspace.app.userId,
    bot_id: workspace.app.botId,
    is_enterprise_install: false,
  }),
};

/** Seconds east of Greenwich at an instant, as Slack's `tz_offset`. */
export function zoneOffset(tz: string, now: number): number {
  const name = new Intl.DateTimeFormat('en', { timeZone: tz, timeZoneName: 'longOffset' })
    .formatToParts(now)
    .find((part) => part.type === 'timeZoneName')?.value;
  const [, sign, hours, minutes] = /GMT([+-])(\d\d):(\d\d)/.exec(name ?? '') ?? [];
  return sign === undefined ? 0 : (sign === '-' ? -1 : 1) * (Number(hours) * 3600 + Number(minutes) * 60);
}

function describeUser(workspace: Workspace, user: StandInUser, now: number, withLocale: boolean): JsonObject {
  return {
    id: user.id,
    team_id: workspace.team.id,
    name: user.name,
    real_name: user.realName,
    deleted: false,
    is_bot: false,
    is_app_user: false,
    tz: user.tz,
    tz_label: user.tz,
    tz_offset: zoneOffset(user.tz, now),
    profile: { real_name: user.realName, display_name: user.name, title: user.role, email: user.email },
    ...(withLocale ? { locale: user.locale } : {}),
  };
}

const usersInfo: ApiMethod = {
  scope: 'users:read',
  token: 'bot',
  run({ workspace, now }, args) {
    const id = text(args, 'user');
    if (id === workspace.app.userId) {
      return {
        ok: true,
        user: { id, team_id: workspace.team.id, name: 'kith', real_name: workspace.app.name, is_bot: true },
      };
    }
    const user = workspace.users.get(id);
    if (user === undefined) throw new ApiRefusal('user_not_found');
    return { ok: true, user: describeUser(workspace, user, now(), isTrue(args, 'include_locale')) };
  },
};

const lookupByEmail: ApiMethod = {
  scope: 'users:read.email',
  token: 'bot',
  run({ workspace, now }, args) {
    const email = text(args, 'email').toLowerCase();
    const user = [...workspace.users.values()].find((candidate) => candidate.email.toLowerCase() === email);
    if (user === undefined) throw new ApiRefusal('users_not_found');
    return { ok: true, user: describeUser(workspace, user, now(), false) };
  },
};

function visibleConversation(workspace: Workspace, id: string): Conversation {
  const conversation = workspace.conversations.get(id);
  if (conversation === undefined || (conversation.isPrivate && !conversation.members.has(workspace.app.userId))) {
    throw new ApiRefusal('channel_not_found');
  }
  return conversation;
}

const conversationsInfo: ApiMethod = {
  scope: 'channels:read',
  token: 'bot',
  run({ workspace }, args) {
    const conversation = visibleConversation(workspace, text(args, 'channel'));
    const isDirect = conversation.kind === 'direct';
    const common = {
      id: conversation.id,
      is_im: isDirect,
      is_channel: !isDirect,
      is_private: conversation.isPrivate,
      is_archived: conversation.isArchived,
    };
    if (isDirect) {
      const user = [...conversation.members].find((member) => member !== workspace.app.userId);
      return { ok: true, channel: { ...common, user } };
    }
    const channel = {
      ...common,
      name: conversation.name,
      is_member: conversation.members.has(workspace.app.userId),
      is_ext_shared: conversation.isExtShared,
      is_shared: conversation.isExtShared,
      purpose: { value: conversation.purpose },
      topic: { value: '' },
      ...(isTrue(args, 'include_num_members') ? { num_members: conversation.members.size } : {}),
    };
    return { ok: true, channel };
  },
};

const conversationsOpen: ApiMethod = {
  scope: 'im:write',
  token: 'bot',
  run({ workspace }, args) {
    const users = text(args, 'users').split(',').filter(Boolean);
    if (users.length === 0) throw new ApiRefusal('users_list_not_supplied');
    if (users.some((user) => !workspace.users.has(user))) throw new ApiRefusal('user_not_found');
    if (users.length > 1) throw new ApiRefusal('method_not_supported_for_channel_type');
    return { ok: true, channel: { id: workspace.directMessage(users[0]!).id } };
  },
};

const conversationsMembers: ApiMethod = {
  scope: 'channels:read',
  token: 'bot',
  run({ workspace }, args) {
    const members = [...visibleConversation(workspace, text(args, 'channel')).members];
    const start = Number(Buffer.from(text(args, 'cursor'), 'base64').toString() || 0);
    const limit = Math.min(Number(text(args, 'limit') || 100), 1000);
    const end = start + limit;
    const next = end < members.length ? Buffer.from(String(end)).toString('base64') : '';
    return { ok: true, members: members.slice(start, end), response_metadata: { next_cursor: next } };
  },
};

const conversationsJoin: ApiMethod = {
  scope: 'channels:join',
  token: 'bot',
  run({ workspace }, args) {
    const conversation = visibleConversation(workspace, text(args, 'channel'));
    if (conversation.kind === 'direct' || conversation.isPrivate)
      throw new ApiRefusal('method_not_supported_for_channel_type');
    if (conversation.isArchived) throw new ApiRefusal('is_archived');
    const wasMember = conversation.members.has(workspace.app.userId);
    conversation.members.add(workspace.app.userId);
    return { ok: true, channel: { id: conversation.id }, ...(wasMember ? { warning: 'already_in_channel' } : {}) };
  },
};

export const peopleMethods: Readonly<Record<string, ApiMethod>> = {
  'auth.test': authTest,
  'users.info': usersInfo,
  'users.lookupByEmail': lookupByEmail,
  'conversations.join': conversationsJoin,
  'conversations.info': conversationsInfo,
  'conversations.open': conversationsOpen,
  'conversations.members': conversationsMembers,
};
