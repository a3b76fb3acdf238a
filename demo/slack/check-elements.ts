import { type Checker, isObject, type JsonObject } from './checker.ts';

/** Whether a file of this id may be shown in a block, by now. */
export type FileIsReady = (fileId: string) => boolean;

export function checkText(
  check: Checker,
  value: unknown,
  at: string,
  limit: { kinds: readonly ('plain_text' | 'mrkdwn')[]; max: number },
): void {
  if (!check.object(value, at, ['type', 'text', 'emoji', 'verbatim'])) return;
  check.oneOf(value.type, `${at}/type`, limit.kinds);
  if (check.string(value.text, `${at}/text`, 1, limit.max)) check.count(value.text);
}

export const PLAIN = ['plain_text'] as const;
export const ANY_TEXT = ['plain_text', 'mrkdwn'] as const;

/** An image of a block, an accessory or a context line: its address or its file, and the words for those who cannot see it. */
export function checkImage(
  check: Checker,
  image: Readonly<Record<string, unknown>>,
  at: string,
  ready: FileIsReady | null,
): void {
  check.string(image.alt_text, `${at}/alt_text`, 1, 2000);
  const hasUrl = image.image_url !== undefined;
  if (hasUrl === (image.slack_file !== undefined))
    check.fail(at, 'must provide exactly one of image_url and slack_file');
  if (hasUrl && check.string(image.image_url, `${at}/image_url`, 1, 3000) && !/^https?:\/\//.test(image.image_url)) {
    check.fail(`${at}/image_url`, 'must be a valid URL');
  }
  if (image.slack_file === undefined) return;
  if (!check.object(image.slack_file, `${at}/slack_file`, ['id', 'url'])) return;
  if (ready === null) check.fail(`${at}/slack_file`, 'a Slack file cannot be shown in an ephemeral message');
  else if (typeof image.slack_file.id !== 'string' || !ready(image.slack_file.id))
    check.fail(`${at}/slack_file`, 'invalid slack file');
}

const SELECTS = ['static_select', 'users_select', 'conversations_select', 'channels_select'];
const MULTI_SELECTS = SELECTS.map((type) => `multi_${type}`);
const INPUTS = ['plain_text_input', 'number_input', 'email_text_input', 'url_text_input', 'datepicker', 'timepicker'];
const CHOICES = ['checkboxes', 'radio_buttons', 'overflow'];
export const INTERACTIVE = ['button', ...SELECTS, ...MULTI_SELECTS, ...CHOICES, 'datepicker', 'timepicker'];
export const FOR_INPUT = [...SELECTS, ...MULTI_SELECTS, 'checkboxes', 'radio_buttons', ...INPUTS];

const COMMON = ['type', 'action_id', 'confirm', 'focus_on_load'];
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  button: ['text', 'url', 'value', 'style', 'accessibility_label'],
  static_select: ['placeholder', 'options', 'option_groups', 'initial_option'],
  users_select: ['placeholder', 'initial_user'],
  conversations_select: [
    'placeholder',
    'initial_conversation',
    'default_to_current_conversation',
    'response_url_enabled',
    'filter',
  ],
  channels_select: ['placeholder', 'initial_channel', 'response_url_enabled'],
  multi_static_select: ['placeholder', 'options', 'option_groups', 'initial_options', 'max_selected_items'],
  multi_users_select: ['placeholder', 'initial_users', 'max_selected_items'],
  multi_conversations_select: [
    'placeholder',
    'initial_conversations',
    'default_to_current_conversation',
    'max_selected_items',
    'filter',
  ],
  multi_channels_select: ['placeholder', 'initial_channels', 'max_selected_items'],
  overflow: ['options'],
  checkboxes: ['options', 'initial_options'],
  radio_buttons: ['options', 'initial_option'],
  plain_text_input: ['placeholder', 'initial_value', 'multiline', 'min_length', 'max_length', 'dispatch_action_config'],
  number_input: ['placeholder', 'initial_value', 'is_decimal_allowed', 'min_value', 'max_value'],
  email_text_input: ['placeholder', 'initial_value'],
  url_text_input: ['placeholder', 'initial_value'],
  datepicker: ['placeholder', 'initial_date'],
  timepicker: ['placeholder', 'initial_time', 'timezone'],
};

/** An element that a person acts on: a button, a select, an input. */
export function checkElement(check: Checker, element: unknown, at: string, allowed: readonly string[]): void {
  const type = isObject(element) ? String(element.type) : '';
  if (!allowed.includes(type)) {
    check.fail(`${at}/type`, `unsupported type: ${type}`);
    return;
  }
  if (!check.object(element, at, [...COMMON, ...FIELDS[type]!])) return;
  if (element.action_id !== undefined) check.string(element.action_id, `${at}/action_id`, 1, 255);
  if (element.placeholder !== undefined)
    checkText(check, element.placeholder, `${at}/placeholder`, { kinds: PLAIN, max: 150 });
  if (element.confirm !== undefined) checkConfirm(check, element.confirm, `${at}/confirm`);
  if (type === 'button') {
    checkText(check, element.text, `${at}/text`, { kinds: PLAIN, max: 75 });
    check.optionalString(element.value, `${at}/value`, 2000);
    check.optionalString(element.url, `${at}/url`, 3000);
    check.optionalString(element.accessibility_label, `${at}/accessibility_label`, 75);
    if (element.style !== undefined) check.oneOf(element.style, `${at}/style`, ['primary', 'danger']);
  }
  checkInitial(check, element, at);
  const most = { static_select: 100, multi_static_select: 100, overflow: 5, checkboxes: 10, radio_buttons: 10 }[type];
  if (/static_select$/.test(type) && element.option_groups !== undefined) checkGroups(check, element.option_groups, at);
  else if (most !== undefined) checkOptions(check, element.options, `${at}/options`, most);
}

/** The question that is asked before an act is told to the app; it is no part of the message, whose characters are counted. */
function checkConfirm(check: Checker, confirm: unknown, at: string): void {
  if (!check.object(confirm, at, ['title', 'text', 'confirm', 'deny', 'style'])) return;
  const uncounted = { ...check, count: () => {} };
  checkText(uncounted, confirm.title, `${at}/title`, { kinds: PLAIN, max: 100 });
  checkText(uncounted, confirm.text, `${at}/text`, { kinds: ANY_TEXT, max: 300 });
  checkText(uncounted, confirm.confirm, `${at}/confirm`, { kinds: PLAIN, max: 30 });
  checkText(uncounted, confirm.deny, `${at}/deny`, { kinds: PLAIN, max: 30 });
  if (confirm.style !== undefined) check.oneOf(confirm.style, `${at}/style`, ['primary', 'danger']);
}

/** What stands in an input at first must be something that could be entered there. */
function checkInitial(check: Checker, element: JsonObject, at: string): void {
  const { initial_date: day, initial_time: time, max_length: longest } = element;
  if (day !== undefined && !(typeof day === 'string' && /^\d{4}-\d\d-\d\d$/.test(day)))
    check.fail(`${at}/initial_date`, 'must be a day as YYYY-MM-DD');
  if (time !== undefined && !(typeof time === 'string' && /^([01]\d|2[0-3]):[0-5]\d$/.test(time)))
    check.fail(`${at}/initial_time`, 'must be a time as HH:mm');
  if (longest !== undefined && !(typeof longest === 'number' && longest >= 1 && longest <= 3000))
    check.fail(`${at}/max_length`, 'must be from 1 to 3000');
  // Slack takes numbers as text here.
  for (const key of ['initial_value', 'min_value', 'max_value'])
    if (element[key] !== undefined) check.string(element[key], `${at}/${key}`, 0, 3000);
  const offered = JSON.stringify(element.options ?? element.option_groups ?? []);
  const given = [element.initial_option, ...(Array.isArray(element.initial_options) ? element.initial_options : [])];
  for (const option of given)
    if (option !== undefined && !offered.includes(JSON.stringify(option)))
      check.fail(`${at}/initial_option`, 'must be one of the options, exactly');
}

function checkGroups(check: Checker, groups: unknown, at: string): void {
  if (!check.array(groups, `${at}/option_groups`, 1, 100)) return;
  groups.forEach((group, index) => {
    const here = `${at}/option_groups/${index}`;
    if (!check.object(group, here, ['label', 'options'])) return;
    checkText(check, group.label, `${here}/label`, { kinds: PLAIN, max: 75 });
    checkOptions(check, group.options, `${here}/options`, 100);
  });
}

function checkOptions(check: Checker, options: unknown, at: string, most: number): void {
  if (!check.array(options, at, 1, most)) return;
  options.forEach((option, index) => {
    const here = `${at}/${index}`;
    if (!check.object(option, here, ['text', 'value', 'description', 'url'])) return;
    checkText(check, option.text, `${here}/text`, { kinds: ANY_TEXT, max: 75 });
    check.string(option.value, `${here}/value`, 1, 150);
    if (option.description !== undefined)
      checkText(check, option.description, `${here}/description`, { kinds: ANY_TEXT, max: 75 });
  });
}
