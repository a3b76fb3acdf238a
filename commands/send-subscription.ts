import type { KithAction } from './context.ts';
import { sendSubscriptionNow } from './shared/subscription-answers.ts';

/** Sends what is new in a copy of a digest now. The clicker's own alone: of anybody else's there is none. */
export const sendSubscription: KithAction = {
  name: 'send-subscription',
  run: async (context, value) => ({ ...(await sendSubscriptionNow(context, value)), changesHome: true }),
};
