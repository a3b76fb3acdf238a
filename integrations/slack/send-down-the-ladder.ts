import { say, type Text } from '../../src/lib/text.ts';
import type { Report } from '../../src/report/report.ts';
import type { Block } from './block-types.ts';
import { plain } from './escape.ts';
import { notificationText } from './notification-text.ts';
import { type BlockOptions, RUNGS, type Rung, toBlocks } from './to-blocks.ts';

export interface MessageBody {
  readonly text: string;
  readonly blocks?: Block[];
}

const SIMPLER: Text = {
  en: 'Slack did not take the chart as it was; it is shown in a simpler form.',
  zh: 'Slack 未接受原图表，已改用较简单的形式显示。',
};

/**
 * Sends a report; when Slack refuses its blocks, once more with the charts one rung lower, and last as text alone, so that
 * an answer is never lost to its looks. `send` throws for every other failure, and `areBlocksRefused` tells which it was.
 */
export async function sendDownTheLadder<Sent>(
  report: Report,
  options: BlockOptions & { readonly notes?: readonly Text[] },
  send: (body: MessageBody) => Promise<Sent>,
  areBlocksRefused: (error: unknown) => boolean,
): Promise<{ readonly sent: Sent; readonly reduced: readonly Text[] }> {
  const text = notificationText(report);
  const notes = [...(options.notes ?? [])];
  const tries: (Rung | null)[] = [options.rung, RUNGS[RUNGS.indexOf(options.rung) + 1] ?? null, null];
  for (const [index, rung] of tries.entries()) {
    const rendering = rung === null ? null : toBlocks(report, { ...options, rung });
    const said = notes.length === 0 ? [] : [noteBlock(report, notes)];
    try {
      const sent = await send(rendering === null ? { text } : { text, blocks: [...rendering.blocks, ...said] });
      return { sent, reduced: [...notes, ...(rendering?.reduced ?? [])] };
    } catch (error) {
      if (!areBlocksRefused(error) || index === tries.length - 1) throw error;
      if (!notes.includes(SIMPLER)) notes.push(SIMPLER);
    }
  }
  throw new Error('unreachable: the last try either returns or throws');
}

function noteBlock(report: Report, notes: readonly Text[]): Block {
  const words = [...new Set(notes.map((note) => say(report.language, note)))].join(' ');
  return { type: 'context', elements: [plain(words, 250)] };
}
