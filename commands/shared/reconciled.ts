import { type Language, say } from '../../src/lib/text.ts';
import type { ReconciledClass, SystemStatus } from '../../src/ports/system-status.ts';
import { formatCount, formatInstant, formatMoney, plural } from '../../src/report/format.ts';

type Reconciliation = NonNullable<SystemStatus['reconciliation']>;

/** What a comparison with the CRM found, in the order in which it is said. */
const FOUND: readonly (readonly [ReconciledClass, { one: string; other: string }, string])[] = [
  ['late', { one: 'record came late', other: 'records came late' }, '条迟到'],
  ['restored', { one: 'was restored', other: 'were restored' }, '条已恢复'],
  ['archived', { one: 'was archived', other: 'were archived' }, '条已归档'],
  ['merged', { one: 'was merged', other: 'were merged' }, '条已合并'],
  ['purged', { one: 'was deleted for good', other: 'were deleted for good' }, '条已彻底删除'],
  ['unreadable', { one: 'cannot be read', other: 'cannot be read' }, '条无法读取'],
  [
    'forgotten',
    { one: 'is of a person who was forgotten', other: 'are of people who were forgotten' },
    '条属于已被遗忘的人',
  ],
];

/** The last comparison of the copy with the CRM as one line: when, what was found and mended, and the revenue. */
export function reconciled(
  { language, timeZone }: { language: Language; timeZone: string },
  last: SystemStatus['reconciliation'],
): string {
  if (last === null) {
    return say(language, { en: 'never: run `kith sync --report`', zh: '从未：请运行 `kith sync --report`' });
  }
  const of = (name: ReconciledClass): number => Object.values(last.types).reduce((sum, type) => sum + type[name], 0);
  const compared = formatCount(language, of('in_crm'));
  const found = FOUND.filter(([name]) => of(name) > 0).map(([name, en, zh]) => plural(language, of(name), en, zh));
  const what = foundText(language, found);
  const scope = say(language, { en: `${compared} records compared`, zh: `共核对 ${compared} 条记录` });
  return [
    formatInstant(language, last.at, timeZone),
    ...(of('in_crm') === 0 ? [] : [say(language, { en: `${scope}, ${what}`, zh: `${scope}，${what}` })]),
    revenueText(language, last.revenue),
  ].join(say(language, { en: '; ', zh: '；' }));
}

function foundText(language: Language, found: readonly string[]): string {
  if (found.length === 0) return say(language, { en: 'none differed', zh: '没有差异' });
  return found.join(say(language, { en: ', ', zh: '、' }));
}

function revenueText(language: Language, { currency, difference }: Reconciliation['revenue']): string {
  if (/^-?0*\.?0*$/.test(difference)) return say(language, { en: 'revenue equal to the cent', zh: '营收分毫不差' });
  const money = formatMoney(language, difference, currency, { exact: true });
  return say(language, { en: `the CRM's revenue less ours is ${money}`, zh: `CRM 营收与我们的相差 ${money}` });
}
