import type { PlaybookView } from '../../src/analyses/playbook-report.ts';
import { trustLine } from '../../src/analyses/trust-line.ts';
import type { PlaybookArm } from '../../src/domain/playbooks.ts';
import { KithError } from '../../src/lib/errors.ts';
import { say } from '../../src/lib/text.ts';
import { plural } from '../../src/report/format.ts';
import type { Report, ReportPart } from '../../src/report/report.ts';
import type { CommandContext } from '../context.ts';
import { needResult } from './need-result.ts';

/** As many names of a group as an answer shows; the export has all of them. */
const SHOWN = 30;

/** Who is treated and who is held out by the playbook that runs for a target, as far as the viewer may see them. */
export async function playbookMembers(context: CommandContext, view: PlaybookView): Promise<Report> {
  const { language, reader, playbooks } = context;
  const running = view.running;
  if (running === null) {
    throw new KithError(
      'usage',
      say(language, {
        en: `No playbook of ${view.name.en} is running, so nobody is drawn: \`/kith playbook start ${view.target}\` shows what starting one would mean`,
        zh: `${view.name.zh}没有正在执行的方案，尚未抽取客户：可用 \`/kith playbook start ${view.target}\` 预览`,
      }),
    );
  }
  const { run } = await needResult(context, view.analysis);
  const drawn = await playbooks.drawn(running);
  const parts: ReportPart[] = [];
  let why: ReportPart | null = null;
  for (const arm of ['treated', 'held-out'] as const) {
    const customerIds = drawn.filter((one) => one.arm === arm).map(({ customerId }) => customerId);
    const { rows, withheld } = await reader.rows(run, view.analysis, {
      customerIds,
      order: 'value-desc',
      limit: SHOWN,
    });
    if (withheld !== null) why = { kind: 'text', text: say(language, withheld) };
    if (rows.length === 0) continue;
    parts.push({
      kind: 'table',
      title: `${say(language, ARM_NAMES[arm])} · ${plural(language, rows.length, { one: 'customer', other: 'customers' }, ' 位客户')}`,
      columns: [
        { label: say(language, { en: 'Customer', zh: '客户' }), align: 'left' },
        { label: say(language, { en: 'Owner', zh: '负责人' }), align: 'left' },
      ],
      rows: rows.map((row) => [row.name, row.owner?.name ?? '–']),
    });
  }
  if (why !== null) parts.push(why);
  parts.push({
    kind: 'text',
    text: say(language, {
      en: 'Leave those held out as they are. `kith export` writes everybody to playbooks.csv.',
      zh: '请勿对对照客户采取行动。`kith export` 会将全部名单写入 playbooks.csv。',
    }),
  });
  return {
    language,
    headline: say(language, {
      en: `“${running.text.en}” for ${running.name.en}: ${running.treated} treated, ${running.heldOut} held out`,
      zh: `${running.name.zh}“${running.text.zh}”：执行 ${running.treated} 位，对照 ${running.heldOut} 位`,
    }),
    parts,
    trust: trustLine(language, run, 0, { en: 'drawn by chance when it was started', zh: '开始时随机抽取' }),
  };
}

const ARM_NAMES: Readonly<Record<PlaybookArm, { en: string; zh: string }>> = {
  treated: { en: 'Treated', zh: '执行' },
  'held-out': { en: 'Held out: do nothing', zh: '对照：不采取行动' },
};
