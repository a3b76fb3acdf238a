import type { Logger } from '../../src/lib/logger.ts';
import { say, type Text } from '../../src/lib/text.ts';
import type { Report } from '../../src/report/report.ts';
import { blockProblems } from './block-limits.ts';
import type { Block } from './block-types.ts';
import { plain } from './escape.ts';
import { notificationText } from './notification-text.ts';
import { type BlockOptions, type Rendering, RUNGS, type Rung, toBlocks } from './to-blocks.ts';

export interface MessageBody {
  readonly text: string;
  readonly blocks?: Block[];
}

const SIMPLER: Text = {
  en: 'Slack did not take the chart as it was; it is shown in a simpler form.',
  zh: 'Slack 未接受原图表，已改用较简单的形式显示。',
};

/** A `response_url` takes five posts in all: as it is, in a simpler form, as text. */
const MOST_TRIES = 3;

/**
 * Sends a report; when Slack refuses its blocks, once more with what it may have refused in a simpler form, and last as
 * text alone, so that an answer is never lost to its looks. Blocks that break one of Slack's limits are not even sent: they
 * go a rung down too. `send` throws for every other failure, and `areBlocksRefused` tells which it was.
 */
export async function sendDownTheLadder<Sent>(
  report: Report,
  options: BlockOptions & { readonly notes?: readonly Text[]; readonly logger: Logger },
  send: (body: MessageBody) => Promise<Sent>,
  areBlocksRefused: (error: unknown) => boolean,
): Promise<{ readonly sent: Sent; readonly reduced: readonly Text[] }> {
  const text = notificationText(report);
  const notes = [...(options.notes ?? [])];
  let rung: Rung | null = options.rung;
  for (let tried = 1; rung !== null && tried < MOST_TRIES; tried++) {
    const rendering: Rendering = toBlocks(report, { ...options, rung });
    const blocks = notes.length === 0 ? [...rendering.blocks] : [...rendering.blocks, noteBlock(report, notes)];
    if (passesGate(blocks, options.logger)) {
      try {
        return { sent: await send({ text, blocks }), reduced: [...notes, ...rendering.reduced] };
      } catch (error) {
        if (!areBlocksRefused(error)) throw error;
      }
    }
    if (!notes.includes(SIMPLER)) notes.push(SIMPLER);
    rung = simpler(rung, blocks);
  }
  return { sent: await send({ text }), reduced: notes };
}

/** The rung that shows otherwise what may have been refused; null where only the text is simpler. */
function simpler(rung: Rung, blocks: readonly Block[]): Rung | null {
  const has = (type: Block['type']): boolean => blocks.some((block) => block.type === type);
  const lower: Rung | null = has('data_visualization')
    ? 'table'
    : has('image')
      ? 'native'
      : has('data_table')
        ? 'words'
        : null;
  return lower !== null && RUNGS.indexOf(lower) > RUNGS.indexOf(rung) ? lower : null;
}

/** Whether blocks keep every limit; what does not is logged without its texts. */
function passesGate(blocks: readonly Block[], logger: Logger): boolean {
  const problems = blockProblems(blocks);
  if (problems.length > 0)
    logger.error('a message broke a limit of Slack’s and is sent in a simpler form', { problems });
  return problems.length === 0;
}

function noteBlock(report: Report, notes: readonly Text[]): Block {
  const words = [...new Set(notes.map((note) => say(report.language, note)))].join(' ');
  return { type: 'context', elements: [plain(words, 250)] };
}
