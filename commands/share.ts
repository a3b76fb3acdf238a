import { KithError } from '../src/lib/errors.ts';
import { say } from '../src/lib/text.ts';
import type { KithAction } from './context.ts';
import { needAnswer } from './shared/need-answer.ts';

/**
 * Shows an answer to everybody in the channel. It is made anew for that place: what the channel may not see is not in it, whatever
 * the person saw alone.
 */
export const share: KithAction = {
  name: 'share',
  async run(context, value) {
    const { language, reader } = context;
    const { place } = reader.viewer;
    if (place.kind === 'only-viewer' || place.kind === 'shared-externally') {
      throw new KithError(
        'not-allowed',
        say(language, {
          en: 'An answer is shared in a channel of your own company: ask there, and share it from there',
          zh: '只能在公司内部频道中分享：请在该频道提问后再分享',
        }),
      );
    }
    const { command, text } = await needAnswer(context, value);
    const report = await context.run(command, text);
    return { ...report, visibility: 'channel' };
  },
};
