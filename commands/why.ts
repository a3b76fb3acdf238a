import { churnWhy } from '../src/analyses/churn-why.ts';
import { KithError } from '../src/lib/errors.ts';
import { say } from '../src/lib/text.ts';
import type { KithAction } from './context.ts';
import { unknownCustomer } from './shared/find-customer.ts';
import { needResult } from './shared/need-result.ts';
import { scoreDetails } from './shared/score-details.ts';
import { givenTier } from './shared/tier-facts.ts';
import { readWhyValue } from './shared/why-button.ts';

/** Explains one customer's result. The click is authorised anew: the row comes from the reader of the person who clicked. */
export const why: KithAction = {
  name: 'why',
  async run(context, value) {
    const { language, reader } = context;
    const { analysis, customerId } = readWhyValue(language, value);
    const { run, summary } = await needResult(context, analysis);
    const { rows, withheld } = await reader.rows(run, analysis, { customerIds: [customerId] });
    const row = rows[0];
    if (row !== undefined) {
      return analysis === 'churn-risk'
        ? churnWhy(language, row, run, summary)
        : scoreDetails(language, analysis, row, run, await givenTier(context, customerId, summary));
    }
    if (withheld !== null) throw new KithError('not-allowed', say(language, withheld));
    throw await unknownCustomer(context, customerId);
  },
};
