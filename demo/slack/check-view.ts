import { randomBytes } from 'node:crypto';
import { ApiRefusal } from './api-method.ts';
import { checkText, PLAIN } from './check-elements.ts';
import { createChecker, isObject, type JsonObject } from './checker.ts';
import { type Entered, stateValues } from './element-state.ts';
import type { View } from './modals.ts';
import type { Block } from './stand-in-types.ts';
import { validateBlocks } from './validate-blocks.ts';
import { withIds } from './with-ids.ts';
import type { Workspace } from './workspace.ts';

const MOST_BYTES = 250_000;
const COMMON = ['type', 'blocks', 'private_metadata', 'callback_id', 'external_id'];
const FIELDS = {
  home: COMMON,
  modal: [...COMMON, 'title', 'submit', 'close', 'clear_on_close', 'notify_on_close', 'submit_disabled'],
} as const;

/** The view after every check, with everything in it named; throws Slack's refusal. */
export function checkedView(workspace: Workspace, value: unknown, kind: 'modal' | 'home'): JsonObject {
  const check = createChecker();
  if (!check.object(value, '/view', FIELDS[kind])) throw refusal(check.errors);
  if (JSON.stringify(value).length > MOST_BYTES) throw new ApiRefusal('view_too_large');
  check.oneOf(value.type, '/view/type', [kind]);
  for (const key of ['title', 'submit', 'close']) {
    if (value[key] !== undefined || (key === 'title' && kind === 'modal'))
      checkText(check, value[key], `/view/${key}`, { kinds: PLAIN, max: 24 });
  }
  check.optionalString(value.private_metadata, '/view/private_metadata', 3000);
  check.optionalString(value.callback_id, '/view/callback_id', 255);
  check.optionalString(value.external_id, '/view/external_id', 255);
  for (const key of ['clear_on_close', 'notify_on_close'])
    if (value[key] !== undefined) check.oneOf(value[key], `/view/${key}`, [true, false]);
  const blocks = validateBlocks(value.blocks, kind, (id) => workspace.files.get(id)?.ready === true);
  const hasInput =
    Array.isArray(value.blocks) && value.blocks.some((block) => isObject(block) && block.type === 'input');
  if (hasInput && kind === 'modal' && value.submit === undefined)
    check.fail('/view/submit', 'a modal with an input needs a submit');
  const errors = [
    ...check.errors,
    ...blocks.messages.map((message) => message.replace('pointer:/blocks', 'pointer:/view/blocks')),
  ];
  if (errors.length > 0) throw refusal(errors);
  return { ...value, blocks: withIds(value.blocks as readonly Block[]) };
}

function refusal(messages: readonly string[]): ApiRefusal {
  return new ApiRefusal('invalid_arguments', { response_metadata: { messages } });
}

/** A view that was never there, below nothing or on top of `below`. */
export function newView(user: string, definition: JsonObject, below: View | null = null): View {
  const id = `V${randomBytes(5).toString('hex').toUpperCase()}`;
  const rootId = below?.rootId ?? id;
  return { id, user, hash: newHash(), rootId, previousId: below?.id ?? null, definition };
}

/** The same view with another content. */
export function changedView(view: View, definition: JsonObject): View {
  return { ...view, hash: newHash(), definition };
}

function newHash(): string {
  return `${Math.floor(Date.now() / 1000)}.${randomBytes(4).toString('hex')}`;
}

/** A view as Slack tells of it, with what was entered in it. */
export function describeView(workspace: Workspace, view: View, entered: Entered = {}): JsonObject {
  const { definition } = view;
  return {
    id: view.id,
    team_id: workspace.team.id,
    app_id: workspace.app.id,
    app_installed_team_id: workspace.team.id,
    bot_id: workspace.app.botId,
    hash: view.hash,
    root_view_id: view.rootId,
    previous_view_id: view.previousId,
    title: null,
    submit: null,
    close: null,
    private_metadata: '',
    callback_id: '',
    external_id: '',
    clear_on_close: false,
    notify_on_close: false,
    ...definition,
    state: { values: stateValues(definition.blocks, entered) },
  };
}
