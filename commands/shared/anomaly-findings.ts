import type { Anomaly } from '../../src/analyses/anomalies-summary.ts';
import type { Finding, FindingState, Findings } from '../../src/ledger/findings.ts';
import { KithError } from '../../src/lib/errors.ts';
import { type Language, say } from '../../src/lib/text.ts';
import { formatCount, formatPercent } from '../../src/report/format.ts';
import type { Report } from '../../src/report/report.ts';
import type { CommandContext } from '../context.ts';

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

/** How many of the told anomalies people called useful, over time; null before anybody judged one. */
export async function anomalyRecord(findings: Findings, language: Language): Promise<string | null> {
  const all = await findings.of(BOOK);
  const useful = all.filter(({ state }) => state === 'acknowledged').length;
  const useless = all.filter(({ state }) => state === 'not-useful').length;
  if (useful + useless === 0) return null;
  const share = useful / (useful + useless);
  return say(language, {
    en: `Of ${formatCount('en', all.length)} anomalies told so far people judged ${formatCount('en', useful + useless)}: ${formatCount('en', useful)} were useful (${formatPercent('en', share)}).`,
    zh: `至今汇报 ${formatCount('zh', all.length)} 项异常，其中 ${formatCount('zh', useful + useless)} 项得到评价，${formatCount('zh', useful)} 项有用（${formatPercent('zh', share)}）。`,
  });
}

/** Keeps a person's judgement of an anomaly that was told, and says how the record stands. */
export async function judgeAnomaly(
  context: CommandContext,
  key: string,
  state: Extract<FindingState, 'acknowledged' | 'not-useful'>,
): Promise<Report> {
  const { language, findings, reader } = context;
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
  if (found.state !== state)
    await findings.record(BOOK, [found], { state, actor: reader.viewer.userId, note: 'button' });
  const record = await anomalyRecord(findings, language);
  return {
    language,
    headline:
      state === 'acknowledged'
        ? say(language, { en: 'Noted: useful, and somebody is on it', zh: '已记录：有用，已有人跟进' })
        : say(language, { en: 'Noted: not useful', zh: '已记录：没用' }),
    parts: record === null ? [] : [{ kind: 'text', text: record }],
    trust: '',
  };
}
