import type { Run } from '../domain/results.ts';
import { type Language, say, type Text } from '../lib/text.ts';
import type { Estimate } from '../models/difference-of-shares.ts';
import { formatDay, formatMoney, formatNumber, plural } from '../report/format.ts';
import type { Report, ReportPart } from '../report/report.ts';
import { comparePlaybooks, LEAST_BUYERS, type PlaybookOutcome } from './playbook-outcome.ts';
import { trustLine } from './trust-line.ts';

interface Asked {
  readonly language: Language;
  readonly timeZone: string;
  /** The newest run: how far orders are known. */
  readonly run: Run;
}

/** Points of a share, with their sign: 0.15 is `+15`. */
function points(share: number): string {
  const rounded = Math.round(share * 100);
  return rounded > 0 ? `+${rounded}` : rounded < 0 ? `−${-rounded}` : '0';
}

/** `24 of 80 ordered against 3 of 20 held out: +15 points, between −8 and +28: not proven yet`. */
export function outcomeSentence(outcome: PlaybookOutcome, asked: Pick<Asked, 'language' | 'timeZone'>): string {
  const { treated, heldOut, shares, run } = outcome;
  if (outcome.standing === 'unit') {
    return say(asked.language, {
      en: 'cannot be counted: customers were another kind of record when it was started',
      zh: '无法统计：开始时的客户为另一种记录类型',
    });
  }
  if (shares === null) {
    return say(asked.language, {
      en: `${treated.ordered} of ${treated.customers} ordered; nobody was held out, so it cannot be said whether the playbook did it`,
      zh: `${treated.customers} 位中有 ${treated.ordered} 位下单；没有对照客户，无法判断是否为方案的效果`,
    });
  }
  const [value, low, high] = [points(shares.value), points(shares.low), points(shares.high)];
  const verdict = say(asked.language, verdictText(outcome, formatDay(asked.language, run.outcomeAt, asked.timeZone)));
  return say(asked.language, {
    en: `${treated.ordered} of ${treated.customers} ordered against ${heldOut.ordered} of ${heldOut.customers} held out: ${value} ${value === '+1' || value === '−1' ? 'point' : 'points'}, between ${low} and ${high}: ${verdict}`,
    zh: `执行组 ${treated.customers} 位中 ${treated.ordered} 位下单，对照组 ${heldOut.customers} 位中 ${heldOut.ordered} 位下单：${value} 个百分点，区间 ${low} 至 ${high}：${verdict}`,
  });
}

function verdictText({ standing, verdict }: PlaybookOutcome, known: string): Text {
  if (standing === 'running') return { en: `so far, known on ${known}`, zh: `截至目前，${known} 可知结果` };
  if (standing === 'stopped')
    return { en: 'stopped before its time, so no more than a hint', zh: '提前停止，仅供参考' };
  if (verdict === 'better') return { en: 'more ordered than without it, shown', zh: '效果得到证实：下单更多' };
  if (verdict === 'worse') return { en: 'fewer ordered than without it, shown', zh: '效果为负：下单更少' };
  return { en: 'not proven yet', zh: '尚未证实' };
}

/** Revenue a customer, treated against held out. */
function moneySentence(outcome: PlaybookOutcome, { language, run }: Asked): string {
  const money = (amount: number): string => formatMoney(language, amount, run.portfolio.currency);
  const signed = (amount: number): string => (amount < 0 ? `−${money(-amount)}` : `+${money(amount)}`);
  const each = ({ money: all, customers }: PlaybookOutcome['treated']): string =>
    money(customers === 0 ? 0 : all / customers);
  const { treated, heldOut, money: difference } = outcome;
  if (heldOut.customers === 0)
    return say(language, { en: `${each(treated)} a customer`, zh: `每位客户 ${each(treated)}` });
  const sides = say(language, {
    en: `${each(treated)} a customer against ${each(heldOut)}`,
    zh: `每位客户 ${each(treated)}，对照 ${each(heldOut)}`,
  });
  if (difference === null) {
    return say(language, {
      en: `${sides}; fewer than ${LEAST_BUYERS} ordered in one of the groups, too few to say how sure that is`,
      zh: `${sides}；其中一组下单客户不足 ${LEAST_BUYERS} 位，无法给出区间`,
    });
  }
  return say(language, {
    en: `${sides}: ${signed(difference.value)}, between ${signed(difference.low)} and ${signed(difference.high)}`,
    zh: `${sides}：${signed(difference.value)}，区间 ${signed(difference.low)} 至 ${signed(difference.high)}`,
  });
}

/** What came of the playbooks that were started, target by target, and which is the better one where several can be compared. */
export function presentOutcomes(outcomes: readonly PlaybookOutcome[], asked: Asked): Report {
  const { language, run } = asked;
  const trust = trustLine(language, run, 0, {
    en: 'everybody counts as drawn, reached or not; intervals at 95 %',
    zh: '按抽取分组统计，无论是否联系到；95% 区间',
  });
  if (outcomes.length === 0) {
    return {
      language,
      headline: say(language, { en: 'No playbook has been started yet', zh: '尚未开始任何方案' }),
      parts: [
        {
          kind: 'text',
          text: say(language, {
            en: '`/kith playbook` lists them; `/kith playbook start TARGET` shows what starting one would mean.',
            zh: '`/kith playbook` 列出所有方案；`/kith playbook start 客群` 预览执行效果。',
          }),
        },
      ],
      trust,
    };
  }
  const targets = [...new Set(outcomes.map((outcome) => outcome.run.target))];
  const parts = targets.flatMap((target) =>
    targetParts(
      outcomes.filter((one) => one.run.target === target),
      asked,
    ),
  );
  const final = outcomes.filter(({ standing }) => standing === 'final').length;
  const only = outcomes.length === 1 ? outcomes[0]! : null;
  return {
    language,
    headline:
      only === null
        ? say(language, {
            en: `${plural('en', outcomes.length, { one: 'playbook was', other: 'playbooks were' }, '')} started, and the outcome of ${final} is known`,
            zh: `已开始 ${outcomes.length} 个方案，其中 ${final} 个结果已知`,
          })
        : `${say(language, only.run.text)}${language === 'zh' ? '：' : ': '}${outcomeSentence(only, asked)}`,
    parts,
    trust,
  };
}

function targetParts(outcomes: readonly PlaybookOutcome[], asked: Asked): ReportPart[] {
  const { language, timeZone } = asked;
  const parts: ReportPart[] = [{ kind: 'heading', text: say(language, outcomes[0]!.run.name) }];
  for (const outcome of outcomes) {
    const from = formatDay(language, outcome.run.startedAt, timeZone);
    const until = formatDay(language, outcome.until, timeZone);
    const lines = [outcomeSentence(outcome, asked)];
    if (outcome.standing !== 'unit') lines.push(moneySentence(outcome, asked), ...lostLines(outcome, language));
    parts.push({
      kind: 'item',
      title: say(language, {
        en: `${outcome.run.text.en} · orders ${from} – ${until}`,
        zh: `${outcome.run.text.zh} · 统计 ${from} – ${until} 的订单`,
      }),
      text: lines.join('\n'),
    });
  }
  const compared = comparePlaybooks(outcomes);
  if (compared !== null) {
    const { best, next, lead } = compared;
    const isShown = lead.low > 0;
    parts.push({
      kind: 'text',
      text: say(language, {
        en: `The better one so far: “${best.run.text.en}” (${points(best.shares!.value)} points) before “${next.run.text.en}” (${points(next.shares!.value)}). It leads by ${interval('en', lead)}: ${isShown ? 'shown' : 'not proven yet'}.`,
        zh: `目前较好的方案：“${best.run.text.zh}”（${points(best.shares!.value)} 个百分点），其次“${next.run.text.zh}”（${points(next.shares!.value)}）。领先 ${interval('zh', lead)}：${isShown ? '已证实' : '尚未证实'}。`,
      }),
    });
  }
  return parts;
}

function interval(language: Language, { value, low, high }: Estimate): string {
  const by = formatNumber(language, Math.round(value * 100), 0);
  return say(language, {
    en: `${by} points, between ${points(low)} and ${points(high)}`,
    zh: `${by} 个百分点（区间 ${points(low)} 至 ${points(high)}）`,
  });
}

function lostLines({ erased, mixed }: PlaybookOutcome, language: Language): string[] {
  const lines: string[] = [];
  if (erased > 0) {
    lines.push(
      say(language, {
        en: `${plural('en', erased, { one: 'customer was', other: 'customers were' }, '')} erased since and cannot be counted`,
        zh: `${erased} 位客户已被删除，无法统计`,
      }),
    );
  }
  if (mixed > 0) {
    lines.push(
      say(language, {
        en: `${plural('en', mixed, { one: 'customer was', other: 'customers were' }, '')} merged across the two groups and left out`,
        zh: `${mixed} 位客户跨组合并，未计入`,
      }),
    );
  }
  return lines;
}
