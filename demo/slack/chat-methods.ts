import { type ApiContext, type ApiMethod, ApiRefusal, messageContent, text } from './api-method.ts';
import type { JsonObject } from './checker.ts';
import type { StandInMessage } from './stand-in-types.ts';
import type { Conversation, Workspace } from './workspace.ts';

/** The conversation to write in, where the app must be a member. A user's id stands for the direct conversation with them. */
export function writableConversation({ workspace }: ApiContext, id: string): Conversation {
  const conversation = workspace.users.has(id) ? workspace.directMessage(id) : workspace.conversations.get(id);
  if (conversation === undefined) throw new ApiRefusal('channel_not_found');
  if (!conversation.members.has(workspace.app.userId)) {
    throw new ApiRefusal(conversation.isPrivate ? 'channel_not_found' : 'not_in_channel');
  }
  if (conversation.isArchived) throw new ApiRefusal('is_archived');
  return conversation;
}

export function describeMessage(workspace: Workspace, message: StandInMessage): JsonObject {
  return {
    type: 'message',
    user: message.user,
    ...(message.user === workspace.app.userId ? { bot_id: workspace.app.botId, app_id: workspace.app.id } : {}),
    team: workspace.team.id,
    ts: message.ts,
    text: message.text,
    blocks: message.blocks,
    ...(message.threadTs === null ? {} : { thread_ts: message.threadTs }),
  };
}

function ownMessage(context: ApiContext, args: JsonObject, refusal: string): StandInMessage {
  const conversation = writableConversation(context, text(args, 'channel'));
  const message = context.workspace.find(conversation.id, text(args, 'ts'));
  // An ephemeral message has no lasting id: only its response_url can change it.
  if (message === undefined || message.ephemeralFor !== null) throw new ApiRefusal('message_not_found');
  if (message.user !== context.workspace.app.userId) throw new ApiRefusal(refusal);
  return message;
}

export function threadOf(context: ApiContext, conversation: Conversation, args: JsonObject): string | null {
  const threadTs = text(args, 'thread_ts');
  if (threadTs === '') return null;
  const root = context.workspace.find(conversation.id, threadTs);
  // Nobody can answer under a message that only one person sees.
  if (root === undefined || root.ephemeralFor !== null) throw new ApiRefusal('thread_not_found');
  // A thread has one level: an answer to an answer joins the first message's thread.
  return root.threadTs ?? root.ts;
}

const postMessage: ApiMethod = {
  scope: 'chat:write',
  token: 'bot',
  run(context, args) {
    const conversation = writableConversation(context, text(args, 'channel'));
    const content = messageContent(context.workspace, args, 'message');
    const message = context.workspace.add({
      ...content,
      channel: conversation.id,
      user: context.workspace.app.userId,
      threadTs: threadOf(context, conversation, args),
      ephemeralFor: null,
      files: [],
      cause: null,
      responsePath: null,
    });
    return { ok: true, channel: conversation.id, ts: message.ts, message: describeMessage(context.workspace, message) };
  },
};

const update: ApiMethod = {
  scope: 'chat:write',
  token: 'bot',
  run(context, args) {
    const message = ownMessage(context, args, 'cant_update_message');
    const content = messageContent(context.workspace, args, 'message');
    const changed = context.workspace.change(message, content);
    return {
      ok: true,
      channel: changed.channel,
      ts: changed.ts,
      text: changed.text,
      message: describeMessage(context.workspace, changed),
    };
  },
};

const remove: ApiMethod = {
  scope: 'chat:write',
  token: 'bot',
  run(context, args) {
    const message = ownMessage(context, args, 'cant_delete_message');
    context.workspace.remove(message);
    return { ok: true, channel: message.channel, ts: message.ts };
  },
};

const postEphemeral: ApiMethod = {
  scope: 'chat:write',
  token: 'bot',
  run(context, args) {
    const conversation = writableConversation(context, text(args, 'channel'));
    const user = text(args, 'user');
    if (!conversation.members.has(user)) throw new ApiRefusal('user_not_in_channel');
    const content = messageContent(context.workspace, args, 'ephemeral');
    const message = context.workspace.add({
      ...content,
      channel: conversation.id,
      user: context.workspace.app.userId,
      threadTs: threadOf(context, conversation, args),
      ephemeralFor: user,
      files: [],
      cause: null,
      responsePath: null,
    });
    return { ok: true, message_ts: message.ts };
  },
};

export const chatMethods: Readonly<Record<string, ApiMethod>> = {
  'chat.postMessage': postMessage,
  'chat.update': update,
  'chat.delete': remove,
  'chat.postEphemeral': postEphemeral,
};
