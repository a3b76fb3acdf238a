import { isObject, type JsonObject } from './checker.ts';
import { type Entered, type EnteredValue, elementsOf } from './element-state.ts';
import type { View } from './modals.ts';
import type { StandInMessage } from './stand-in-types.ts';
import type { Workspace } from './workspace.ts';

/**
 * Which button to click, or which select to choose in: all that is given must match. Of messages, the newest one that the
 * user sees and that has it is used.
 */
export interface ClickInput {
  readonly userId: string;
  /** Where it is: a message by default, else the user's Home or the modal they see. */
  readonly surface?: 'message' | 'home' | 'modal';
  readonly channelId?: string;
  readonly ts?: string;
  readonly blockId?: string;
  readonly actionId?: string;
  readonly value?: string;
  /** The label on the button. */
  readonly label?: string;
  /** What is chosen, for anything but a button. */
  readonly chosen?: EnteredValue;
  /** What stands in the other inputs of the same view or message. */
  readonly entered?: Entered;
}

export interface Found {
  readonly message: StandInMessage | null;
  readonly view: View | null;
  readonly blocks: unknown;
  readonly element: JsonObject;
  readonly blockId: string;
}

/** The newest element that matches and that the user may see; null when there is none. */
export function findElement(workspace: Workspace, input: ClickInput): Found | null {
  const surface = input.surface ?? 'message';
  if (surface !== 'message') {
    const view = surface === 'home' ? workspace.homes.get(input.userId) : workspace.modals.of(input.userId).at(-1);
    if (view === undefined) return null;
    const found = inBlocks(view.definition.blocks, input);
    return found === null ? null : { message: null, view, ...found };
  }
  for (const message of [...workspace.messages].reverse()) {
    if (message.ephemeralFor !== null && message.ephemeralFor !== input.userId) continue;
    if (input.channelId !== undefined && message.channel !== input.channelId) continue;
    if (input.ts !== undefined && message.ts !== input.ts) continue;
    if (workspace.conversations.get(message.channel)?.members.has(input.userId) !== true) continue;
    const found = inBlocks(message.blocks, input);
    if (found !== null) return { message, view: null, ...found };
  }
  return null;
}

function inBlocks(blocks: unknown, input: ClickInput): Pick<Found, 'blocks' | 'element' | 'blockId'> | null {
  const found = elementsOf(blocks).find(
    ({ block, element }) =>
      (element.type === 'button') === (input.chosen === undefined) &&
      // What stands in an input is told when the form is handed in, unless the app asked to hear of it at once.
      (block.type !== 'input' || block.dispatch_action === true) &&
      (input.blockId === undefined || block.block_id === input.blockId) &&
      (input.actionId === undefined || element.action_id === input.actionId) &&
      (input.value === undefined || element.value === input.value) &&
      (input.label === undefined || (isObject(element.text) && element.text.text === input.label)),
  );
  return found === undefined ? null : { blocks, element: found.element, blockId: String(found.block.block_id) };
}
