import type { Text } from '../lib/text.ts';

/** What to do with a group of customers unless a portal says otherwise. */
export const PLAYBOOKS = {
  discount: { en: 'discount offers', zh: '折扣优惠' },
  personal: { en: 'personalised recommendations', zh: '个性化推荐' },
  exclusive: { en: 'exclusive benefits', zh: '专属权益' },
  'win-back': { en: 'a personal win-back call or offer', zh: '主动联系并提供挽回优惠' },
} as const satisfies Record<string, Text>;
export type Playbook = keyof typeof PLAYBOOKS;

/** For a group of customers: whether it has gone quiet, and its value in standard deviations from the portfolio's mean. */
export function playbookFor(isQuiet: boolean, value: number): Playbook {
  if (isQuiet) return 'win-back';
  if (value >= 0.5) return 'exclusive';
  return value <= -0.5 ? 'discount' : 'personal';
}
