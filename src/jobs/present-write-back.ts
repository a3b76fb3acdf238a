import type { RegisteredAnalysis } from '../analyses/analysis.ts';
import { type Language, say, type Text } from '../lib/text.ts';
import { formatCount, formatDay } from '../report/format.ts';
import type { Report, ReportAction, ReportPart, ReportTable } from '../report/report.ts';
import type { UndoReport } from './undo-write-back.ts';
import type { WriteBackReport } from './write-back.ts';
import type { CustomerNames } from './write-back-names.ts';
import { driftText, labelOf, OBJECTS, valueLabel, WHY_LEFT } from './write-back-texts.ts';

interface Presentation {
  readonly language: Language;
  readonly timeZone: string;
  readonly analyses: readonly RegisteredAnalysis[];
  /** Names that the reader may see; who is not in it is not shown. */
  readonly names: CustomerNames;
}

/** What a button may do beneath a preview; null for none. */
export interface Approval {
  /** Why it cannot be approved here, in place of the button. */
  readonly instead: Text | null;
}

const LISTED = 10;

/** A plan before it is written, or what came of writing it. */
export function presentWriteBack(
  report: WriteBackReport,
  { language, timeZone, analyses, names }: Presentation,
  approval: Approval,
): Report {
  const properties = analyses.flatMap((analysis) => analysis.properties);
  const count = (value: number): string => formatCount(language, value);
  const text = (value: Text): string => say(language, value);
  const parts: ReportPart[] = [];
  const note = (value: Text): number => parts.push({ kind: 'text', text: text(value) });
  if (report.replaces !== null) note(REPLACED[report.replaces.reason]);
  if (report.dryRun) for (const refusal of report.refusals) note({ en: `⚠ ${refusal.en}.`, zh: `⚠ ${refusal.zh}。` });
  parts.push({ kind: 'facts', facts: facts(report, language) });
  if (Object.keys(report.byProperty).length > 0) {
    parts.push(
      table(language, { en: 'Values to change', zh: '待修改的值' }, [LABELS.property, LABELS.values], {
        rows: Object.entries(report.byProperty).map(([name, values]) => [labelOf(properties, name), count(values)]),
        numbers: [1],
      }),
    );
  }
  const shown = report.sample.flatMap((move) => {
    const name = names.of(move.id, move.property);
    const [before, after] = [move.before, move.after].map((value) => valueLabel(properties, move.property, value));
    return name === null ? [] : [[name, labelOf(properties, move.property), `${before} → ${after}`]];
  });
  if (shown.length > 0)
    parts.push(
      table(language, { en: 'Largest moves', zh: '变化最大的' }, [LABELS.customer, LABELS.property, LABELS.move], {
        rows: shown,
      }),
    );
  parts.push(...leftAlonePart(report.leftAloneSample, { language, analyses, names, timeZone }));
  const failures = report.dryRun ? report.quarantined : report.failures;
  if (failures.length > 0)
    parts.push(
      table(
        language,
        { en: 'Not written, tried again next time', zh: '未能写入，下次重试' },
        [LABELS.record, LABELS.reason],
        {
          rows: failures.slice(0, LISTED).map(({ id, reason }) => [id, reason]),
        },
      ),
    );
  for (const drift of report.drift) note(driftText(drift));
  if (names.withheld !== null) note(names.withheld);
  const actions = actionsOf(report, language, approval);
  if (report.dryRun && report.changed > 0 && actions.length === 0 && approval.instead !== null) note(approval.instead);
  if (actions.length > 0)
    parts.push({ kind: 'item', title: report.batch, text: report.dryRun ? text(EXACTLY) : text(UNDOABLE), actions });
  const day = formatDay(language, report.asOf, timeZone);
  return {
    language,
    headline: headline(report, language),
    parts,
    trust: say(language, { en: `Data as of ${day} · ${report.batch}`, zh: `数据截至${day} · ${report.batch}` }),
  };
}

/** What came of taking a batch back. */
export function presentUndo(report: UndoReport, presentation: Presentation, asOf: number | null): Report {
  const { language, timeZone } = presentation;
  const restored = formatCount(language, report.restored);
  const parts: ReportPart[] = [
    {
      kind: 'facts',
      facts: [
        { label: say(language, { en: 'Put back', zh: '已恢复' }), value: restored },
        { label: say(language, LABELS.left), value: formatCount(language, report.leftAlone) },
        { label: say(language, LABELS.missing), value: formatCount(language, report.missing) },
        { label: say(language, LABELS.failed), value: formatCount(language, report.failed.length) },
      ],
    },
    ...leftAlonePart(report.leftAloneSample, presentation),
  ];
  const day = asOf === null ? '' : formatDay(language, asOf, timeZone);
  return {
    language,
    headline: say(language, {
      en: `${restored} values hold what they held before ${report.batch}`,
      zh: `已有 ${restored} 个值恢复到 ${report.batch} 之前的内容`,
    }),
    parts,
    trust: say(language, { en: `Data as of ${day} · ${report.undo}`, zh: `数据截至${day} · ${report.undo}` }),
  };
}

function leftAlonePart(
  leftAlone: WriteBackReport['leftAloneSample'],
  { language, analyses, names }: Presentation,
): readonly ReportPart[] {
  const properties = analyses.flatMap((analysis) => analysis.properties);
  const rows = leftAlone.flatMap(({ id, property, theirs, reason }) => {
    const name = names.of(id, property);
    const value = valueLabel(properties, property, theirs);
    return name === null ? [] : [[name, labelOf(properties, property), value, say(language, WHY_LEFT[reason])]];
  });
  if (rows.length === 0) return [];
  const columns = [LABELS.customer, LABELS.property, LABELS.theirs, LABELS.reason];
  return [table(language, { en: 'Left alone', zh: '保持不变' }, columns, { rows: rows.slice(0, LISTED) })];
}

function facts(report: WriteBackReport, language: Language): { label: string; value: string }[] {
  const fact = (label: Text, value: number) => ({ label: say(language, label), value: formatCount(language, value) });
  const done = report.dryRun ? [] : [fact(LABELS.written, report.written), fact(LABELS.failed, report.failed)];
  return [
    fact({ en: 'Customers with a score', zh: '有评分的客户' }, report.examined),
    fact({ en: 'Records to change', zh: '待修改的记录' }, report.changed),
    ...done,
    fact(LABELS.left, report.leftAlone),
    fact(LABELS.missing, report.missing),
  ];
}

function headline(
  { dryRun, refusals, changed, written, failed, objectType }: WriteBackReport,
  language: Language,
): string {
  const [would, wrote, not] = [changed, written, failed].map((value) => formatCount(language, value));
  const things = OBJECTS[objectType];
  if (!dryRun) {
    const rest = failed === 0 ? { en: '', zh: '' } : { en: `, ${not} could not be`, zh: `，${not} 条未能写入` };
    return say(language, {
      en: `${wrote} ${things.en} annotated in the CRM${rest.en}`,
      zh: `已在 CRM 中标注 ${wrote} ${things.zh}${rest.zh}`,
    });
  }
  if (changed === 0) return say(language, { en: 'Nothing to write back', zh: '没有需要写回的内容' });
  if (refusals.length > 0) {
    return say(language, {
      en: `Write-back is held: ${would} ${things.en} would change`,
      zh: `写回已暂停：将修改 ${would} ${things.zh}`,
    });
  }
  return say(language, {
    en: `Write-back would change ${would} ${things.en}`,
    zh: `写回将修改 ${would} ${things.zh}`,
  });
}

function actionsOf(report: WriteBackReport, language: Language, approval: Approval): ReportAction[] {
  const value = report.batch;
  if (report.dryRun) {
    if (report.changed === 0 || report.refusals.length > 0 || approval.instead !== null) return [];
    const label = say(language, { en: 'Approve and write', zh: '批准并写入' });
    const [changed, things] = [formatCount(language, report.changed), OBJECTS[report.objectType]];
    const confirm = {
      title: say(language, { en: 'Write to the CRM?', zh: '写入 CRM？' }),
      text: say(language, {
        en: `${changed} ${things.en} change, as listed here. It can be undone later, but for what somebody else changes after it.`,
        zh: `将按此处所列修改 ${changed} ${things.zh}。之后可以撤销，但其他人此后改动的值除外。`,
      }),
      yes: say(language, { en: 'Write', zh: '写入' }),
      no: say(language, { en: 'Cancel', zh: '取消' }),
    };
    return [{ action: 'approve-write-back', label, value, style: 'primary', confirm }];
  }
  if (report.written === 0) return [];
  const confirm = {
    title: say(language, { en: 'Undo this write-back?', zh: '撤销此次写回？' }),
    text: say(language, {
      en: `What ${report.batch} wrote is put back to what was there before, but for what somebody changed since.`,
      zh: `${report.batch} 写入的值将恢复为之前的内容，但此后被他人改动的值除外。`,
    }),
    yes: say(language, { en: 'Undo', zh: '撤销' }),
    no: say(language, { en: 'Leave as it is', zh: '保持不变' }),
  };
  const label = say(language, { en: 'Undo', zh: '撤销' });
  return [{ action: 'undo-write-back', label, value, style: 'danger', confirm }];
}

function table(
  language: Language,
  title: Text,
  columns: readonly Text[],
  { rows, numbers = [] }: { rows: readonly (readonly string[])[]; numbers?: readonly number[] },
): ReportTable {
  return {
    kind: 'table',
    title: say(language, title),
    columns: columns.map((label, place) => ({
      label: say(language, label),
      align: numbers.includes(place) ? 'right' : 'left',
    })),
    rows,
  };
}

const LABELS = {
  property: { en: 'Property', zh: '属性' },
  values: { en: 'Values', zh: '数量' },
  customer: { en: 'Customer', zh: '客户' },
  record: { en: 'Record', zh: '记录' },
  reason: { en: 'Why', zh: '原因' },
  theirs: { en: 'Holds', zh: '当前值' },
  move: { en: 'Before → after', zh: '修改前 → 修改后' },
  written: { en: 'Written', zh: '已写入' },
  failed: { en: 'Could not be written', zh: '未能写入' },
  left: { en: 'Values left alone', zh: '保持不变的值' },
  missing: { en: 'Gone from the CRM', zh: 'CRM 中已不存在' },
} as const satisfies Record<string, Text>;

const EXACTLY: Text = {
  en: 'Exactly what is shown here is written, within 24 hours; it can be undone.',
  zh: '24 小时内批准即按此处所示写入，之后可以撤销。',
};
const UNDOABLE: Text = {
  en: 'Undo puts back every value that nobody changed since.',
  zh: '撤销会恢复此后无人修改过的所有值。',
};
const REPLACED: Readonly<Record<'old' | 'changed', Text>> = {
  old: {
    en: 'The plan was more than 24 hours old, so nothing was written: this is a new one. Look at it and approve it.',
    zh: '该计划已超过 24 小时，因此没有写入：下面是新的计划，请查看后批准。',
  },
  changed: {
    en: 'Records changed since the plan was shown, so nothing was written: this is a new one. Look at it and approve it.',
    zh: '计划展示之后有记录发生变化，因此没有写入：下面是新的计划，请查看后批准。',
  },
};
