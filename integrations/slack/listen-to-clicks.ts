import type { App } from '@slack/bolt';
import { say } from '../../src/lib/text.ts';
import type { Answer, ChatRequest } from '../../src/ports/chat.ts';
import type { Listening } from './listening.ts';
import { openForm } from './open-form.ts';
import type { Origin } from './requests.ts';
import { TEXTS } from './texts.ts';
import { actionOf } from './to-blocks.ts';

/** Buttons of messages and of the Home: they act, or open a form. */
export function listenToClicks(app: App, listening: Listening): void {
  const { handlers, homeTeamId, claim, isStopping, serve, now } = listening;
  app.action(/.*/, async ({ action, body, ack }) => {
    const since = now();
    await ack();
    if (body.type !== 'block_actions' || action.type !== 'button' || !('action_id' in action)) return;
    const name = actionOf(action.action_id);
    if (name === null) return;
    const { isRepeat, isFirst } = claim(`trigger:${body.trigger_id}`);
    if (isRepeat) return;
    const channelId = body.channel?.id ?? '';
    const origin: Origin = {
      key: body.trigger_id,
      teamId: body.team?.id ?? body.user.team_id ?? '',
      homeTeamId,
      userId: body.user.id,
      // A click on the Home is answered in the person's direct conversation.
      channelId: channelId || body.user.id,
      channelName: body.channel?.name ?? '',
    };
    const { container } = body;
    const threadTs =
      channelId === '' || container.is_ephemeral === true
        ? null
        : (body.message?.thread_ts ?? container.message_ts ?? null);
    const to = { responseUrl: body.response_url ?? null, since, replaces: false, threadTs, isFirst };
    const value = action.value ?? '';
    if (!isStopping() && handlers.forms.includes(name)) {
      await openForm(listening, origin, { ...to, trigger: body.trigger_id, ticket: { name, value, channelId } });
      return;
    }
    await serve(origin, to, async (request) => {
      if (isStopping()) return sentence(say(request.userLanguage, TEXTS.stopping), request);
      if (!handlers.actions.includes(name)) return sentence(say(request.userLanguage, TEXTS.oldButton), request);
      return handlers.act({ ...request, action: name, value });
    });
  });
}

export function sentence(text: string, request: ChatRequest): Answer {
  return { report: { language: request.userLanguage, headline: text, parts: [], trust: '' }, visibility: 'only-you' };
}
