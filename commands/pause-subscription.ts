import type { KithAction } from './context.ts';
import { pauseSubscription as pause } from './shared/subscription-answers.ts';

/** Stops a copy of a digest until it is resumed. The clicker's own alone: of anybody else's there is none. */
export const pauseSubscription: KithAction = {
  name: 'pause-subscription',
  run: async (context, value) => ({ ...(await pause(context, value, true)), changesHome: true }),
};
