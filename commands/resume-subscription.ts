import type { KithAction } from './context.ts';
import { pauseSubscription } from './shared/subscription-answers.ts';

/** Lets a paused copy of a digest come again. The clicker's own alone: of anybody else's there is none. */
export const resumeSubscription: KithAction = {
  name: 'resume-subscription',
  run: async (context, value) => ({ ...(await pauseSubscription(context, value, false)), changesHome: true }),
};
