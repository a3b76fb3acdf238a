import type { Asker, Kith, Workspace } from './kith.ts';
import { auditHashesOf } from './ledger/audit-hash.ts';
import { type Language, say } from './lib/text.ts';
import { type Asked, createFreshness, createNoted, hashOfText, outdatedReport, withheldReport } from './noted.ts';
import type { ActionRequest, Answer, ChatHandlers, ChatRequest } from './ports/chat.ts';
import type { ActionAnswer, QuestionAnswer } from './ports/command.ts';
import { listOwners } from './privacy/owners.ts';
import { viewerFor } from './privacy/viewer.ts';
import type { FormOutcome } from './report/form.ts';
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

  /** What is about somebody's own things is said to them alone, as they chose to be spoken to; what may be said stays the place's. */
  const inPrivate = <Asking extends Asker & { inChannel: boolean }>(asker: Asking): Asking => ({
    ...asker,
    ...asker.own,
    inChannel: false,
  });

  /** The same person by themselves: what a form or a Home shows is seen by nobody else. */
  async function aloneOf(request: ChatRequest): Promise<Asker> {
    // Whoever comes from another company is refused here as everywhere.
    const isForeign = request.channelKind === 'shared-externally';
    return askerOf({ ...request, channelId: '', channelKind: isForeign ? 'shared-externally' : 'direct' });
  }

  const hashOf = (text: string): Promise<string> => hashOfText(at, text);
  const noted = createNoted(at);
  const freshness = (instead: Report) => createFreshness(portal, instead);

  /** What the audit says of a button or a form. */
  async function clicked({
    id,
    userId: actor,
    channelId: channel,
    action: subject,
    value,
  }: ActionRequest): Promise<Asked> {
    return { actor, act: 'clicked', subject, request: id, channel, ...(await auditHashesOf(portal, value)) };
  }

  return {
    commands: kith.commands,
    actions: kith.actions,
    forms: kith.forms,
    languageOf: (userId) => preferencesOf(at.state(), userId).language,
    acknowledgement({ userId, userLanguage, userTimeZone }) {
      const own = preferencesOf(at.state(), userId);
      return acknowledgement(own.language ?? userLanguage, asOf(), own.timeZone ?? userTimeZone);
    },
    async answer(request) {
      const { command, text, channelId: channel } = request;
      const listing = kith.commands.find(({ name }) => name === command);
      const isPersonal = listing?.isPersonal?.(text) === true;
      const asker = isPersonal ? inPrivate(await askerOf(request)) : await askerOf(request);
      const { id, userId } = request;
      const asked = {
        actor: userId,
        act: 'asked',
        subject: command,
        request: id,
        channel,
        text: await hashOf(text),
      } as const;
      const onlyReads = listing?.onlyReads?.(text) === true;
      // One's own things are for nobody else: such an answer is not shared.
      const isKept = !isPersonal && onlyReads;
      const question = { id, userId, channelId: placeOf(request), threadId: '', command, text };
      const instead = onlyReads ? outdatedReport(asker.language) : withheldReport(asker.language);
      const { fresh, stamped } = freshness(instead);
      const report = await noted(asker, asked, {
        stamped,
        work: (who) => kith.command(at, who, command, text),
        ...(onlyReads ? {} : { withheld: () => instead }),
        ...(isKept ? { keep: () => at.answers.keep(question) } : {}),
      });
      return { ...seenBy(request, asker, report, isKept), fresh };
    },
    async act(request) {
      const asker = await askerOf(request);
      const { fresh, stamped } = freshness(withheldReport(asker.language));
      const answer = await noted(asker, await clicked(request), {
        stamped,
        work: (who) => kith.action(at, who, request.action, request.value),
        withheld: (): ActionAnswer => ({ ...withheldReport(asker.language), changesHome: true }),
      });
      return { ...answerOf(answer), fresh };
    },
    async openForm(request) {
      const asker = await aloneOf(request);
      const { fresh, stamped } = freshness(outdatedReport(asker.language));
      const form = await noted(asker, await clicked(request), {
        stamped,
        work: (who) => kith.openForm(at, who, request.action, request.value),
        // Who only looks at a form has done nothing yet.
        isDone: () => false,
      });
      return { ...form, fresh };
    },
    async submitForm(request, entered) {
      const form = { name: request.action, value: request.value };
      const asker = await aloneOf(request);
      const { fresh, stamped } = freshness(withheldReport(asker.language));
      const outcome = await noted(asker, await clicked(request), {
        stamped,
        work: (who) => kith.submitForm(at, who, form, entered),
        withheld: (): FormOutcome => ({ kind: 'done', report: withheldReport(asker.language), changesHome: true }),
        isDone: ({ kind }) => kind === 'done',
      });
      return { ...outcome, fresh };
    },
    async home(request) {
      const asked = { actor: request.userId, act: 'asked', subject: 'home', request: request.id } as const;
      const asker = await aloneOf(request);
      const { fresh, stamped } = freshness(outdatedReport(asker.language));
      const page = await noted(asker, asked, { stamped, work: (who) => kith.home(at, who), isDone: () => false });
      return { ...page, fresh };
    },
    async ask(request) {
      const asker = await askerOf(request);
      const { id, userId: actor, text, threadId, quoted, channelId: channel } = request;
      const asked = {
        actor,
        act: 'asked',
        subject: 'question',
        request: id,
        channel,
        text: await hashOf(text),
      } as const;
      const { fresh, stamped } = freshness(withheldReport(asker.language));
      const answer = await noted(asker, asked, {
        stamped,
        work: (who) => kith.ask(at, who, { text, threadId, quoted }),
        withheld: (): QuestionAnswer => withheldReport(asker.language),
      });
      const { isPersonal, ...report } = answer;
      if (isPersonal) return { ...seenBy(request, inPrivate(asker), report, false), fresh };
      // What was read as a command that only reads was kept under this id; anything else cannot be made anew.
      return { ...seenBy(request, asker, report, (await at.answers.byId(request.id)) !== null), fresh };
    },
    removed,
  };
}

/** Where follow-ups are asked: a channel, or the conversation with one person. */
function placeOf({ channelId, channelKind, userId }: ChatRequest): string {
  return channelKind === 'direct' ? `direct:${userId}` : channelId;
}

/** An answer with what may be done with it where it can be made anew: shown to the channel where one person sees it, taken away where it holds rows. */
function seenBy(
  request: ChatRequest,
  { inChannel, language }: Asker & { inChannel: boolean },
  report: Report,
  isKept: boolean,
): Answer {
  const hasRows = isKept && report.parts.some(({ kind }) => kind === 'table' || kind === 'item');
  const isShareable = isKept && !inChannel && request.channelKind === 'channel';
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
