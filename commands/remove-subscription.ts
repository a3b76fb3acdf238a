import type { KithAction } from './context.ts';
import { removeSubscription as remove } from './shared/subscription-answers.ts';

/** Ends a copy of a digest. The clicker's own alone: of anybody else's there is none. */
export const removeSubscription: KithAction = {
  name: 'remove-subscription',
  run: async (context, value) => ({ ...(await remove(context, value)), changesHome: true }),
};
