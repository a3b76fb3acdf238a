import { randomBytes } from 'node:crypto';
import { type ApiContext, type ApiMethod, ApiRefusal, text } from './api-method.ts';
import { checkText, PLAIN } from './check-elements.ts';
import { createChecker, isObject, type JsonObject } from './checker.ts';
import { validateBlocks } from './validate-blocks.ts';
import type { View } from './workspace.ts';

const FIELDS = [
  'type',
  'title',
  'blocks',
  'submit',
  'close',
  'private_metadata',
  'callback_id',
  'external_id',
  'clear_on_close',
  'notify_on_close',
];

/** The view after every check; throws Slack's refusal. */
function checkedView({ workspace }: ApiContext, value: unknown, kind: 'modal' | 'home'): JsonObject {
  const check = createChecker();
  if (!check.object(value, '/view', FIELDS)) throw refusal(check.errors);
  check.oneOf(value.type, '/view/type', [kind]);
  for (const key of ['title', 'submit', 'close']) {
    if (value[key] !== undefined || (key === 'title' && kind === 'modal'))
      checkText(check, value[key], `/view/${key}`, { kinds: PLAIN, max: 24 });
  }
  check.optionalString(value.private_metadata, '/view/private_metadata', 3000);
  check.optionalString(value.callback_id, '/view/callback_id', 255);
  const blocks = validateBlocks(value.blocks, kind, (id) => workspace.files.get(id)?.ready === true);
  const hasInput =
    Array.isArray(value.blocks) && value.blocks.some((block: unknown) => isObject(block) && block.type === 'input');
  if (hasInput && kind === 'modal' && value.submit === undefined)
    check.fail('/view/submit', 'a modal with an input needs a submit');
  const errors = [
    ...check.errors,
    ...blocks.messages.map((message) => message.replace('pointer:/blocks', 'pointer:/view/blocks')),
  ];
  if (errors.length > 0) throw refusal(errors);
  return value;
}

function refusal(messages: readonly string[]): ApiRefusal {
  return new ApiRefusal('invalid_arguments', { response_metadata: { messages } });
}

function newView(user: string, definition: JsonObject, id = `V${randomBytes(5).toString('hex').toUpperCase()}`): View {
  return { id, user, hash: `${id}.${randomBytes(4).toString('hex')}`, definition };
}

function describeView({ workspace }: ApiContext, view: View): JsonObject {
  return {
    id: view.id,
    team_id: workspace.team.id,
    app_id: workspace.app.id,
    bot_id: workspace.app.botId,
    hash: view.hash,
    state: { values: {} },
    ...view.definition,
  };
}

const open: ApiMethod = {
  scope: '',
  token: 'bot',
  run(context, args) {
    const definition = checkedView(context, args.view, 'modal');
    const spent = context.triggers.spend(args.trigger_id);
    if ('error' in spent) throw new ApiRefusal(spent.error);
    const view = newView(spent.user, definition);
    context.workspace.modals.set(view.id, view);
    context.workspace.tell({ kind: 'modal', view });
    return { ok: true, view: describeView(context, view) };
  },
};

const update: ApiMethod = {
  scope: '',
  token: 'bot',
  run(context, args) {
    const known = context.workspace.modals.get(text(args, 'view_id'));
    if (known === undefined) throw new ApiRefusal('not_found');
    if (text(args, 'hash') !== '' && text(args, 'hash') !== known.hash) throw new ApiRefusal('hash_conflict');
    const view = newView(known.user, checkedView(context, args.view, 'modal'), known.id);
    context.workspace.modals.set(view.id, view);
    context.workspace.tell({ kind: 'modal', view });
    return { ok: true, view: describeView(context, view) };
  },
};

const publish: ApiMethod = {
  scope: '',
  token: 'bot',
  run(context, args) {
    const user = text(args, 'user_id');
    if (!context.workspace.users.has(user)) throw new ApiRefusal('user_not_found');
    const known = context.workspace.homes.get(user);
    if (text(args, 'hash') !== '' && text(args, 'hash') !== known?.hash) throw new ApiRefusal('hash_conflict');
    const view = newView(user, checkedView(context, args.view, 'home'), known?.id);
    context.workspace.homes.set(user, view);
    context.workspace.tell({ kind: 'home', view });
    return { ok: true, view: describeView(context, view) };
  },
};

export const viewMethods: Readonly<Record<string, ApiMethod>> = {
  'views.open': open,
  'views.update': update,
  'views.publish': publish,
};
