import { z } from 'zod';
import { CLASS_PLAYBOOKS, PLAYBOOKS, type PlaybookTexts, playbookText } from '../../src/analyses/playbooks.ts';
import type { Score } from '../../src/domain/results.ts';
import type { Text } from '../../src/lib/text.ts';

/** What a customer of a value class is offered: as the portal decided, else as Kith suggests. */
export function classOffer(label: string, playbooks: PlaybookTexts): Text | undefined {
  if (!Object.hasOwn(CLASS_PLAYBOOKS, label)) return undefined;
  const suggested = PLAYBOOKS[CLASS_PLAYBOOKS[label as keyof typeof CLASS_PLAYBOOKS]];
  return playbookText(playbooks, `value:${label}`, suggested);
}

const KEEP_IN_TOUCH: Text = { en: 'Keep in touch', zh: '保持联系' };

/** What to do about a customer: how urgent the risk makes it, and what it is offered. */
export function nextStep(scores: Readonly<Record<string, Score>>, offer: Text | undefined): Text {
  const risk = scores['churn-risk'];
  if (risk?.band === 'low' && isLate(risk)) {
    return offer === undefined
      ? {
          en: 'The usual order is overdue: ask whether something is missing',
          zh: '已超过通常下单时间：主动询问是否有需要',
        }
      : {
          en: `The usual order is overdue: ask whether something is missing; have ready: ${offer.en}`,
          zh: `已超过通常下单时间：主动询问是否有需要，并提供${offer.zh}`,
        };
  }
  switch (risk?.band) {
    case 'high':
      return offer === undefined
        ? { en: 'Call this week and ask what changed', zh: '本周致电，了解情况有何变化' }
        : {
            en: `Call this week, ask what changed, and have ready: ${offer.en}`,
            zh: `本周致电了解情况有何变化，并提供${offer.zh}`,
          };
    case 'medium':
      return offer === undefined
        ? { en: 'Get in touch before the next expected order', zh: '在下次预计下单之前主动联系' }
        : {
            en: `Get in touch before the next expected order, with ${offer.en}`,
            zh: `在下次预计下单之前主动联系，并提供${offer.zh}`,
          };
    case 'lapsed':
      return {
        en: 'Put on the win-back list: one personal message, then leave in peace',
        zh: '列入挽回名单：发送一封个人信息，之后不再打扰',
      };
    case 'too-new':
      return { en: 'Welcome them: a second purchase is what decides', zh: '做好新客户关怀：第二次购买最为关键' };
    case undefined:
      // No risk to be seen here, so nothing is said about how urgent it is.
      return offer === undefined
        ? KEEP_IN_TOUCH
        : { en: `At the next contact: ${offer.en}`, zh: `下次联系时：${offer.zh}` };
    default:
      return offer === undefined
        ? { en: 'Nothing is urgent', zh: '暂无紧急事项' }
        : { en: `Nothing is urgent; at the next contact: ${offer.en}`, zh: `暂无紧急事项；下次联系时：${offer.zh}` };
  }
}

const rhythmSchema = z.object({ off_rhythm: z.number() });
/** Off-rhythm from which a customer is late. */
const LATE_FROM = 1.5;

function isLate(risk: Score): boolean {
  return (rhythmSchema.safeParse(risk.details).data?.off_rhythm ?? 0) >= LATE_FROM;
}
