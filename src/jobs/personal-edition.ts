import type { Digest } from '../digests/digest.ts';
import { introduction } from '../digests/edition-parts.ts';
import { type Language, say } from '../lib/text.ts';
import type { Report, ReportPart } from '../report/report.ts';
import type { Subscription } from '../state/portal-state.ts';

/**
 * A digest's edition as one person's copy: it says itself when it comes and how to stop it, and it mentions nobody: who is to act
 * is mentioned in the channel.
 */
export function personalEdition(report: Report, digest: Digest, subscription: Subscription): Report {
  const { language } = report;
  const ofChannel = introduction(language, digest);
  const parts = report.parts.flatMap((part): ReportPart[] => {
    if (part.kind === 'text') return ofChannel.kind === 'text' && part.text === ofChannel.text ? [] : [part];
    if (part.kind !== 'item') return [part];
    const { owner } = part;
    return [owner === undefined ? part : { ...part, owner: { ...owner, mention: false } }];
  });
  return { ...report, parts: [...parts, closing(language, digest, subscription)] };
}

function closing(language: Language, digest: Digest, { id }: Subscription): ReportPart {
  const title = say(language, digest.title);
  return {
    kind: 'item',
    title: say(language, { en: `Your copy of “${title}”`, zh: `您订阅的“${title}”` }),
    text: say(language, {
      en: 'It tells only what is new to you; a day without news is a day without a message. Change it on Kith’s Home or with `/kith subscribe`.',
      zh: '只报告对您而言的新情况，没有新情况时不会发送。可在 Kith 主页或用 `/kith subscribe` 修改。',
    }),
    actions: [{ action: 'pause-subscription', label: say(language, { en: 'Pause', zh: '暂停' }), value: id }],
  };
}
