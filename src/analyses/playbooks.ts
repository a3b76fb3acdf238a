import type { PlaybookText } from '../domain/playbooks.ts';
import type { Text } from '../lib/text.ts';

/** What to do with a group of customers unless a portal says otherwise. */
export const PLAYBOOKS = {
  discount: { en: 'discount offers', zh: '折扣优惠' },
  personal: { en: 'personalised recommendations', zh: '个性化推荐' },
  exclusive: { en: 'exclusive benefits', zh: '专属权益' },
  'win-back': { en: 'a personal win-back call or offer', zh: '主动联系并提供挽回优惠' },
} as const satisfies Record<string, Text>;
export type Playbook = keyof typeof PLAYBOOKS;

/** By value class. */
export const CLASS_PLAYBOOKS = {
  low: 'discount',
  medium: 'personal',
  high: 'exclusive',
} as const satisfies Record<string, Playbook>;

/** By a tier's place, the lowest first. */
export const TIER_PLAYBOOKS = ['discount', 'personal', 'exclusive', 'exclusive'] as const satisfies readonly Playbook[];

/** What people decided about playbooks, as the state keeps it. */
export type PlaybookTexts = Readonly<Record<string, { readonly text: string | PlaybookText | null } | undefined>>;

/** What a target's playbook says: a person's words where there are some, Kith's own otherwise. */
export function playbookText(settings: PlaybookTexts | undefined, target: string, otherwise: Text): Text {
  const text = settings !== undefined && Object.hasOwn(settings, target) ? settings[target]?.text : null;
  if (text === null || text === undefined) return otherwise;
  return typeof text === 'string' ? { en: text, zh: text } : text;
}

/** For a group of customers: whether it has gone quiet, and its value in standard deviations from the portfolio's mean. */
export function playbookFor(isQuiet: boolean, value: number): Playbook {
  if (isQuiet) return 'win-back';
  if (value >= 0.5) return 'exclusive';
  return value <= -0.5 ? 'discount' : 'personal';
}
