import { cutPointWords, presentRfm, presentRfmPreview, type RfmPreview } from '../../src/analyses/rfm-report.ts';
import { KithError } from '../../src/lib/errors.ts';
import { nearest } from '../../src/lib/nearest.ts';
import { say } from '../../src/lib/text.ts';
import type { Report, ReportAction } from '../../src/report/report.ts';
import type { CommandContext } from '../context.ts';
import { maySave, refuseToSave } from './may-save.ts';
import { needResult } from './need-result.ts';
import { quoted, suggestion } from './read-argument.ts';
import { readCutPoints } from './read-cut-points.ts';

const WORDS = ['preview', 'set', 'derive'] as const;

/** `/kith rfm`, `… preview DIMENSION A B C D`, `… set …`, `… derive`. */
export async function rfmReport(context: CommandContext, text: string): Promise<Report> {
  const { language, rfm } = context;
  // Refuses where nothing may be said at all, before anything is read.
  await needResult(context, 'value');
  const [word = '', ...rest] = text.split(' ');
  if (word === '') {
    const view = await rfm.view();
    if (view === null) throw nobody(context);
    return presentRfm(language, view);
  }
  if (word === 'preview' || word === '预览') return previewReport(context, readCutPoints(language, rest.join(' ')));
  if ((word === 'derive' || word === '推导') && rest.length === 0) {
    const derived = await rfm.derive();
    if (derived === null) throw nobody(context);
    return previewReport(context, derived);
  }
  if (word === 'set' || word === '设置') return saveCutPoints(context, rest.join(' '));
  const hint = suggestion(language, nearest(word, WORDS), {
    en: 'use `/kith rfm`, `/kith rfm preview`, `/kith rfm set` or `/kith rfm derive`',
    zh: '请使用 `/kith rfm`、`/kith rfm preview`、`/kith rfm set` 或 `/kith rfm derive`',
  });
  const typed = quoted(text);
  throw new KithError(
    'usage',
    say(language, {
      en: `\`/kith rfm ${typed}\` is not known: ${hint}`,
      zh: `无法识别 \`/kith rfm ${typed}\`：${hint}`,
    }),
  );
}

/** Keeps cut-points as they were typed, or as a button carries them, and says what they change. */
export async function saveCutPoints(context: CommandContext, text: string): Promise<Report> {
  const { language, rfm } = context;
  refuseToSave(context);
  const preview = await rfm.preview(readCutPoints(language, text));
  if (preview === null) throw nobody(context);
  await rfm.save(preview.after);
  return presentRfmPreview(language, preview, 'saved', null);
}

async function previewReport(context: CommandContext, change: Partial<RfmPreview['after']>): Promise<Report> {
  const { language, rfm, reader } = context;
  const preview = await rfm.preview(change);
  if (preview === null) throw nobody(context);
  const button: ReportAction = {
    action: 'save-rfm',
    label: say(language, { en: 'Save', zh: '保存' }),
    value: cutPointWords(preview.after),
    style: 'primary',
  };
  // A terminal has no buttons: it is told what to type.
  const isPressable = maySave(context) && reader.viewer.userId !== 'command-line';
  return presentRfmPreview(language, preview, 'previewed', isPressable ? button : null);
}

function nobody({ language }: CommandContext): KithError {
  return new KithError(
    'no-results',
    say(language, {
      en: 'Nobody has bought yet, so there is nothing to score: run `kith analyse` once there are won deals',
      zh: '还没有客户购买，无法评分：有赢单之后请运行 `kith analyse`',
    }),
  );
}
