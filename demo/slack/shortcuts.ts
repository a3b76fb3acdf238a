import { KithError } from '../../src/lib/errors.ts';
import { describeMessage } from './chat-methods.ts';
import { deliverInteraction, type InteractionParts, placeOf, userOf } from './envelopes.ts';
import type { Origin } from './response-urls.ts';
import type { Acknowledgement } from './stand-in-types.ts';

export interface ShortcutInput {
  readonly userId: string;
  readonly callbackId: string;
  /** The message on which it is used; nothing for a global shortcut. */
  readonly channelId?: string;
  readonly ts?: string;
}

/** An entry of a message's menu (`message_action`), or of the workspace's (`shortcut`, which knows no channel). */
export function runShortcut(parts: InteractionParts, input: ShortcutInput): Promise<Acknowledgement> {
  const { workspace, triggers } = parts;
  const user = userOf(parts, input.userId);
  const kind = input.ts === undefined ? 'global' : 'message';
  const known = workspace.shortcuts.find((item) => item.callbackId === input.callbackId && item.kind === kind);
  if (known === undefined) throw new KithError('usage', `no ${kind} shortcut ${input.callbackId}`);
  const common = {
    callback_id: known.callbackId,
    action_ts: String(parts.now() / 1000),
    trigger_id: triggers.issue(user.id),
  };
  if (kind === 'global') return deliverInteraction(parts, user, { type: 'shortcut', ...common });
  const place = placeOf(parts, user.id, input.channelId ?? '');
  const message = workspace.find(place.id, input.ts ?? '');
  // What one person alone sees has no menu.
  if (message === undefined || message.ephemeralFor !== null)
    throw new KithError('usage', `no message ${input.ts} with a menu in ${place.name}`);
  const origin: Origin = {
    channel: place.id,
    user: user.id,
    threadTs: message.threadTs,
    cause: null,
    source: { channel: place.id, ts: message.ts },
  };
  return deliverInteraction(parts, user, {
    type: 'message_action',
    ...common,
    message_ts: message.ts,
    channel: { id: place.id, name: place.name },
    message: describeMessage(workspace, message),
    response_url: `${parts.baseUrl()}${parts.responseUrls.issue(origin)}`.replace('/commands/', '/actions/'),
  });
}
