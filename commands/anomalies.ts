import { anomalies as analysis } from '../src/analyses/anomalies.ts';
import { anomaliesSummarySchema } from '../src/analyses/anomalies-summary.ts';
import { KithError } from '../src/lib/errors.ts';
import { say } from '../src/lib/text.ts';
import type { KithCommand } from './context.ts';
import { anomalyRecord, tellAnomalies } from './shared/anomaly-findings.ts';
import { needResult } from './shared/need-result.ts';
import { quoted, readArgument } from './shared/read-argument.ts';

export const anomalies: KithCommand = {
  name: 'anomalies',
  summary: {
    en: 'What is unusual: customers, revenue, win rate, tickets, the mix; five things at most',
    zh: '异常情况：客户、收入、赢单率、工单与结构，最多五项',
  },
  usage: '',
  onlyReads: () => true,
  async run(context, text) {
    const { language, reader, findings, now } = context;
    const wanted = readArgument(language, text);
    if (wanted !== '') {
      throw new KithError(
        'usage',
        say(language, {
          en: `\`/anomalies\` tells what stands out anywhere and takes no “${quoted(wanted)}”`,
          zh: `\`/anomalies\` 汇报所有异常，不接受“${quoted(wanted)}”`,
        }),
      );
    }
    const { run, summary } = await needResult(context, analysis.name);
    const { rows, withheld } = await reader.rows(run, analysis.name, { band: 'high', order: 'value-desc' });
    const report = analysis.present(summary, { language, run, rows, withheld, filter: '' });
    const { told } = anomaliesSummarySchema.parse(summary);
    const shown = new Set(
      report.parts.flatMap((part) => (part.kind === 'item' ? (part.actions ?? []).map(({ value }) => value) : [])),
    );
    await tellAnomalies(
      findings,
      told.filter(({ key }) => shown.has(key)),
    );
    const record = await anomalyRecord(findings, language, now);
    return record === null ? report : { ...report, parts: [...report.parts, { kind: 'text', text: record }] };
  },
};
