import type { App } from '@slack/bolt';
import { nearest } from '../../src/lib/nearest.ts';
import { type Language, say } from '../../src/lib/text.ts';
import type { ChatHandlers } from '../../src/ports/chat.ts';
import { escapeText, unescaped } from './escape.ts';
import type { Listening } from './listening.ts';
import { type Origin, quickRequest } from './requests.ts';
import { TEXTS } from './texts.ts';

/** A name that nobody knows is answered with the nearest ones. */
export function listenToCommands(app: App, listening: Listening): void {
  const { handlers, homeTeamId, people, claim, isStopping, serve, now } = listening;
  app.command(/.*/, async ({ command, ack }) => {
    const since = now();
    const { isRepeat, isFirst } = claim(`trigger:${command.trigger_id}`);
    if (isRepeat) return ack();
    const origin: Origin = {
      key: command.trigger_id,
      teamId: command.team_id,
      homeTeamId,
      userId: command.user_id,
      channelId: command.channel_id,
      channelName: command.channel_name,
    };
    const quick = quickRequest(origin, people);
    const onlyYou = (text: string) => ack({ response_type: 'ephemeral', text: escapeText(text) || '…' });
    if (isStopping()) return onlyYou(say(quick.userLanguage, TEXTS.stopping));
    const name = command.command.replace(/^\//, '');
    if (!handlers.commands.some((listing) => listing.name === name))
      return onlyYou(unknownCommand(quick.userLanguage, name, handlers));
    const asked = { command: name, text: unescaped((command.text ?? '').trim()) };
    await onlyYou(handlers.acknowledgement({ ...quick, ...asked }));
    const to = { responseUrl: command.response_url, since, replaces: true, threadTs: null, isFirst };
    await serve(origin, to, (request) => handlers.answer({ ...request, ...asked }));
  });
}

function unknownCommand(language: Language, name: string, handlers: ChatHandlers): string {
  const close = nearest(
    name,
    handlers.commands.map((listing) => listing.name),
  ).map((known) => `/${known}`);
  const [what, meant, all] = [TEXTS.noSuchCommand, TEXTS.didYouMean, TEXTS.helpListsAll].map((text) =>
    say(language, text),
  );
  const stop = language === 'zh' ? '。' : '.';
  const question = close.length === 0 ? '' : `${meant} ${close.join(', ')}${language === 'zh' ? '？' : '?'} `;
  return `${what} /${name}${stop} ${question}${all}`;
}
