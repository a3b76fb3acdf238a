import { KithError } from '../../src/lib/errors.ts';
import { say } from '../../src/lib/text.ts';
import type { CommandContext } from '../context.ts';

/** A copy goes to a person: nothing of it where another company listens, and none for a terminal. */
export function refuseUnlessPerson({ language, reader }: Pick<CommandContext, 'language' | 'reader'>): void {
  const { userId, place } = reader.viewer;
  if (place.kind === 'shared-externally') {
    throw new KithError(
      'not-allowed',
      say(language, {
        en: 'This channel is shared with another company: ask in a channel of your own or in a direct message',
        zh: '此频道与其他公司共享：请在内部频道或私信中操作',
      }),
    );
  }
  if (userId === 'command-line') {
    throw new KithError(
      'usage',
      say(language, {
        en: 'A copy of a digest goes to a person in the chat as a direct message: subscribe there, with `/kith subscribe`',
        zh: '订阅内容会以私信发送给聊天用户：请在聊天应用中使用 `/kith subscribe`',
      }),
    );
  }
}

/** For a button whose subscription is not the clicker's, or gone. */
export function noSubscription({ language }: Pick<CommandContext, 'language'>): KithError {
  return new KithError(
    'usage',
    say(language, {
      en: 'There is no such subscription of yours any more: `/kith subscribe` lists those that there are',
      zh: '您没有这项订阅：可用 `/kith subscribe` 查看现有订阅',
    }),
  );
}
