import { type PortalState, portalStateSchema } from './portal-state.ts';
import type { Setting } from './settings-table.ts';

/** Words for "nobody decides". */
const UNSET = /^(auto|none|null|off|无|自动)$/i;
const YES = /^(yes|true|on|是)$/i;
const NO = /^(no|false|off|否)$/i;

/**
 * The state with a setting as it was typed; null when the words are nothing that the setting accepts. What a value may be is
 * the schema's to say: each way of reading the words is tried on it.
 */
export function withSetting(state: PortalState, setting: Setting, text: string): PortalState | null {
  const before = settingValue(state, setting.key);
  for (const value of readings(setting, text.trim())) {
    const next = setting.merges && isMap(value) && isMap(before) ? { ...before, ...value } : value;
    const parsed = portalStateSchema.safeParse(withValue(state, setting.key, next));
    if (!parsed.success) continue;
    if (setting.isSound?.(settingValue(parsed.data, setting.key)) === false) continue;
    return parsed.data;
  }
  return null;
}

/** The state with a setting as it is while nobody has decided. */
export function withoutSetting(state: PortalState, { key }: Setting): PortalState {
  return portalStateSchema.parse(withValue(state, key, undefined));
}

/** What a setting is; undefined where a map has no such entry. */
export function settingValue(state: PortalState, key: string): unknown {
  let value: unknown = state;
  for (const part of key.split('.')) {
    value = typeof value === 'object' && value !== null ? new Map(Object.entries(value)).get(part) : undefined;
  }
  return value;
}

/** What words may mean, the plainest first; `undefined` takes an entry out. */
function* readings({ read, isEntry }: Setting, text: string): Generator<unknown> {
  if (text === '') return;
  if (UNSET.test(text)) {
    if (text.toLowerCase() === 'auto') yield 'auto';
    yield null;
    if (isEntry) yield undefined;
  }
  if (read !== undefined) {
    const value = read(text);
    if (value !== undefined) yield value;
    return;
  }
  if (/^[-+]?\d+(\.\d+)?$/.test(text)) yield Number(text);
  if (YES.test(text)) yield true;
  if (NO.test(text)) yield false;
  if (text.includes('=')) {
    const pairs = pairsOf(text);
    yield Object.fromEntries(pairs);
    yield Object.fromEntries(pairs.map(([name, value]) => [name, Number(value)]));
  }
  if (/[,，、]/u.test(text)) yield text.split(/[,，、]/u).map(bare);
  yield bare(text);
  yield bare(text).toLowerCase();
}

function isMap(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `medium=1000 high=5000`, or with commas between pairs, which a name with spaces needs. */
function pairsOf(text: string): (readonly [string, string])[] {
  const parts = /[,，、]/u.test(text) ? text.split(/[,，、]/u) : text.split(/\s+(?=[^\s=]+\s*=)/);
  return parts.map((part) => {
    const at = part.indexOf('=');
    return [bare(part.slice(0, Math.max(0, at))), bare(part.slice(at + 1))] as const;
  });
}

function bare(text: string): string {
  return text.trim().replace(/^["'“”‘’]+|["'“”‘’]+$/gu, '');
}

function withValue(state: PortalState, key: string, value: unknown): object {
  const [first = '', second] = key.split('.');
  const all = new Map<string, unknown>(Object.entries(state));
  if (second === undefined) return Object.fromEntries(changed(all, first, value));
  const inner = all.get(first);
  const entries = new Map<string, unknown>(typeof inner === 'object' && inner !== null ? Object.entries(inner) : []);
  return Object.fromEntries(changed(all, first, Object.fromEntries(changed(entries, second, value))));
}

function changed(entries: Map<string, unknown>, name: string, value: unknown): Map<string, unknown> {
  if (value === undefined) entries.delete(name);
  else entries.set(name, value);
  return entries;
}
