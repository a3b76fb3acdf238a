import type { KithAction } from './context.ts';
import { judge, judged, readToldFinding } from './shared/told-finding.ts';

/** Somebody found of no use what a digest told: it is told again only when it crosses a band. */
export const notUseful: KithAction = {
  name: 'not-useful',
  async run(context, value) {
    const told = await readToldFinding(context, value);
    await judge(context, told, { state: 'not-useful' });
    return judged(context, told, {
      en: 'noted as not useful. It is told again only when its band changes',
      zh: '已记为没用。仅在等级变化时再次提醒',
    });
  },
};
