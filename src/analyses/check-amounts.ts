import { KithError } from '../lib/errors.ts';

/**
 * Refuses an analysis' input in which an amount is no finite number: every sum, mean and model over it would be wrong, and none
 * would say so. Looks at each `amount` of the input's histories. Cost: one pass.
 */
export function checkAmounts(name: string, input: unknown): void {
  if (typeof input !== 'object' || input === null || ArrayBuffer.isView(input)) return;
  for (const [key, value] of Object.entries(input)) {
    if (key !== 'amount' || !(value instanceof Float64Array)) {
      if (!Array.isArray(value)) checkAmounts(name, value);
      continue;
    }
    const row = value.findIndex((amount) => !Number.isFinite(amount));
    if (row === -1) continue;
    throw new KithError('model-input', {
      en: `Amount ${row + 1} of ${value.length} that "${name}" reads is ${value[row]!}, which no sum can hold; look for deals with impossible amounts in /kith health, and sync again`,
      zh: `“${name}”读取的 ${value.length} 个金额中，第 ${row + 1} 个是 ${value[row]!}，无法求和；请在 /kith health 中查找金额异常的交易，然后重新同步`,
    });
  }
}
