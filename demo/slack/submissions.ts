import { KithError } from '../../src/lib/errors.ts';
import { ApiRefusal } from './api-method.ts';
import { checkInputs } from './check-inputs.ts';
import { changedView, checkedView, describeView, newView } from './check-view.ts';
import { isObject, type JsonObject } from './checker.ts';
import type { Entered } from './element-state.ts';
import { deliverInteraction, type InteractionParts, userOf } from './envelopes.ts';
import type { View } from './modals.ts';
import { MOST_MODALS } from './modals.ts';
import type { Acknowledgement } from './stand-in-types.ts';
import type { Workspace } from './workspace.ts';

export interface SubmitInput {
  readonly userId: string;
  readonly entered?: Entered;
}

export interface Submission {
  /** 'incomplete': Slack's own checks kept it back. 'bad-answer': the app's answer was no valid one, and the modal stays. */
  readonly outcome: Acknowledgement['outcome'] | 'incomplete' | 'bad-answer';
  /** What is wrong, by block: Slack's words or the app's. */
  readonly errors: Readonly<Record<string, string>>;
  readonly response: JsonObject | null;
}

/** Hands the modal in that the person sees, and does what the app answers. */
export async function submitModal(parts: InteractionParts, input: SubmitInput): Promise<Submission> {
  const { workspace, triggers } = parts;
  const user = userOf(parts, input.userId);
  const view = workspace.modals.of(user.id).at(-1);
  if (view === undefined) throw new KithError('usage', `${user.realName} has no modal open`);
  const entered = input.entered ?? {};
  const errors = checkInputs(view.definition.blocks, entered, user.locale.startsWith('zh') ? 'zh' : 'en');
  if (Object.keys(errors).length > 0) return { outcome: 'incomplete', errors, response: null };
  const ack = await deliverInteraction(parts, user, {
    type: 'view_submission',
    trigger_id: triggers.issue(user.id, view.id),
    view: describeView(workspace, view, entered),
    response_urls: [],
  });
  if (ack.outcome !== 'acknowledged') return { outcome: ack.outcome, errors: {}, response: null };
  return { errors: {}, response: ack.response, ...carryOut(workspace, view, ack.response ?? {}) };
}

/** https://docs.slack.dev/surfaces/modals#response_actions */
function carryOut(
  workspace: Workspace,
  view: View,
  response: JsonObject,
): Pick<Submission, 'outcome'> & Partial<Submission> {
  const { modals } = workspace;
  const stack = modals.of(view.user);
  try {
    switch (response.response_action) {
      case undefined:
        modals.close(view);
        return { outcome: 'acknowledged' };
      case 'clear':
        modals.clear(view.user);
        return { outcome: 'acknowledged' };
      case 'errors':
        return errorsOf(view, response.errors);
      case 'update':
        modals.replace(changedView(view, checkedView(workspace, response.view, 'modal')));
        return { outcome: 'acknowledged' };
      case 'push':
        if (stack.length >= MOST_MODALS) return { outcome: 'bad-answer' };
        modals.push(newView(view.user, checkedView(workspace, response.view, 'modal'), view));
        return { outcome: 'acknowledged' };
      default:
        return { outcome: 'bad-answer' };
    }
  } catch (error) {
    if (error instanceof ApiRefusal) return { outcome: 'bad-answer', response: error.answer };
    throw error;
  }
}

/** Every error must belong to an input of the modal: Slack shows none of them otherwise. */
function errorsOf(view: View, errors: unknown): Pick<Submission, 'outcome'> & Partial<Submission> {
  const blocks = Array.isArray(view.definition.blocks) ? view.definition.blocks.filter(isObject) : [];
  const inputs = new Set(blocks.filter(({ type }) => type === 'input').map((block) => block.block_id));
  if (!isObject(errors) || Object.keys(errors).length === 0) return { outcome: 'bad-answer' };
  const entries = Object.entries(errors);
  if (entries.some(([id, words]) => !inputs.has(id) || typeof words !== 'string' || words === ''))
    return { outcome: 'bad-answer' };
  return { outcome: 'acknowledged', errors: Object.fromEntries(entries.map(([id, words]) => [id, String(words)])) };
}

/** Closes the modal that the person sees, or all of theirs; the app hears of it when it asked to. */
export async function closeModal(parts: InteractionParts, userId: string, all: boolean): Promise<void> {
  const { workspace } = parts;
  const user = userOf(parts, userId);
  const stack = workspace.modals.of(userId);
  const top = stack.at(-1);
  if (top === undefined) return;
  const isCleared = all || top.definition.clear_on_close === true;
  const closed = isCleared ? [...stack].reverse() : [top];
  if (isCleared) workspace.modals.clear(userId);
  else workspace.modals.close(top);
  for (const view of closed) {
    if (view.definition.notify_on_close !== true) continue;
    await deliverInteraction(parts, user, {
      type: 'view_closed',
      view: describeView(workspace, view),
      is_cleared: isCleared,
    });
  }
}
