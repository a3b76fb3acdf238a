import type { App, ViewSubmitAction } from '@slack/bolt';
import { messageOf } from '../../src/lib/errors.ts';
import { say, type Text } from '../../src/lib/text.ts';
import type { Answer } from '../../src/ports/chat.ts';
import type { Question } from '../../src/ports/command.ts';
import type { Claim } from './first-times.ts';
import { sentence } from './listen-to-clicks.ts';
import type { Listening } from './listening.ts';
import { ENTRY, formModal, questionId } from './modals.ts';
import { asView } from './open-form.ts';
import { plainWords, typedWords } from './plain-words.ts';
import type { Origin } from './requests.ts';
import { ASK_ABOUT_MESSAGE, ASK_ANYTHING } from './shortcuts.ts';
import { TEXTS } from './texts.ts';
import { within } from './within.ts';

const ASK_CALLBACK = 'kith:ask';

/** Subtypes of messages that a person wrote; every other is Slack's own, an edit, or a bot's. */
const WRITTEN = new Set([undefined, 'file_share', 'thread_broadcast']);

/** Mentions, direct messages, and shortcuts: whatever people say in plain words is asked, and answered in its thread. */
export function listenToWords(app: App, listening: Listening): void {
  const { handlers, homeTeamId, botUserId, claim, isStopping, serve, people, client, logger, now } = listening;

  const ask = (
    origin: Origin,
    question: Question,
    to: { readonly responseUrl: string | null; readonly since: number; readonly threadTs: string | null } & Pick<
      Claim,
      'isFirst'
    >,
    hasFile = false,
  ): Promise<void> =>
    serve(origin, { ...to, replaces: false }, async (request) => {
      if (isStopping()) return sentence(say(request.userLanguage, TEXTS.stopping), request);
      if (hasFile && question.text === '') return sentence(say(request.userLanguage, TEXTS.onlyFile), request);
      const answer = await handlers.ask({ ...request, ...question });
      return hasFile ? withNote(answer, TEXTS.fileUnread) : answer;
    });

  const heard = async (
    event: {
      readonly channel: string;
      readonly ts: string;
      readonly thread_ts?: string | undefined;
      readonly text?: string | undefined;
      readonly files?: readonly unknown[] | undefined;
    },
    userId: string,
    body: { readonly event_id: string; readonly team_id: string },
  ): Promise<void> => {
    const since = now();
    // By the message, not by the event: Slack tells of a mention anew, as another event, whenever its message is edited.
    const { isRepeat, isFirst } = claim(`message:${event.channel}:${event.ts}`);
    if (isRepeat) return;
    // The answer opens a thread where there is none yet, so that what is asked next belongs to it.
    const threadTs = event.thread_ts ?? event.ts;
    const origin = {
      key: body.event_id,
      teamId: body.team_id,
      homeTeamId,
      userId,
      channelId: event.channel,
      channelName: '',
    };
    const question = { text: typedWords(event.text ?? '', botUserId), threadId: threadTs, quoted: '' };
    const hasFile = (event.files ?? []).length > 0;
    await ask(origin, question, { responseUrl: null, since, threadTs, isFirst }, hasFile);
  };

  app.event('app_mention', async ({ event, body }) => {
    if (event.user === undefined || event.bot_id !== undefined || !WRITTEN.has(event.subtype)) return;
    await heard(event, event.user, body);
  });

  app.event('message', async ({ event, body }) => {
    if (event.channel_type !== 'im' || !WRITTEN.has(event.subtype)) return;
    if (!('user' in event) || event.user === undefined || event.user === 'USLACKBOT') return;
    if ('bot_id' in event && event.bot_id !== undefined) return;
    await heard(event as typeof event & { text?: string; thread_ts?: string; files?: unknown[] }, event.user, body);
  });

  app.shortcut({ callback_id: ASK_ABOUT_MESSAGE, type: 'message_action' }, async ({ shortcut, ack }) => {
    const since = now();
    await ack();
    const { isRepeat, isFirst } = claim(`trigger:${shortcut.trigger_id}`);
    if (isRepeat) return;
    const { message, channel } = shortcut;
    const threadTs = typeof message.thread_ts === 'string' ? message.thread_ts : message.ts;
    const origin: Origin = {
      key: shortcut.trigger_id,
      teamId: shortcut.team?.id ?? shortcut.user.team_id ?? '',
      homeTeamId,
      userId: shortcut.user.id,
      channelId: channel.id,
      channelName: channel.name,
    };
    const question = { text: '', threadId: threadTs, quoted: plainWords(message.text ?? '') };
    await ask(origin, question, { responseUrl: shortcut.response_url, since, threadTs, isFirst });
  });

  app.shortcut({ callback_id: ASK_ANYTHING, type: 'shortcut' }, async ({ shortcut, ack }) => {
    await ack();
    // A trigger opens one modal within 3 s.
    const { language } = (await within(people.person(shortcut.user.id), 1_000)) ?? people.known(shortcut.user.id);
    const words = (text: (typeof TEXTS)[keyof typeof TEXTS]) => say(language, text);
    const form = {
      language,
      title: words(TEXTS.askTitle),
      submit: words(TEXTS.ask),
      intro: '',
      fields: [
        {
          kind: 'text' as const,
          name: 'question',
          label: words(TEXTS.askLabel),
          hint: words(TEXTS.askHint),
          most: 500,
        },
      ],
    };
    const view = formModal(form, { name: 'ask', value: '', channelId: '' }, ASK_CALLBACK);
    await client.views.open({ trigger_id: shortcut.trigger_id, view: asView(view) }).catch((error: unknown) => {
      logger.warn('the box for a question could not be opened', { reason: messageOf(error) });
    });
  });

  app.view<ViewSubmitAction>(ASK_CALLBACK, async ({ ack, body, view }) => {
    const since = now();
    await ack();
    const { isRepeat, isFirst } = claim(`trigger:${body.trigger_id}`);
    if (isRepeat) return;
    const userId = body.user.id;
    const text = view.state.values[questionId('question')]?.[ENTRY]?.value ?? '';
    const teamId = body.team?.id ?? body.user.team_id ?? '';
    const origin = { key: body.trigger_id, teamId, homeTeamId, userId, channelId: userId, channelName: '' };
    await ask(origin, { text, threadId: '', quoted: '' }, { responseUrl: null, since, threadTs: null, isFirst });
  });
}

/** An answer with a last sentence of Slack's side of Kith. */
function withNote(answer: Answer, note: Text): Answer {
  const { report } = answer;
  const parts = [...report.parts, { kind: 'text' as const, text: say(report.language, note) }];
  return { ...answer, report: { ...report, parts } };
}
