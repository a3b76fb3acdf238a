import { isObject, type JsonObject } from './checker.ts';

/** What a person entered or chose: a text, an option's value, an id, a day, a time; several where several may be chosen. */
export type EnteredValue = string | readonly string[] | null;
/** By block and by action. What is left out stands as it was first shown. */
export type Entered = Readonly<Record<string, Readonly<Record<string, EnteredValue>>>>;

interface Kind {
  /** The field of the state that holds what was chosen, and the one of the element that holds what is chosen at first. */
  readonly chosen: string;
  readonly initial: string;
  readonly holds: 'text' | 'option' | 'options' | 'texts';
}

const text = (chosen: string, initial: string): Kind => ({ chosen, initial, holds: 'text' });
const KINDS: Readonly<Record<string, Kind>> = {
  plain_text_input: text('value', 'initial_value'),
  number_input: text('value', 'initial_value'),
  email_text_input: text('value', 'initial_value'),
  url_text_input: text('value', 'initial_value'),
  static_select: { chosen: 'selected_option', initial: 'initial_option', holds: 'option' },
  radio_buttons: { chosen: 'selected_option', initial: 'initial_option', holds: 'option' },
  overflow: { chosen: 'selected_option', initial: '', holds: 'option' },
  checkboxes: { chosen: 'selected_options', initial: 'initial_options', holds: 'options' },
  multi_static_select: { chosen: 'selected_options', initial: 'initial_options', holds: 'options' },
  multi_users_select: { chosen: 'selected_users', initial: 'initial_users', holds: 'texts' },
  multi_channels_select: { chosen: 'selected_channels', initial: 'initial_channels', holds: 'texts' },
  multi_conversations_select: { chosen: 'selected_conversations', initial: 'initial_conversations', holds: 'texts' },
  users_select: text('selected_user', 'initial_user'),
  channels_select: text('selected_channel', 'initial_channel'),
  conversations_select: text('selected_conversation', 'initial_conversation'),
  datepicker: text('selected_date', 'initial_date'),
  timepicker: text('selected_time', 'initial_time'),
};

/** Every element of the blocks that a person can act on, with its block. */
export function elementsOf(blocks: unknown): { block: JsonObject; element: JsonObject }[] {
  if (!Array.isArray(blocks)) return [];
  return blocks.filter(isObject).flatMap((block) => {
    const elements = Array.isArray(block.elements) ? block.elements : [block.accessory, block.element];
    return elements
      .filter(isObject)
      .filter(({ type }) => type === 'button' || KINDS[String(type)] !== undefined)
      .map((element) => ({ block, element }));
  });
}

/** What an element holds, in Slack's form: `{ type, selected_option }`; null for one that holds nothing. */
export function stateOfElement(element: JsonObject, entered: EnteredValue | undefined): JsonObject | null {
  const kind = KINDS[String(element.type)];
  if (kind === undefined) return null;
  const type = element.type;
  if (entered === undefined) {
    const nothing = kind.holds === 'options' || kind.holds === 'texts' ? [] : null;
    return { type, [kind.chosen]: element[kind.initial] ?? nothing };
  }
  const many = Array.isArray(entered) ? entered.map(String) : [];
  const one = typeof entered === 'string' && entered !== '' ? entered : null;
  if (kind.holds === 'text') return { type, [kind.chosen]: one };
  if (kind.holds === 'texts') return { type, [kind.chosen]: many };
  const options = optionsOf(element);
  if (kind.holds === 'options')
    return { type, [kind.chosen]: options.filter(({ value }) => many.includes(String(value))) };
  return { type, [kind.chosen]: options.find(({ value }) => value === one) ?? null };
}

/** Whether nothing is entered in an element's state. */
export function isEmptyState(state: JsonObject): boolean {
  const value = state[KINDS[String(state.type)]!.chosen];
  return value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0);
}

/** The state of all blocks as `view.state.values` and `state.values` carry it. */
export function stateValues(blocks: unknown, entered: Entered): JsonObject {
  const values: Record<string, Record<string, JsonObject>> = {};
  for (const { block, element } of elementsOf(blocks)) {
    const [blockId, actionId] = [String(block.block_id), String(element.action_id)];
    const state = element.type === 'overflow' ? null : stateOfElement(element, entered[blockId]?.[actionId]);
    if (state !== null) values[blockId] = { ...values[blockId], [actionId]: state };
  }
  return values;
}

function optionsOf(element: JsonObject): readonly JsonObject[] {
  const groups = Array.isArray(element.option_groups) ? element.option_groups.filter(isObject) : [element];
  return groups.flatMap(({ options }) => (Array.isArray(options) ? options.filter(isObject) : []));
}
