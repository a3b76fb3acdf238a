import { isObject, type JsonObject } from './checker.ts';
import type { StandInMessage } from './stand-in-types.ts';
import type { Workspace } from './workspace.ts';

/** Which button to click: all that is given must match; the newest message that the user sees and that has it is used. */
export interface ClickInput {
  readonly userId: string;
  readonly channelId?: string;
  readonly ts?: string;
  readonly actionId?: string;
  readonly value?: string;
  /** The label on the button. */
  readonly label?: string;
}

/** The newest button that matches and that the user may see; null when there is none. */
export function findButton(
  workspace: Workspace,
  input: ClickInput,
): { message: StandInMessage; button: JsonObject; blockId: string } | null {
  const matches = (button: JsonObject): boolean =>
    button.type === 'button' &&
    (input.actionId === undefined || button.action_id === input.actionId) &&
    (input.value === undefined || button.value === input.value) &&
    (input.label === undefined || (isObject(button.text) && button.text.text === input.label));
  for (const message of [...workspace.messages].reverse()) {
    if (message.ephemeralFor !== null && message.ephemeralFor !== input.userId) continue;
    if (input.channelId !== undefined && message.channel !== input.channelId) continue;
    if (input.ts !== undefined && message.ts !== input.ts) continue;
    if (workspace.conversations.get(message.channel)?.members.has(input.userId) !== true) continue;
    for (const block of message.blocks) {
      const elements = Array.isArray(block.elements) ? block.elements : [block.accessory];
      const button = elements.filter(isObject).find(matches);
      if (button !== undefined) return { message, button, blockId: block.block_id };
    }
  }
  return null;
}
