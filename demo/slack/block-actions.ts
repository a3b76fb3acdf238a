import { KithError } from '../../src/lib/errors.ts';
import { describeMessage } from './chat-methods.ts';
import { describeView } from './check-view.ts';
import type { JsonObject } from './checker.ts';
import { type Entered, stateOfElement, stateValues } from './element-state.ts';
import { deliverInteraction, type InteractionParts, placeOf, userOf } from './envelopes.ts';
import { type ClickInput, type Found, findElement } from './find-element.ts';
import type { Origin } from './response-urls.ts';
import type { Acknowledgement, StandInMessage } from './stand-in-types.ts';

/** A click on a button, or a choice in a select, a date picker or checkboxes: in a message, a modal or the Home. */
export async function deliverAction(parts: InteractionParts, input: ClickInput): Promise<Acknowledgement> {
  const { workspace } = parts;
  const found = findElement(workspace, input);
  if (found === null)
    throw new KithError('usage', `no such button is visible to ${input.userId}: ${JSON.stringify(input)}`);
  const { message, view, element, blockId, blocks } = found;
  const user = userOf(parts, input.userId);
  const entered: Entered =
    input.chosen === undefined
      ? (input.entered ?? {})
      : {
          ...input.entered,
          [blockId]: { ...input.entered?.[blockId], [String(element.action_id)]: input.chosen },
        };
  const action = { ...stateAfter(found, input), block_id: blockId, action_ts: String(parts.now() / 1000) };
  const common = { type: 'block_actions', actions: [action] };
  if (message !== null) {
    const responsePath = parts.responseUrls.issue(originOf(message, input.userId));
    const given = inMessage(parts, input, message, { entered, responsePath });
    return { ...(await deliverInteraction(parts, user, { ...common, ...given })), responsePath };
  }
  const isModal = input.surface === 'modal';
  return deliverInteraction(parts, user, {
    ...common,
    trigger_id: parts.triggers.issue(user.id, isModal ? view!.id : null),
    container: { type: 'view', view_id: view!.id },
    view: describeView(workspace, view!, entered),
    state: { values: stateValues(blocks, entered) },
  });
}

function originOf({ channel, ts, threadTs }: StandInMessage, user: string): Origin {
  return { channel, user, threadTs, cause: null, source: { channel, ts } };
}

function inMessage(
  parts: InteractionParts,
  input: ClickInput,
  message: StandInMessage,
  { entered, responsePath }: { readonly entered: Entered; readonly responsePath: string },
): JsonObject {
  const { channel, ts, threadTs } = message;
  const place = placeOf(parts, input.userId, channel);
  const isEphemeral = message.ephemeralFor !== null;
  const thread = threadTs === null ? {} : { thread_ts: threadTs };
  return {
    container: { type: 'message', message_ts: ts, channel_id: channel, is_ephemeral: isEphemeral, ...thread },
    trigger_id: parts.triggers.issue(input.userId),
    channel: { id: channel, name: place.name },
    // Slack sends no copy of an ephemeral message.
    ...(isEphemeral ? {} : { message: describeMessage(parts.workspace, message) }),
    state: { values: stateValues(message.blocks, entered) },
    response_url: `${parts.baseUrl()}${responsePath}`.replace('/commands/', '/actions/'),
  };
}

/** The acted-on element as the app is told of it: a button as it is, anything else with what is chosen now. */
function stateAfter({ element }: Found, { chosen }: ClickInput): JsonObject {
  const state = stateOfElement(element, chosen);
  if (state === null) return element;
  const { type, action_id, placeholder } = element;
  return { type, action_id, ...(placeholder === undefined ? {} : { placeholder }), ...state };
}
