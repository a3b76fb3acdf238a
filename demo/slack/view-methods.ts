import { type ApiContext, type ApiMethod, ApiRefusal, text } from './api-method.ts';
import { changedView, checkedView, describeView, newView } from './check-view.ts';
import type { JsonObject } from './checker.ts';
import type { View } from './modals.ts';
import { MOST_MODALS } from './modals.ts';

/** The user and the modal that a trigger belongs to; throws Slack's refusal. */
function spend(context: ApiContext, args: JsonObject): { user: string; view: string | null } {
  const spent = context.triggers.spend(args.trigger_id);
  if ('error' in spent) throw new ApiRefusal(spent.error);
  return spent;
}

function checkExternalId({ workspace }: ApiContext, definition: JsonObject, own: View | null): void {
  const external = text(definition, 'external_id');
  const taken = workspace.modals.find(({ definition: other }) => external !== '' && other.external_id === external);
  if (taken !== undefined && taken.id !== own?.id) throw new ApiRefusal('duplicate_external_id');
}

const open: ApiMethod = {
  scope: '',
  token: 'bot',
  run(context, args) {
    const definition = checkedView(context.workspace, args.view, 'modal');
    checkExternalId(context, definition, null);
    const view = newView(spend(context, args).user, definition);
    context.workspace.modals.open(view);
    return { ok: true, view: describeView(context.workspace, view) };
  },
};

const push: ApiMethod = {
  scope: '',
  token: 'bot',
  run(context, args) {
    const { modals } = context.workspace;
    const definition = checkedView(context.workspace, args.view, 'modal');
    checkExternalId(context, definition, null);
    const spent = spend(context, args);
    const stack = modals.of(spent.user);
    // Only an act in a modal that is still open can bring another one on top of it.
    if (!stack.some(({ id }) => id === spent.view)) throw new ApiRefusal('invalid_trigger_id');
    if (stack.length >= MOST_MODALS) throw new ApiRefusal('push_limit_reached');
    const view = newView(spent.user, definition, stack.at(-1)!);
    modals.push(view);
    return { ok: true, view: describeView(context.workspace, view) };
  },
};

const update: ApiMethod = {
  scope: '',
  token: 'bot',
  run(context, args) {
    const [id, external] = [text(args, 'view_id'), text(args, 'external_id')];
    const known = context.workspace.modals.find((view) =>
      id === '' ? external !== '' && view.definition.external_id === external : view.id === id,
    );
    if (known === undefined) throw new ApiRefusal('not_found');
    if (text(args, 'hash') !== '' && text(args, 'hash') !== known.hash) throw new ApiRefusal('hash_conflict');
    const definition = checkedView(context.workspace, args.view, 'modal');
    checkExternalId(context, definition, known);
    const view = changedView(known, definition);
    context.workspace.modals.replace(view);
    return { ok: true, view: describeView(context.workspace, view) };
  },
};

const publish: ApiMethod = {
  scope: '',
  token: 'bot',
  run({ workspace }, args) {
    const user = text(args, 'user_id');
    if (!workspace.users.has(user)) throw new ApiRefusal('user_not_found');
    const known = workspace.homes.get(user);
    if (text(args, 'hash') !== '' && text(args, 'hash') !== known?.hash) throw new ApiRefusal('hash_conflict');
    const definition = checkedView(workspace, args.view, 'home');
    const view = known === undefined ? newView(user, definition) : changedView(known, definition);
    workspace.homes.set(user, view);
    workspace.tell({ kind: 'home', view });
    return { ok: true, view: describeView(workspace, view) };
  },
};

export const viewMethods: Readonly<Record<string, ApiMethod>> = {
  'views.open': open,
  'views.push': push,
  'views.update': update,
  'views.publish': publish,
};
