import { type Language, say, type Text } from '../lib/text.ts';
import { formatCount, plural } from '../report/format.ts';
import type { Report, ReportPart } from '../report/report.ts';
import { isSameIn, type RunComparison } from './compare-runs.ts';
import type { RunFacts } from './run-history.ts';

/** So much of a fingerprint tells two apart. */
const SHORT = 12;

/** Every kept run in a line. */
export function presentRuns(facts: readonly RunFacts[], language: Language): Report {
  const runs = plural(language, facts.length, { one: 'run', other: 'runs' }, ' 次分析');
  return {
    language,
    headline: say(language, { en: `The newest ${runs} that are kept`, zh: `已保留的最近${runs}` }),
    parts: [
      {
        kind: 'facts',
        facts: facts.map((one) => ({ label: new Date(one.run.asOf).toISOString(), value: lineOf(language, one) })),
      },
      { kind: 'text', text: say(language, HOW_TO_REPLAY) },
    ],
    trust: '',
  };
}

function lineOf(language: Language, { run, customers, evidenceLevel, model, auc }: RunFacts): string {
  const count = customers === null ? '–' : formatCount(language, customers);
  const told = auc === null ? '' : `, AUC ${auc.toFixed(3)}`;
  const [data, level] = [run.fingerprint.slice(0, SHORT), evidenceLevel ?? '–'];
  return say(language, {
    en: `${kindOf(language, run)}; ${count} customers; evidence level ${level}; ${model ?? 'no model'}${told}; data ${data}; run ${run.id}`,
    zh: `${kindOf(language, run)}；${count} 个客户；证据等级 ${level}；${model ?? '无模型'}${told}；数据 ${data}；编号 ${run.id}`,
  });
}

const HOW_TO_REPLAY: Text = {
  en: 'Write `kith analyse --as-of` with the as-of of a run to make it again and compare',
  zh: '用 `kith analyse --as-of` 加上某次分析的截至时间，可重做该次分析并对比',
};

/** One kept run with what it takes to make it again. */
export function presentRun({ run, customers, evidenceLevel, model, auc }: RunFacts, language: Language): Report {
  const { unit, timeZone, currency, horizonDays } = run.portfolio;
  const fact = (en: string, zh: string, value: string) => ({ label: say(language, { en, zh }), value });
  const settings =
    run.settings === null
      ? say(language, { en: 'not kept by the Kith that made this run', zh: '当时的版本未保留设置' })
      : JSON.stringify(run.settings);
  return {
    language,
    headline: say(language, {
      en: `Run ${run.id}, as of ${new Date(run.asOf).toISOString()}`,
      zh: `分析 ${run.id}，数据截至 ${new Date(run.asOf).toISOString()}`,
    }),
    parts: [
      {
        kind: 'facts',
        facts: [
          fact('Kind', '类型', kindOf(language, run)),
          ...(run.replayOf === null ? [] : [fact('Replay of', '重做自', run.replayOf)]),
          fact('Status', '状态', run.status),
          fact('Data fingerprint', '数据指纹', run.fingerprint),
          fact('Customers', '客户数', customers === null ? '–' : `${formatCount(language, customers)} (${unit})`),
          fact('Model of the no-order risk', '不下单风险模型', model ?? '–'),
          fact('AUC', 'AUC', auc === null ? '–' : auc.toFixed(3)),
          fact('Evidence level', '证据等级', evidenceLevel === null ? '–' : String(evidenceLevel)),
          fact('Horizon', '预测期', say(language, { en: `${horizonDays} days`, zh: `${horizonDays} 天` })),
          fact('Time zone and currency', '时区与货币', `${timeZone}, ${currency}`),
          fact('Settings', '设置', settings),
        ],
      },
      { kind: 'text', text: say(language, HOW_TO_REPLAY) },
    ],
    trust: '',
  };
}

/** How a replay came out beside the run that it repeats; null for an instant at which no run was kept. */
export function presentReplay(comparison: RunComparison | null, asOf: number, language: Language): Report {
  const instant = new Date(asOf).toISOString();
  const note: ReportPart = {
    kind: 'text',
    text: say(language, {
      en: 'This run is kept as a replay: nobody else is shown it, and nothing is written back from it',
      zh: '此次结果仅作为重做保留：不会展示给其他人，也不会写回 CRM',
    }),
  };
  if (comparison === null) {
    const headline = say(language, {
      en: `Looked at ${instant} with today’s settings; no kept run looked at that instant, so there is nothing to compare with`,
      zh: `已按当前设置分析 ${instant}；没有保留该时刻的分析，无法对比`,
    });
    return { language, headline, parts: [note], trust: '' };
  }
  const parts: ReportPart[] = [];
  if (!comparison.isSame) parts.push(tableOf(comparison, language));
  if (!comparison.hasSettings) {
    parts.push({
      kind: 'text',
      text: say(language, {
        en: 'The settings of then were not kept, so today’s were used',
        zh: '当时的设置未保留，因此使用了当前设置',
      }),
    });
  }
  if (comparison.analyses.some(({ ofTheDay }) => ofTheDay.length > 0)) {
    parts.push({
      kind: 'text',
      text: say(language, {
        en: 'Revenue beside the CRM, open deals and data health tell of the day on which they are run, whatever its as-of',
        zh: '收入核对、未结商机与数据质量反映运行当天的情况，与截至时间无关',
      }),
    });
  }
  return { language, headline: say(language, verdict(comparison, language)), parts: [...parts, note], trust: '' };
}

function verdict(comparison: RunComparison, language: Language): Text {
  const { run, isSame, isSameAsOf, isSameData } = comparison;
  const customers = formatCount(language, comparison.customers);
  const differing = formatCount(language, comparison.differing);
  if (isSame)
    return {
      en: `Run ${run} again, the same to the byte for all ${customers} customers`,
      zh: `重做分析 ${run}：全部 ${customers} 个客户的结果逐字节相同`,
    };
  if (isSameAsOf)
    return {
      en: `Run ${run} again, the same for all ${customers} customers; only what tells of the day of the run differs`,
      zh: `重做分析 ${run}：全部 ${customers} 个客户的结果相同，仅反映运行当天的内容不同`,
    };
  if (isSameData && !comparison.hasSettings)
    return {
      en: `Run ${run} again on the same data with today’s settings: ${differing} of ${customers} customers differ`,
      zh: `按当前设置、相同数据重做分析 ${run}：${customers} 个客户中有 ${differing} 个不同`,
    };
  const unlike = comparison.analyses.filter((one) => !isSameIn(one));
  if (isSameData && unlike.some(({ lacksRunBefore }) => lacksRunBefore))
    return {
      en: `Run ${run} again on the same data, without what the run before it had learnt from, which is removed by now (retentionDays.matrices): ${differing} of ${customers} customers differ`,
      zh: `以相同数据重做分析 ${run}，但其前一次分析的学习数据已到期删除（retentionDays.matrices）：${customers} 个客户中有 ${differing} 个不同`,
    };
  if (isSameData)
    return {
      en: `Run ${run} again on the same data and settings, and ${differing} of ${customers} customers differ; a version of Kith that calculates otherwise may have made that run`,
      zh: `以相同数据与设置重做分析 ${run}，${customers} 个客户中有 ${differing} 个不同；该次分析可能由算法不同的其他版本 Kith 完成`,
    };
  return {
    en: `Run ${run} again, and the data has changed since: ${differing} of ${customers} customers differ`,
    zh: `重做分析 ${run}：此后数据已变动，${customers} 个客户中有 ${differing} 个不同`,
  };
}

function tableOf({ analyses }: RunComparison, language: Language): ReportPart {
  const column = (en: string, zh: string, align: 'left' | 'right' = 'left') => ({
    label: say(language, { en, zh }),
    align,
  });
  const none = say(language, { en: 'same', zh: '相同' });
  return {
    kind: 'table',
    title: say(language, { en: 'What differs', zh: '不同之处' }),
    columns: [
      column('Analysis', '分析'),
      column('Customers', '客户数', 'right'),
      column('Differ', '不同', 'right'),
      column('Model', '模型'),
      column('Summary', '摘要'),
    ],
    rows: analyses
      .filter((one) => !isSameIn(one))
      .map(({ analysis, customers, differing, isSameModel, summary }) => [
        analysis,
        formatCount(language, customers),
        formatCount(language, differing),
        isSameModel ? none : say(language, { en: 'differs', zh: '不同' }),
        summary.length === 0 ? none : summary.join(', '),
      ]),
  };
}

function kindOf(language: Language, { kind, status }: RunFacts['run']): string {
  if (status === 'failed') return say(language, { en: 'failed', zh: '失败' });
  if (status === 'running') return say(language, { en: 'running', zh: '进行中' });
  return say(language, kind === 'current' ? { en: 'current', zh: '当前' } : { en: 'replay', zh: '重做' });
}
