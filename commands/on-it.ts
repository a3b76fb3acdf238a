import type { KithAction } from './context.ts';
import { judge, judged, readToldFinding } from './shared/told-finding.ts';

/** Somebody looks after what a digest told: it is silent until it grows, and the next digest says what became of it. */
export const onIt: KithAction = {
  name: 'on-it',
  async run(context, value) {
    const told = await readToldFinding(context, value);
    await judge(context, told, { state: 'acknowledged' });
    return judged(context, told, {
      en: 'you are on it. It is not told again for two weeks unless it gets worse',
      zh: '已由您跟进。两周内除非恶化，不再提醒',
    });
  },
};
