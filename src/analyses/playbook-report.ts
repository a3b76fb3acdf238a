import type { Instant } from '../domain/crm.ts';
import type { Playbook, PlaybookRun } from '../domain/playbooks.ts';
import type { Run } from '../domain/results.ts';
import { type Language, say } from '../lib/text.ts';
import { formatDay, formatMoney, formatNumber, formatPercent, plural } from '../report/format.ts';
import type { Report, ReportAction, ReportPart } from '../report/report.ts';
import { trustLine } from './trust-line.ts';

/** A group's playbook as it is now. */
export interface PlaybookView {
  readonly target: string;
  readonly name: { readonly en: string; readonly zh: string };
  readonly aliases: readonly string[];
  /** Whose scores say who is in the group. */
  readonly analysis: string;
  readonly customers: number;
  readonly playbook: Playbook;
  /** Whether people decided anything about it. */
  readonly isSet: boolean;
  readonly ownerName: string | null;
  /** The one that was started last and still counts orders. */
  readonly running: PlaybookRun | null;
}

/** What starting a playbook would mean. */
export interface PlaybookPreview {
  /** The run that says who is in the group. */
  readonly run: Run;
  readonly view: PlaybookView;
  readonly token: string;
  readonly treated: number;
  readonly heldOut: number;
  /** What its customers bring a year, in the portal's currency. */
  readonly perYear: number | null;
  /** Of its customers, who ordered in the `windowDays` before the run's as-of. */
  readonly baseShare: number;
  /** Days from the start until the outcome is known. */
  readonly windowDays: number;
  /** The smallest rise of that share that four in five such comparisons would show; null when none would. */
  readonly rise: number | null;
  /** Of its customers, how many are in another running playbook. */
  readonly elsewhere: number;
  readonly dueAt: Instant;
  readonly outcomeAt: Instant;
}

/** Who asks, and what they may do. */
export interface PlaybookReader {
  readonly language: Language;
  readonly timeZone: string;
  readonly run: Run;
  /** The buttons under a playbook; none where nobody could press them. */
  readonly actionsOf: (view: PlaybookView) => readonly ReportAction[];
}

const customersOf = (language: Language, count: number): string =>
  plural(language, count, { one: 'customer', other: 'customers' }, ' 位客户');

export function presentPlaybooks(views: readonly PlaybookView[], to: PlaybookReader): Report {
  const { language, run } = to;
  const running = views.filter((view) => view.running !== null).length;
  return {
    language,
    headline: say(language, {
      en: `${plural('en', views.length, { one: 'playbook', other: 'playbooks' }, '')}, ${running} running`,
      zh: `${views.length} 个客群方案，${running} 个正在执行`,
    }),
    parts: [
      {
        kind: 'table',
        title: say(language, { en: 'Playbooks', zh: '客群方案' }),
        columns: [
          { label: say(language, { en: 'Target', zh: '客群' }), align: 'left' },
          { label: say(language, { en: 'Name', zh: '名称' }), align: 'left' },
          { label: say(language, { en: 'Customers', zh: '客户数' }), align: 'right' },
          { label: say(language, { en: 'What to do', zh: '做法' }), align: 'left' },
          { label: say(language, { en: 'Owner', zh: '负责人' }), align: 'left' },
          { label: say(language, { en: 'Due after', zh: '期限' }), align: 'right' },
          { label: say(language, { en: 'Held out', zh: '对照比例' }), align: 'right' },
          { label: say(language, { en: 'Standing', zh: '状态' }), align: 'left' },
        ],
        rows: views.map((view) => [
          view.target,
          say(language, view.name),
          formatNumber(language, view.customers, 0),
          say(language, view.playbook.text),
          view.ownerName ?? '–',
          days(language, view.playbook.dueDays),
          formatPercent(language, view.playbook.holdOut),
          standing(to, view),
        ]),
      },
      {
        kind: 'text',
        text: say(language, {
          en: 'What nobody has changed is what Kith suggests. `/kith playbook start TARGET` shows what starting one would mean; `/kith playbook outcome` says what came of those that were started.',
          zh: '未经修改的为系统建议。`/kith playbook start 客群` 可预览执行效果；`/kith playbook outcome` 查看已执行方案的结果。',
        }),
      },
    ],
    trust: trustLine(language, run, 0, {
      en: 'decided by people, groups from the newest run',
      zh: '由人决定，客群来自最近一次分析',
    }),
  };
}

export function presentPlaybook(view: PlaybookView, to: PlaybookReader, saved = false): Report {
  const { language, run } = to;
  const text = say(language, view.playbook.text);
  const name = say(language, view.name);
  const actions = to.actionsOf(view);
  return {
    language,
    headline: say(language, {
      en: `${saved ? 'Saved. ' : ''}Playbook of ${name} (${customersOf('en', view.customers)}): ${text}`,
      zh: `${saved ? '已保存。' : ''}${name}（${customersOf('zh', view.customers)}）的方案：${text}`,
    }),
    parts: [
      { kind: 'facts', facts: settingFacts(to, view) },
      ...(actions.length === 0 ? [] : [{ kind: 'item', title: name, text, actions } as const]),
      { kind: 'text', text: howToChange(language, view.target) },
    ],
    trust: trustLine(language, run, 0, {
      en: view.isSet ? 'as people set it' : "Kith's own suggestion",
      zh: view.isSet ? '由人设置' : '系统建议',
    }),
  };
}

function settingFacts(to: PlaybookReader, view: PlaybookView): { label: string; value: string }[] {
  const { language } = to;
  return [
    { label: say(language, { en: 'Target', zh: '客群' }), value: view.target },
    { label: say(language, { en: 'What to do', zh: '做法' }), value: say(language, view.playbook.text) },
    {
      label: say(language, { en: 'Owner', zh: '负责人' }),
      value: view.ownerName ?? say(language, { en: 'nobody yet', zh: '尚未指定' }),
    },
    {
      label: say(language, { en: 'Due after the start', zh: '开始后期限' }),
      value: days(language, view.playbook.dueDays),
    },
    {
      label: say(language, { en: 'Held out to compare with', zh: '对照比例' }),
      value: formatPercent(language, view.playbook.holdOut),
    },
    { label: say(language, { en: 'Standing', zh: '状态' }), value: standing(to, view) },
  ];
}

function howToChange(language: Language, target: string): string {
  return say(language, {
    en: `To change it: \`/kith playbook set ${target} TEXT\` (or ENGLISH | CHINESE), \`owner ${target} NAME\`, \`due ${target} DAYS\`, \`hold-out ${target} 20%\`, \`reset ${target}\`.`,
    zh: `修改：\`/kith playbook set ${target} 文字\`（或 英文 | 中文）、\`owner ${target} 姓名\`、\`due ${target} 天数\`、\`hold-out ${target} 20%\`、\`reset ${target}\`。`,
  });
}

function standing({ language, timeZone }: PlaybookReader, { running }: PlaybookView): string {
  if (running === null) return say(language, { en: 'not started', zh: '未开始' });
  const due = formatDay(language, running.dueAt, timeZone);
  const known = formatDay(language, running.outcomeAt, timeZone);
  return say(language, { en: `running: due ${due}, known ${known}`, zh: `执行中：${due} 到期，${known} 可知结果` });
}

/** What starting would mean, with how little its numbers can show said plainly. `button` is null where none can be pressed. */
export function presentPlaybookPreview(
  preview: PlaybookPreview,
  to: PlaybookReader,
  options: { changed: boolean; button: ReportAction | null },
): Report {
  const { language, timeZone } = to;
  const { run, view, treated, heldOut, perYear } = preview;
  const text = say(language, view.playbook.text);
  const lead = options.changed ? { en: 'Not started, look again: ', zh: '尚未开始，请重新确认：' } : { en: '', zh: '' };
  const isRunning = view.running !== null;
  const confirm = `/kith playbook confirm ${preview.token} ${view.target}`;
  const parts: ReportPart[] = [
    {
      kind: 'facts',
      facts: [
        { label: say(language, { en: 'Treated', zh: '执行' }), value: customersOf(language, treated) },
        { label: say(language, { en: 'Held out to compare with', zh: '对照' }), value: customersOf(language, heldOut) },
        {
          label: say(language, { en: 'What they bring a year', zh: '每年贡献' }),
          value: perYear === null ? '–' : formatMoney(language, perYear, run.portfolio.currency),
        },
        {
          label: say(language, { en: 'Owner', zh: '负责人' }),
          value: view.ownerName ?? say(language, { en: 'nobody yet', zh: '尚未指定' }),
        },
        { label: say(language, { en: 'Due', zh: '到期' }), value: formatDay(language, preview.dueAt, timeZone) },
        {
          label: say(language, { en: 'Outcome known', zh: '可知结果' }),
          value: formatDay(language, preview.outcomeAt, timeZone),
        },
      ],
    },
    { kind: 'text', text: powerText(language, preview) },
  ];
  if (preview.elsewhere > 0) {
    parts.push({
      kind: 'text',
      text: say(language, {
        en: `${customersOf('en', preview.elsewhere)} of these ${preview.elsewhere === 1 ? 'is' : 'are'} in another running playbook too: the two cannot be told apart there.`,
        zh: `其中 ${customersOf('zh', preview.elsewhere)}同时处于另一个执行中的方案，两者的效果无法区分。`,
      }),
    });
  }
  if (isRunning) {
    parts.push({
      kind: 'text',
      text: say(language, {
        en: `It runs already, until ${formatDay('en', view.running!.outcomeAt, timeZone)}: stop it first with \`/kith playbook stop ${view.target}\`.`,
        zh: `该方案已在执行，至 ${formatDay('zh', view.running!.outcomeAt, timeZone)}：如需重新开始，请先用 \`/kith playbook stop ${view.target}\` 停止。`,
      }),
    });
  } else if (options.button !== null) {
    parts.push({ kind: 'item', title: say(language, view.name), text, actions: [options.button] });
  } else if (treated > 0) {
    parts.push({
      kind: 'text',
      text: say(language, { en: `To start exactly this: \`${confirm}\``, zh: `按此执行：\`${confirm}\`` }),
    });
  }
  return {
    language,
    headline: say(language, {
      en: `${lead.en}“${text}” for ${customersOf('en', view.customers)} of ${view.name.en}: ${treated} treated, ${heldOut} held out`,
      zh: `${lead.zh}对${view.name.zh}的 ${customersOf('zh', view.customers)}执行“${text}”：执行 ${treated} 位，对照 ${heldOut} 位`,
    }),
    parts,
    trust: trustLine(language, run, 0, {
      en: 'who is held out is drawn by chance, and written down',
      zh: '对照客户随机抽取并记录',
    }),
  };
}

function powerText(
  language: Language,
  { baseShare, windowDays, treated, heldOut, rise, view }: PlaybookPreview,
): string {
  const base = formatPercent(language, baseShare);
  if (heldOut === 0) {
    return say(language, {
      en: `Nobody is held out, so what the playbook does cannot be told apart from what happens anyway. To hold some out: \`/kith playbook hold-out ${view.target} 20%\`.`,
      zh: `没有对照客户，因此无法区分方案的效果与自然变化。设置对照：\`/kith playbook hold-out ${view.target} 20%\`。`,
    });
  }
  const before = {
    en: `${base} of them ordered in the ${windowDays} days before.`,
    zh: `其中 ${base} 在此前 ${windowDays} 天内下过单。`,
  };
  if (rise === null) {
    return say(language, {
      en: `${before.en} With ${treated} treated and ${heldOut} held out no difference would show, whatever the playbook does: hold out more, or take it as practice.`,
      zh: `${before.zh}执行 ${treated} 位、对照 ${heldOut} 位时，无论效果如何都看不出差异：请提高对照比例，或仅作尝试。`,
    });
  }
  const points = Math.ceil(rise * 100);
  return say(language, {
    en: `${before.en} With ${customersOf('en', treated + heldOut)}, ${heldOut} of them held out, only a rise of about ${plural('en', points, { one: 'point', other: 'points' }, '')} or more would show (in four cases of five).`,
    zh: `${before.zh}共 ${customersOf('zh', treated + heldOut)}，其中对照 ${heldOut} 位：只有提升约 ${points} 个百分点以上才看得出来（五次中约四次）。`,
  });
}

export function presentPlaybookStarted(run: PlaybookRun, to: PlaybookReader, isNew: boolean): Report {
  const { language, timeZone } = to;
  const due = formatDay(language, run.dueAt, timeZone);
  const known = formatDay(language, run.outcomeAt, timeZone);
  const lead = isNew ? { en: 'Started', zh: '已开始' } : { en: 'It has been started already', zh: '此前已开始' };
  return {
    language,
    headline: say(language, {
      en: `${lead.en}: “${run.text.en}” for ${customersOf('en', run.treated)} of ${run.name.en}, ${run.heldOut} held out; due ${due}`,
      zh: `${lead.zh}：对${run.name.zh}的 ${customersOf('zh', run.treated)}执行“${run.text.zh}”，对照 ${run.heldOut} 位；${due} 到期`,
    }),
    parts: [
      {
        kind: 'text',
        text: say(language, {
          en: `Leave those held out as they are. \`/kith playbook who ${run.target}\` lists both groups, and \`kith export\` writes all of them to playbooks.csv. The outcome is known on ${known}.`,
          zh: `请勿对对照客户采取行动。\`/kith playbook who ${run.target}\` 列出两组客户，\`kith export\` 会将全部名单写入 playbooks.csv。结果将于 ${known} 得知。`,
        }),
      },
    ],
    trust: trustLine(language, to.run, 0, { en: `run ${run.id}`, zh: `编号 ${run.id}` }),
  };
}

function days(language: Language, count: number): string {
  return plural(language, count, { one: 'day', other: 'days' }, ' 天');
}
