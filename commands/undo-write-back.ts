import type { KithAction } from './context.ts';
import { refuseUnlessManager } from './shared/refuse-unless-manager.ts';

/** Takes a batch back, but for what was changed since. */
export const undoWriteBack: KithAction = {
  name: 'undo-write-back',
  async run(context, value) {
    refuseUnlessManager(context);
    return context.writeBack.undo(value);
  },
};
