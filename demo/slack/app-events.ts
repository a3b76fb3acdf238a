import type { JsonObject } from './checker.ts';
import { deliverEvent, type InteractionParts } from './envelopes.ts';
import { describeFile } from './file-methods.ts';
import type { Acknowledgement, StandInMessage } from './stand-in-types.ts';
import type { Conversation } from './workspace.ts';

/** The app hears of what is written where it is mentioned, and of everything in a direct conversation, its own words included. */
export function listenToMessages(parts: InteractionParts): void {
  const { workspace } = parts;
  workspace.listen((event) => {
    if (!('message' in event)) return;
    const { message } = event;
    const place = workspace.conversations.get(message.channel);
    if (place?.kind !== 'direct' || message.ephemeralFor !== null || !parts.scopes.has('im:history')) return;
    const common = { type: 'message', channel: place.id, channel_type: 'im' };
    if (event.kind === 'added') {
      // What a person writes is told by whoever posts it, who waits for the app to have heard.
      if (message.user === workspace.app.userId)
        void deliverEvent(parts, { ...common, event_ts: message.ts, ...told(parts, message) });
      return;
    }
    const at = String(parts.now() / 1000);
    const hidden = { ...common, hidden: true, ts: at, event_ts: at };
    void deliverEvent(
      parts,
      event.kind === 'changed'
        ? {
            ...hidden,
            subtype: 'message_changed',
            message: told(parts, message),
            previous_message: told(parts, event.before),
          }
        : { ...hidden, subtype: 'message_deleted', deleted_ts: message.ts, previous_message: told(parts, message) },
    );
  });
}

/** A message inside an event, with what marks the app's own. */
function told(parts: InteractionParts, message: StandInMessage): JsonObject {
  const { app } = parts.workspace;
  const isOwn = message.user === app.userId;
  return {
    type: 'message',
    ...contentOf(parts, message),
    ...(isOwn ? { bot_id: app.botId, app_id: app.id } : {}),
    ...(message.deleted ? { subtype: 'tombstone', hidden: true } : {}),
    ...(message.edited ? { edited: { user: message.user, ts: String(Math.floor(parts.now() / 1000)) } } : {}),
  };
}

/** What the app is told of a person's message: nothing when it is none of its business. */
export async function tellOfMessage(
  parts: InteractionParts,
  place: Conversation,
  message: StandInMessage,
): Promise<void> {
  const { workspace, scopes } = parts;
  const content = { ...contentOf(parts, message), channel: place.id, event_ts: message.ts, team: workspace.team.id };
  if (place.kind === 'direct') {
    const shared = message.files.length === 0 ? {} : { subtype: 'file_share', upload: false, display_as_bot: false };
    if (scopes.has('im:history'))
      await deliverEvent(parts, { type: 'message', channel_type: 'im', ...shared, ...content });
    return;
  }
  await tellOfMention(parts, place, message);
}

/** A mention is told where it is written, and told anew, as another event, when its message is edited. */
export async function tellOfMention(
  parts: InteractionParts,
  place: Conversation,
  message: StandInMessage,
): Promise<void> {
  const { workspace, scopes } = parts;
  if (place.kind === 'direct') return;
  const isMentioned = message.text.includes(`<@${workspace.app.userId}>`);
  if (isMentioned && place.members.has(workspace.app.userId) && scopes.has('app_mentions:read'))
    await deliverEvent(parts, {
      ...told(parts, message),
      type: 'app_mention',
      channel: place.id,
      event_ts: message.ts,
      team: workspace.team.id,
    });
}

function contentOf(parts: InteractionParts, { user, text, ts, threadTs, blocks, files }: StandInMessage): JsonObject {
  const known = files.flatMap((id) => parts.workspace.files.get(id) ?? []);
  return {
    user,
    text,
    ts,
    ...(blocks.length === 0 ? {} : { blocks }),
    ...(known.length === 0 || !parts.scopes.has('files:read')
      ? {}
      : { files: known.map((file) => describeFile(parts, file, true)) }),
    ...(threadTs === null ? {} : { thread_ts: threadTs }),
  };
}

/** Somebody came into a channel: a person, or the app itself. */
export async function tellOfJoining(
  parts: InteractionParts,
  place: Conversation,
  userId: string,
  inviter: string,
): Promise<void> {
  if (!parts.scopes.has(place.isPrivate ? 'groups:read' : 'channels:read')) return;
  await deliverEvent(parts, {
    type: 'member_joined_channel',
    user: userId,
    channel: place.id,
    channel_type: place.isPrivate ? 'G' : 'C',
    team: parts.workspace.team.id,
    inviter,
    event_ts: String(parts.now() / 1000),
  });
}

/** What Slack tells an app that was taken out of the workspace, or whose tokens were withdrawn. */
export async function tellOfRemoval(
  parts: InteractionParts,
  kind: 'uninstalled' | 'revoked',
): Promise<readonly Acknowledgement[]> {
  const { app } = parts.workspace;
  const revoked = deliverEvent(parts, { type: 'tokens_revoked', tokens: { oauth: [], bot: [app.userId] } });
  if (kind === 'revoked') return [await revoked];
  return Promise.all([revoked, deliverEvent(parts, { type: 'app_uninstalled' })]);
}
