import { KithError } from '../../src/lib/errors.ts';
import { type Language, say } from '../../src/lib/text.ts';
import type { Form, FormField } from '../../src/report/form.ts';
import { LIMITS, viewProblems } from './block-limits.ts';
import type { InputBlock, InputElement, ModalView, Option } from './block-types.ts';
import { cut, label, plain, withoutCode, withoutMentions } from './escape.ts';
import { TEXTS } from './texts.ts';

/** Which form a modal shows, and where its button was: what Slack gives back when the form is handed in. */
export interface FormTicket {
  readonly name: string;
  readonly value: string;
  /** '' where it was clicked on a Home. */
  readonly channelId: string;
}

export const FORM_CALLBACK = 'kith:form';
/** The one element of a question. */
export const ENTRY = 'entry';
const QUESTION_PREFIX = 'kith:';

/** A form as a modal. KithError('chat-refused') for a form that Slack would not show: nothing of it is cut away silently. */
export function formModal(form: Form, ticket: FormTicket, callback: string = FORM_CALLBACK): ModalView {
  const intro = form.intro.trim();
  const view: ModalView = {
    type: 'modal',
    callback_id: callback,
    title: plain(form.title, LIMITS.viewTitle),
    submit: plain(form.submit, LIMITS.viewTitle),
    close: plain(say(form.language, TEXTS.cancel), LIMITS.viewTitle),
    private_metadata: JSON.stringify(ticket),
    blocks: [
      ...(intro === '' ? [] : [{ type: 'section' as const, text: plain(intro, LIMITS.section) }]),
      ...form.fields.map(question),
    ],
  };
  const problems = viewProblems(view);
  if (problems.length > 0) {
    const found = problems.slice(0, 3).join('; ');
    throw new KithError('chat-refused', {
      en: `Slack would not show the form '${ticket.name}': ${found}`,
      zh: `Slack 无法显示表单“${ticket.name}”：${found}`,
    });
  }
  return view;
}

/** A modal that says one thing: that it takes a moment, or what became of it. */
export function sentenceModal(language: Language, words: string): ModalView {
  return {
    type: 'modal',
    callback_id: 'kith:sentence',
    title: plain('Kith', LIMITS.viewTitle),
    close: plain(say(language, TEXTS.close), LIMITS.viewTitle),
    private_metadata: '',
    blocks: [{ type: 'section', text: plain(withoutCode(words), LIMITS.section) }],
  };
}

/** The form's name, value and place; null for a modal that is not Kith's form. */
export function ticketOf(metadata: string): FormTicket | null {
  try {
    const { name, value, channelId } = JSON.parse(metadata) as Partial<Record<keyof FormTicket, unknown>>;
    if (typeof name !== 'string' || typeof value !== 'string' || typeof channelId !== 'string') return null;
    return { name, value, channelId };
  } catch {
    return null;
  }
}

export function questionId(name: string): string {
  return `${QUESTION_PREFIX}${name}`;
}

/** The field's name in a question's `block_id`; null for a block that asks nothing. */
export function fieldOf(blockId: string): string | null {
  return blockId.startsWith(QUESTION_PREFIX) ? blockId.slice(QUESTION_PREFIX.length) : null;
}

function question(field: FormField): InputBlock {
  return {
    type: 'input',
    block_id: questionId(field.name),
    label: plain(field.label, LIMITS.label),
    ...(field.hint === undefined ? {} : { hint: plain(field.hint, LIMITS.label) }),
    optional: field.isOptional === true,
    element: elementOf(field),
  };
}

function elementOf(field: FormField): InputElement {
  switch (field.kind) {
    case 'text':
      return {
        type: 'plain_text_input',
        action_id: ENTRY,
        multiline: field.isLong === true,
        // What stands there is the person's own text and comes back as it is: no mentions happen in it.
        ...(field.value ? { initial_value: cut(field.value, Math.min(LIMITS.entry, field.most ?? LIMITS.entry)) } : {}),
        ...(field.most === undefined ? {} : { max_length: Math.min(LIMITS.entry, field.most) }),
      };
    case 'number':
      return {
        type: 'number_input',
        action_id: ENTRY,
        is_decimal_allowed: field.isWhole !== true,
        ...(field.value === undefined ? {} : { initial_value: String(field.value) }),
        ...(field.least === undefined ? {} : { min_value: String(field.least) }),
        ...(field.most === undefined ? {} : { max_value: String(field.most) }),
      };
    case 'choice': {
      const options = field.options.map(option);
      const initial = options.find((entry) => entry.value === field.value);
      return {
        type: 'static_select',
        action_id: ENTRY,
        options,
        ...(initial === undefined ? {} : { initial_option: initial }),
      };
    }
    case 'channel':
      return {
        type: 'conversations_select',
        action_id: ENTRY,
        filter: { include: ['public', 'private'], exclude_bot_users: true },
        ...(field.value ? { initial_conversation: field.value } : {}),
      };
    case 'person':
      return { type: 'users_select', action_id: ENTRY, ...(field.value ? { initial_user: field.value } : {}) };
    case 'day':
      return { type: 'datepicker', action_id: ENTRY, ...(field.value ? { initial_date: field.value } : {}) };
    case 'time':
      return { type: 'timepicker', action_id: ENTRY, ...(field.value ? { initial_time: field.value } : {}) };
  }
}

function option({ value, label: words }: { readonly value: string; readonly label: string }): Option {
  return {
    text: { type: 'plain_text', text: label(withoutMentions(words), LIMITS.optionText), emoji: false },
    value,
  };
}
