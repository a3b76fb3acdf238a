import type { Asker, Kith, Workspace } from './kith.ts';
import { type Language, say } from './lib/text.ts';
import type { Answer, ChatHandlers, ChatRequest } from './ports/chat.ts';
import type { ActionAnswer } from './ports/command.ts';
import { listOwners } from './privacy/owners.ts';
import { viewerFor } from './privacy/viewer.ts';
import { formatInstant } from './report/format.ts';
import type { Report } from './report/report.ts';
import { preferencesOf } from './state/preferences.ts';

/** What Kith answers to a chat, with the rights and in the language of whoever asks; every request is written to the audit log. */
export function createChatHandlers(
  kith: Kith,
  at: Workspace,
  { asOf, removed }: { readonly asOf: () => number | null; readonly removed: () => Promise<void> },
): ChatHandlers {
  const { portal, account } = at;

  async function askerOf(request: ChatRequest): Promise<Asker & { inChannel: boolean }> {
    const state = at.state();
    const viewer = viewerFor(request, state, await listOwners(portal));
    const inChannel = viewer.place.kind === 'department';
    const chosen = preferencesOf(state, request.userId);
    const own = {
      language: chosen.language ?? request.userLanguage,
      timeZone: chosen.timeZone ?? request.userTimeZone,
    };
    return {
      viewer,
      inChannel,
      language: inChannel ? state.language : own.language,
      timeZone: inChannel ? account.timeZone : own.timeZone,
      own,
      request: { id: request.id, channelId: placeOf(request) },
    };
  }

  /** The same person by themselves: what a form or a Home shows is seen by nobody else. */
  async function aloneOf(request: ChatRequest): Promise<Asker> {
    // Whoever comes from another company is refused here as everywhere.
    const isForeign = request.channelKind === 'shared-externally';
    return askerOf({ ...request, channelId: '', channelKind: isForeign ? 'shared-externally' : 'direct' });
  }

  /** What a button was about may name a person: the audit keeps a keyed hash, which tells two of them apart. */
  const hashOf = async (value: string): Promise<string> => (await portal.crm.keyedHash('audit', value)).slice(0, 32);

  async function note(request: ChatRequest, act: 'asked' | 'clicked', subject: string, details: object): Promise<void> {
    await at.audit.append({ actor: request.userId, act, subject, details: { ...details } });
  }

  return {
    commands: kith.commands,
    actions: kith.actions,
    forms: kith.forms,
    acknowledgement({ userId, userLanguage, userTimeZone }) {
      const own = preferencesOf(at.state(), userId);
      return acknowledgement(own.language ?? userLanguage, asOf(), own.timeZone ?? userTimeZone);
    },
    async answer(request) {
      const asker = await askerOf(request);
      const { command, text } = request;
      const report = await kith.command(at, asker, command, text);
      await note(request, 'asked', command, { channel: request.channelId });
      await at.answers.keep({
        id: request.id,
        userId: request.userId,
        channelId: placeOf(request),
        threadId: '',
        command,
        text,
      });
      return seenBy(request, asker, report);
    },
    async act(request) {
      const asker = await askerOf(request);
      const answer = answerOf(await kith.action(at, asker, request.action, request.value));
      await note(request, 'clicked', request.action, { value: await hashOf(request.value) });
      return answer;
    },
    openForm: async (request) => kith.openForm(at, await aloneOf(request), request.action, request.value),
    async submitForm(request, entered) {
      const form = { name: request.action, value: request.value };
      const outcome = await kith.submitForm(at, await aloneOf(request), form, entered);
      if (outcome.kind === 'done')
        await note(request, 'clicked', request.action, { value: await hashOf(request.value) });
      return outcome;
    },
    home: async (request) => kith.home(at, await aloneOf(request)),
    async ask(request) {
      const asker = await askerOf(request);
      const { text, threadId, quoted } = request;
      const report = await kith.ask(at, asker, { text, threadId, quoted });
      await note(request, 'asked', 'question', { channel: request.channelId });
      return seenBy(request, asker, report);
    },
    removed,
  };
}

/** Where follow-ups are asked: a channel, or the conversation with one person. */
function placeOf({ channelId, channelKind, userId }: ChatRequest): string {
  return channelKind === 'direct' ? `direct:${userId}` : channelId;
}

/** An answer with what may be done with it: shown to the channel where one person sees it, taken away where it holds rows. */
function seenBy(request: ChatRequest, { inChannel, language }: Asker & { inChannel: boolean }, report: Report): Answer {
  const hasRows = report.parts.some(({ kind }) => kind === 'table' || kind === 'item');
  const isShareable = !inChannel && request.channelKind === 'channel';
  const actions = [
    ...(report.actions ?? []),
    ...(isShareable
      ? [{ action: 'share', label: say(language, { en: 'Share', zh: '分享到频道' }), value: request.id }]
      : []),
    ...(hasRows
      ? [{ action: 'download-csv', label: say(language, { en: 'Download CSV', zh: '下载 CSV' }), value: request.id }]
      : []),
  ];
  return {
    report: actions.length === 0 ? report : { ...report, actions },
    visibility: inChannel ? 'channel' : 'only-you',
  };
}

function answerOf({ file, visibility = 'only-you', changesHome, ...report }: ActionAnswer): Answer {
  return {
    report: report satisfies Report,
    visibility,
    ...(file === undefined ? {} : { file }),
    ...(changesHome === undefined ? {} : { changesHome }),
  };
}

function acknowledgement(language: Language, asOf: number | null, timeZone: string): string {
  if (asOf === null) return say(language, { en: 'Working on it…', zh: '正在处理…' });
  const instant = formatInstant(language, asOf, timeZone);
  return say(language, { en: `Working on it (data as of ${instant})…`, zh: `正在处理（数据截至 ${instant}）…` });
}
