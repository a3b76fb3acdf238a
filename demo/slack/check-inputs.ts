import { type Language, say } from '../../src/lib/text.ts';
import { isObject, type JsonObject } from './checker.ts';
import { type Entered, isEmptyState, stateOfElement } from './element-state.ts';

/** What keeps a form from being handed in, by block: Slack looks at this before the app is told anything. */
export function checkInputs(blocks: unknown, entered: Entered, language: Language): Readonly<Record<string, string>> {
  const problems: Record<string, string> = {};
  for (const block of Array.isArray(blocks) ? blocks.filter(isObject) : []) {
    if (block.type !== 'input' || !isObject(block.element)) continue;
    const blockId = String(block.block_id);
    const state = stateOfElement(block.element, entered[blockId]?.[String(block.element.action_id)]);
    if (state === null) continue;
    const problem = isEmptyState(state)
      ? block.optional === true
        ? null
        : { en: 'Please complete this required field.', zh: '请填写此必填项。' }
      : problemOf(block.element, String(state.value ?? ''));
    if (problem !== null) problems[blockId] = say(language, problem);
  }
  return problems;
}

function problemOf(element: JsonObject, value: string): { en: string; zh: string } | null {
  const { min_length: shortest, max_length: longest, min_value: least, max_value: most } = element;
  switch (element.type) {
    case 'plain_text_input':
      if (typeof shortest === 'number' && value.length < shortest)
        return { en: `Please enter at least ${shortest} characters.`, zh: `请至少输入 ${shortest} 个字符。` };
      if (typeof longest === 'number' && value.length > longest)
        return { en: `Please enter at most ${longest} characters.`, zh: `最多输入 ${longest} 个字符。` };
      return null;
    case 'number_input':
      if (!/^-?\d+(\.\d+)?$/.test(value)) return { en: 'Please enter a number.', zh: '请输入数字。' };
      if (element.is_decimal_allowed !== true && value.includes('.'))
        return { en: 'Please enter a whole number.', zh: '请输入整数。' };
      if (least !== undefined && Number(value) < Number(least))
        return { en: `Please enter ${String(least)} or more.`, zh: `请输入不小于 ${String(least)} 的数字。` };
      if (most !== undefined && Number(value) > Number(most))
        return { en: `Please enter ${String(most)} or less.`, zh: `请输入不大于 ${String(most)} 的数字。` };
      return null;
    case 'email_text_input':
      return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value)
        ? null
        : { en: 'Please enter an e-mail address.', zh: '请输入电子邮件地址。' };
    case 'url_text_input':
      return /^https?:\/\/\S+$/.test(value)
        ? null
        : { en: 'Please enter a web address: https://…', zh: '请输入网址：https://…' };
    default:
      return null;
  }
}
