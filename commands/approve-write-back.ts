import type { KithAction } from './context.ts';
import { refuseUnlessManager } from './shared/refuse-unless-manager.ts';

/** Writes a plan as it was shown. The click is authorised anew: the plan's id alone gives no right to it. */
export const approveWriteBack: KithAction = {
  name: 'approve-write-back',
  async run(context, value) {
    refuseUnlessManager(context);
    return context.writeBack.approve(value);
  },
};
