import type { PlaybookArm, PlaybookRun } from '../../src/domain/playbooks.ts';
import type { Score } from '../../src/domain/results.ts';
import { say, type Text } from '../../src/lib/text.ts';
import { formatDay } from '../../src/report/format.ts';
import type { CommandContext } from '../context.ts';
import { classOffer } from './next-step.ts';

/**
 * What a customer is offered, and a sentence about the running playbook it was drawn for, '' without one. Whoever is held out is
 * offered nothing: that is what it is compared for.
 */
export function customerOffer(
  { language, timeZone, state }: Pick<CommandContext, 'language' | 'timeZone' | 'state'>,
  scores: Readonly<Record<string, Score>>,
  standing: readonly { readonly run: PlaybookRun; readonly arm: PlaybookArm }[],
): { offer: Text | undefined; note: string } {
  const heldOut = standing.find(({ arm }) => arm === 'held-out');
  if (heldOut !== undefined) {
    const { run } = heldOut;
    const until = formatDay(language, run.outcomeAt, timeZone);
    return {
      offer: undefined,
      note: say(language, {
        en: `Held out of “${run.text.en}” until ${until}: do not make that offer, so that it can be told what it does`,
        zh: `为“${run.text.zh}”的对照客户，至 ${until} 请勿提供该方案，以便比较效果`,
      }),
    };
  }
  const treated = standing[0];
  if (treated === undefined) return { offer: classOffer(scores.value?.label ?? '', state.playbooks), note: '' };
  const due = formatDay(language, treated.run.dueAt, timeZone);
  return {
    offer: treated.run.text,
    note: say(language, {
      en: `In the running playbook “${treated.run.text.en}”, due ${due}`,
      zh: `已列入执行中的方案“${treated.run.text.zh}”，${due} 到期`,
    }),
  };
}
