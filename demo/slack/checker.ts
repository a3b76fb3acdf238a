/** Anything that was parsed from JSON. */
export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Collects what is wrong with a piece of Block Kit, in Slack's own words and with its JSON pointers:
 * "[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]".
 */
export interface Checker {
  readonly errors: string[];
  fail(pointer: string, message: string): void;
  /** True when it is an object with no key besides those allowed. */
  object(value: unknown, pointer: string, allowed: readonly string[]): value is JsonObject;
  /** True when it is a string of `min` to `max` characters. */
  string(value: unknown, pointer: string, min: number, max: number): value is string;
  optionalString(value: unknown, pointer: string, max: number): void;
  array(value: unknown, pointer: string, min: number, max: number): value is readonly unknown[];
  oneOf(value: unknown, pointer: string, choices: readonly unknown[]): void;
  /** Characters that were seen so far in texts that a person reads. */
  characters(): number;
  count(text: string): void;
}

export function createChecker(): Checker {
  const errors: string[] = [];
  let characters = 0;
  const fail = (pointer: string, message: string): void => {
    errors.push(`[ERROR] ${message} [json-pointer:${pointer}]`);
  };
  const checker: Checker = {
    errors,
    fail,
    characters: () => characters,
    count: (text) => {
      characters += text.length;
    },
    object(value, pointer, allowed): value is JsonObject {
      if (!isObject(value)) {
        fail(pointer, value === undefined ? 'missing required field' : 'must provide an object');
        return false;
      }
      for (const key of Object.keys(value)) {
        if (!allowed.includes(key))
          fail(`${pointer}/${key}`, `no more than the documented fields: invalid additional property: ${key}`);
      }
      return true;
    },
    string(value, pointer, min, max): value is string {
      if (typeof value !== 'string') {
        fail(pointer, value === undefined ? 'missing required field' : 'must provide a string');
        return false;
      }
      if (value.length < min) fail(pointer, `must be more than ${min - 1} characters`);
      if (value.length > max) fail(pointer, `must be less than ${max + 1} characters`);
      return true;
    },
    optionalString(value, pointer, max) {
      if (value !== undefined) checker.string(value, pointer, 0, max);
    },
    array(value, pointer, min, max): value is readonly unknown[] {
      if (!Array.isArray(value)) {
        fail(pointer, value === undefined ? 'missing required field' : 'must provide an array');
        return false;
      }
      if (value.length < min) fail(pointer, `no fewer than ${min} items required`);
      if (value.length > max) fail(pointer, `no more than ${max} items allowed`);
      return true;
    },
    oneOf(value, pointer, choices) {
      if (!choices.includes(value)) fail(pointer, `must be one of: ${choices.join(', ')}`);
    },
  };
  return checker;
}
