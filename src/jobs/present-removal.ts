import { type Language, say } from '../lib/text.ts';
import { formatCount, plural } from '../report/format.ts';
import type { Report, ReportPart } from '../report/report.ts';
import type { RemovalReport } from './remove-properties.ts';

const LISTED = 10;

/** What was cleared from the CRM's records, or would be, and what is somebody's own and stays. */
export function presentRemoval(report: RemovalReport, language: Language): Report {
  const { batch, dryRun, found, cleared, failed, leftAlone, next } = report;
  const records = plural(language, cleared, { one: 'record', other: 'records' }, ' 条记录');
  const values = plural(language, found, { one: 'value', other: 'values' }, ' 个值');
  const facts = [
    { label: say(language, { en: 'Kith’s own values', zh: 'Kith 写入的值' }), value: formatCount(language, found) },
    { label: say(language, { en: 'Records cleared', zh: '已清除的记录' }), value: formatCount(language, cleared) },
    {
      label: say(language, { en: 'Left alone, as somebody’s own', zh: '他人填写、予以保留' }),
      value: formatCount(language, leftAlone),
    },
    ...(batch === '' ? [] : [{ label: say(language, { en: 'Batch', zh: '批次' }), value: batch }]),
  ];
  const failures: ReportPart[] =
    failed.length === 0
      ? []
      : [
          {
            kind: 'table',
            title: say(language, { en: 'Not cleared', zh: '未能清除' }),
            columns: [
              { label: say(language, { en: 'Record', zh: '记录' }), align: 'left' },
              { label: say(language, { en: 'Reason', zh: '原因' }), align: 'left' },
            ],
            rows: failed.slice(0, LISTED).map(({ id, reason }) => [id, reason]),
          },
        ];
  return {
    language,
    headline: dryRun
      ? say(language, { en: `${values} of Kith’s own would be cleared`, zh: `将清除 Kith 写入的${values}` })
      : say(language, { en: `Kith’s values were cleared from ${records}`, zh: `已从${records}清除 Kith 写入的值` }),
    parts: [
      { kind: 'facts', facts },
      ...failures,
      ...next.map((text): ReportPart => ({ kind: 'text', text: say(language, text) })),
    ],
    trust: '',
  };
}
