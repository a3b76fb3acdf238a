import { type Language, say } from '../../src/lib/text.ts';
import type { SystemStatus } from '../../src/ports/system-status.ts';
import { formatCount, formatInstant } from '../../src/report/format.ts';

/** Where the CRM's calls of today stand, as one line. */
export function callsText(
  { language, timeZone }: { language: Language; timeZone: string },
  { used, limit, reserve, closedUntil }: NonNullable<SystemStatus['calls']>,
): string {
  const said: string[] = [];
  if (used !== null && limit !== null) {
    const [done, all] = [formatCount(language, used), formatCount(language, limit)];
    said.push(say(language, { en: `${done} of ${all}`, zh: `${done} / ${all} 次` }));
  }
  if (reserve !== null) {
    const kept = formatCount(language, reserve);
    said.push(
      say(language, { en: `the last ${kept} are kept for people’s commands`, zh: `最后 ${kept} 次留给人工命令` }),
    );
  }
  if (closedUntil !== null) {
    const until = formatInstant(language, closedUntil, timeZone);
    said.push(say(language, { en: `none are taken until ${until}`, zh: `${until} 之前不再接受调用` }));
  }
  if (said.length === 0) return say(language, { en: 'not told by the CRM', zh: 'CRM 未提供' });
  return said.join(say(language, { en: '; ', zh: '；' }));
}
