import { type Anomaly, anomalyDetailsSchema } from '../../src/analyses/anomalies-summary.ts';
import type { Finding, FindingState, Findings } from '../../src/ledger/findings.ts';
import { KithError } from '../../src/lib/errors.ts';
import { type Language, say } from '../../src/lib/text.ts';
import { formatCount, formatPercent } from '../../src/report/format.ts';
import type { Report } from '../../src/report/report.ts';
import type { CommandContext } from '../context.ts';
import { needResult } from './need-result.ts';

/** Under this name the ledger keeps what was told, and what people said of it. */
const BOOK = 'anomalies';

/** Writes down what is told for the first time. */
export async function tellAnomalies(findings: Findings, told: readonly Anomaly[]): Promise<void> {
  const known = new Set((await findings.of(BOOK)).map(({ key }) => key));
  const fresh = told.filter(({ key }) => !known.has(key));
  await findings.record(
    BOOK,
    fresh.map(
      ({ key, kind, money }): Finding => ({ key, customerId: '', band: kind, money: Math.abs(money).toFixed(2) }),
    ),
    { state: 'new', actor: 'kith', note: '/anomalies' },
  );
}

const RECENT_DAYS = 90;
const DAY_MS = 24 * 60 * 60 * 1000;

/** How many of the told anomalies people called useful, ever and lately; null before anybody judged one. */
export async function anomalyRecord(findings: Findings, language: Language, now: number): Promise<string | null> {
  const all = await findings.of(BOOK);
  const judged = all.filter(({ state }) => state === 'acknowledged' || state === 'not-useful');
  if (judged.length === 0) return null;
  const usefulOf = (some: typeof judged): number => some.filter(({ state }) => state === 'acknowledged').length;
  const useful = usefulOf(judged);
  const share = useful / judged.length;
  const record = say(language, {
    en: `Of ${formatCount('en', all.length)} anomalies told so far people judged ${formatCount('en', judged.length)}: ${formatCount('en', useful)} were useful (${formatPercent('en', share)}).`,
    zh: `至今汇报 ${formatCount('zh', all.length)} 项异常，其中 ${formatCount('zh', judged.length)} 项得到评价，${formatCount('zh', useful)} 项有用（${formatPercent('zh', share)}）。`,
  });
  const recent = judged.filter(({ at }) => now - at <= RECENT_DAYS * DAY_MS);
  if (recent.length === judged.length) return record;
  const lately = usefulOf(recent);
  if (recent.length === 0) {
    return `${record}${say(language, {
      en: ` Nobody judged one in the last ${RECENT_DAYS} days.`,
      zh: `最近 ${RECENT_DAYS} 天没有人作出评价。`,
    })}`;
  }
  return `${record}${say(language, {
    en: ` In the last ${RECENT_DAYS} days: ${formatCount('en', lately)} of ${formatCount('en', recent.length)} (${formatPercent('en', lately / recent.length)}).`,
    zh: `最近 ${RECENT_DAYS} 天：${formatCount('zh', recent.length)} 项中 ${formatCount('zh', lately)} 项有用（${formatPercent('zh', lately / recent.length)}）。`,
  })}`;
}

/**
 * Keeps a person's judgement of an anomaly that was told, and says how the record stands. The last judgement counts. Whoever may
 * not see the customer that it is about may not judge it.
 */
export async function judgeAnomaly(
  context: CommandContext,
  key: string,
  state: Extract<FindingState, 'acknowledged' | 'not-useful'>,
): Promise<Report> {
  const { language, findings, reader, now } = context;
  const { run } = await needResult(context, 'anomalies');
  const found = (await findings.of(BOOK)).find((one) => one.key === key);
  if (found === undefined) {
    throw new KithError(
      'usage',
      say(language, {
        en: 'This button belongs to an anomaly that Kith no longer knows: run `/anomalies` again',
        zh: '这个按钮所属的异常已失效：请重新运行 `/anomalies`',
      }),
    );
  }
  // The band is the kind of the anomaly.
  if (found.band.startsWith('customer-')) {
    const { rows, withheld } = await reader.rows(run, 'anomalies', { band: 'high' });
    if (withheld !== null && !rows.some(({ details }) => isAbout(details, key))) {
      throw new KithError('not-allowed', say(language, withheld));
    }
  }
  const isKnown = found.state === state;
  if (!isKnown) await findings.record(BOOK, [found], { state, actor: reader.viewer.userId, note: 'button' });
  const record = await anomalyRecord(findings, language, now);
  return {
    language,
    headline:
      state === 'acknowledged'
        ? say(language, {
            en: `${isKnown ? 'Noted before' : 'Noted'}: useful, and somebody is on it`,
            zh: `${isKnown ? '此前已记录' : '已记录'}：有用，已有人跟进`,
          })
        : say(language, {
            en: `${isKnown ? 'Noted before' : 'Noted'}: not useful`,
            zh: `${isKnown ? '此前已记录' : '已记录'}：没用`,
          }),
    parts: record === null ? [] : [{ kind: 'text', text: record }],
    trust: '',
  };
}

function isAbout(details: unknown, key: string): boolean {
  const { data } = anomalyDetailsSchema.safeParse(details);
  return data?.roles.some((one) => one.role === 'self' && one.key === key) ?? false;
}
