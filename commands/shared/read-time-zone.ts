import { nearest } from '../../src/lib/nearest.ts';
import { type Language, say } from '../../src/lib/text.ts';
import { isTimeZone } from '../../src/lib/time-zone.ts';
import { quoted, suggestion } from './read-argument.ts';

/** The zone that a person wrote, in its usual spelling; else what is wrong with it. */
export function readTimeZone(
  language: Language,
  text: string,
): { readonly timeZone: string } | { readonly problem: string } {
  const typed = text.trim().replace(/\s+/g, '_');
  const zones = [...Intl.supportedValuesOf('timeZone'), 'UTC'];
  const known = zones.find((zone) => zone.toLowerCase() === typed.toLowerCase());
  if (known !== undefined) return { timeZone: known };
  // Other spellings that clocks know, such as Asia/Kolkata for Asia/Calcutta; offsets are no zones: summer time is not in them.
  if (/^[A-Za-z_]+(\/[A-Za-z_+\-0-9]+)+$/.test(typed) && isTimeZone(typed)) return { timeZone: typed };
  const cities = new Map(zones.map((zone) => [zone.slice(zone.lastIndexOf('/') + 1), zone]));
  const close = [...new Set(nearest(typed, [...zones, ...cities.keys()]).map((name) => cities.get(name) ?? name))];
  const hint = suggestion(language, close, {
    en: 'write one such as Europe/Berlin',
    zh: '请填写时区名称，例如 Asia/Shanghai',
  });
  const shown = quoted(text.trim());
  return {
    problem: say(language, { en: `“${shown}” is no time zone: ${hint}`, zh: `“${shown}”不是时区：${hint}` }),
  };
}
