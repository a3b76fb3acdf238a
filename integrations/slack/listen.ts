import type { App } from '@slack/bolt';
import { say } from '../../src/lib/text.ts';
import type { Answer, ChatHandlers, ChatRequest } from '../../src/ports/chat.ts';
import { escapeText } from './escape.ts';
import type { People } from './people.ts';
import type { ReplyTo } from './reply.ts';
import { type Origin, quickRequest } from './requests.ts';
import { TEXTS } from './texts.ts';
import { actionOf } from './to-blocks.ts';

export interface Listening {
  readonly handlers: ChatHandlers;
  readonly homeTeamId: string;
  readonly people: People;
  readonly isFirst: (id: string) => Promise<boolean>;
  readonly isStopping: () => boolean;
  readonly serve: (
    origin: Origin,
    to: Omit<ReplyTo, 'request'>,
    work: (request: ChatRequest) => Promise<Answer>,
  ) => Promise<void>;
  readonly now: () => number;
}

/** Registers what Slack may send. Every listener acknowledges first; a name that nobody knows is answered with the help. */
export function listen(app: App, listening: Listening): void {
  listenToCommands(app, listening);
  listenToButtons(app, listening);
  listenToMentions(app, listening);
}

function listenToCommands(
  app: App,
  { handlers, homeTeamId, people, isFirst, isStopping, serve, now }: Listening,
): void {
  app.command(/.*/, async ({ command, ack }) => {
    const since = now();
    if (!(await isFirst(`trigger:${command.trigger_id}`))) return ack();
    const origin: Origin = {
      key: command.trigger_id,
      teamId: command.team_id,
      homeTeamId,
      userId: command.user_id,
      channelId: command.channel_id,
      channelName: command.channel_name,
    };
    const asked = asCommand(handlers, command.command.replace(/^\//, ''), unescaped(command.text ?? ''));
    const quick = quickRequest(origin, people);
    if (isStopping()) {
      return ack({ response_type: 'ephemeral', text: say(quick.userLanguage, TEXTS.stopping) });
    }
    const acknowledgement = handlers.acknowledgement({ ...quick, ...asked });
    await ack({ response_type: 'ephemeral', text: escapeText(acknowledgement) || '…' });
    const to = { responseUrl: command.response_url, since, replaces: true, threadTs: null };
    await serve(origin, to, (request) => handlers.answer({ ...request, ...asked }));
  });
}

function listenToButtons(app: App, { handlers, homeTeamId, people, isFirst, isStopping, serve, now }: Listening): void {
  app.action(/.*/, async ({ action, body, ack }) => {
    const since = now();
    await ack();
    if (body.type !== 'block_actions' || action.type !== 'button' || !('action_id' in action)) return;
    const name = actionOf(action.action_id);
    if (name === null || !handlers.actions.includes(name)) return;
    if (!(await isFirst(`trigger:${body.trigger_id}`))) return;
    const origin: Origin = {
      key: body.trigger_id,
      teamId: body.team?.id ?? '',
      homeTeamId,
      userId: body.user.id,
      channelId: body.channel?.id ?? body.user.id,
      channelName: body.channel?.name ?? '',
    };
    const { container } = body;
    const threadTs = container.is_ephemeral === true ? null : (body.message?.thread_ts ?? container.message_ts ?? null);
    const to = { responseUrl: body.response_url ?? null, since, replaces: false, threadTs };
    await serve(origin, to, async (request) => {
      if (isStopping()) return sentence(say(quickRequest(origin, people).userLanguage, TEXTS.stopping), request);
      return handlers.act({ ...request, action: name, value: action.value ?? '' });
    });
  });
}

/** Slash commands do not work in threads; a mention does: "@Kith churn-risk acme". */
function listenToMentions(app: App, { handlers, homeTeamId, isFirst, isStopping, serve, now }: Listening): void {
  app.event('app_mention', async ({ event, body }) => {
    const since = now();
    if (event.user === undefined || isStopping() || !(await isFirst(`event:${body.event_id}`))) return;
    const words = unescaped(event.text.replace(/<@[UW][A-Z0-9]+(\|[^>]*)?>/g, ' ')).trim();
    const [first = '', ...rest] = words.split(/\s+/);
    const asked = asCommand(handlers, first.replace(/^\//, '').toLowerCase(), rest.join(' '));
    const origin: Origin = {
      key: body.event_id,
      teamId: body.team_id,
      homeTeamId,
      userId: event.user,
      channelId: event.channel,
      channelName: '',
    };
    const to = { responseUrl: null, since, replaces: false, threadTs: event.thread_ts ?? event.ts };
    await serve(origin, to, (request) => handlers.answer({ ...request, ...asked }));
  });
}

/** The command asked for, or the help where nobody knows it. */
function asCommand(handlers: ChatHandlers, name: string, text: string): { command: string; text: string } {
  const isKnown = handlers.commands.some((listing) => listing.name === name);
  return isKnown ? { command: name, text: text.trim() } : { command: 'kith', text: 'help' };
}

function sentence(text: string, request: ChatRequest): Answer {
  return { report: { language: request.userLanguage, headline: text, parts: [], trust: '' }, visibility: 'only-you' };
}

/** Slack escapes three characters in texts that people type. */
function unescaped(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
