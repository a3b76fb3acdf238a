import type { JsonObject } from './checker.ts';
import { deliverEvent, type InteractionParts } from './envelopes.ts';
import type { Acknowledgement, StandInMessage } from './stand-in-types.ts';
import type { Conversation } from './workspace.ts';

/** The app hears of what is written where it is mentioned, and of everything in a direct conversation, its own words included. */
export function listenToMessages(parts: InteractionParts): void {
  const { workspace } = parts;
  workspace.listen((event) => {
    if (event.kind !== 'added' && event.kind !== 'changed') return;
    const { message } = event;
    const place = workspace.conversations.get(message.channel);
    const isOwn = message.user === workspace.app.userId;
    if (!isOwn || place?.kind !== 'direct' || message.ephemeralFor !== null || !parts.scopes.has('im:history')) return;
    const own = { ...contentOf(message), bot_id: workspace.app.botId, app_id: workspace.app.id };
    const common = { type: 'message', channel: place.id, channel_type: 'im', event_ts: message.ts };
    void deliverEvent(
      parts,
      event.kind === 'added'
        ? { ...common, ...own }
        : { ...common, subtype: 'message_changed', hidden: true, ts: message.ts, message: { type: 'message', ...own } },
    );
  });
}

/** What the app is told of a person's message; null when it is none of its business. */
export async function tellOfMessage(
  parts: InteractionParts,
  place: Conversation,
  message: StandInMessage,
): Promise<void> {
  const { workspace, scopes } = parts;
  const content = { ...contentOf(message), channel: place.id, event_ts: message.ts, team: workspace.team.id };
  if (place.kind === 'direct') {
    if (scopes.has('im:history')) await deliverEvent(parts, { type: 'message', channel_type: 'im', ...content });
    return;
  }
  const isMentioned = message.text.includes(`<@${workspace.app.userId}>`);
  if (isMentioned && place.members.has(workspace.app.userId) && scopes.has('app_mentions:read'))
    await deliverEvent(parts, { type: 'app_mention', ...content });
}

function contentOf({ user, text, ts, threadTs, blocks }: StandInMessage): JsonObject {
  return {
    user,
    text,
    ts,
    ...(blocks.length === 0 ? {} : { blocks }),
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
