import type { Asker, Kith, Workspace } from './kith.ts';
import { auditHash, auditHashesOf } from './ledger/audit-hash.ts';
import { KithError } from './lib/errors.ts';
import { type Language, say } from './lib/text.ts';
import type { ActionRequest, Answer, ChatHandlers, ChatRequest } from './ports/chat.ts';
import type { ActionAnswer } from './ports/command.ts';
import { listOwners } from './privacy/owners.ts';
import { viewerFor } from './privacy/viewer.ts';
import type { CustomersRead } from './privacy/watched-reader.ts';
import { formatInstant } from './report/format.ts';
import type { Report } from './report/report.ts';
import { preferencesOf } from './state/preferences.ts';

/** Of how many customers the audit keeps keyed hashes; of more, their number. */
const NAMED = 20;

/** What the audit says of a request. The words of a question are kept apart, under the request's id, for a few days. */
interface Asked {
  readonly request: ChatRequest;
  readonly act: 'asked' | 'clicked';
  readonly subject: string;
  readonly channel?: string;
  /** Keyed hashes; '' for nothing. */
  readonly text?: string;
  readonly value?: string;
  readonly parts?: string;
}

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

  /** What was typed may name a person. */
  const hashOf = async (text: string): Promise<string> => (text === '' ? '' : auditHash(portal, text));

  /**
   * Answers a request and writes to the audit log who asked what, of whom something was read for it, and why it was refused where it
   * was. Nothing is written where nothing was done and nobody's row was read.
   */
  async function noted<Result, Who extends Asker>(
    asker: Who,
    { request, ...asked }: Asked,
    work: (asker: Who) => Promise<Result>,
    isDone: (result: Result) => boolean = () => true,
  ): Promise<Result> {
    const customers = new Set<string>();
    const runs = new Set<string>();
    const read: CustomersRead = (customerIds, runId) => {
      for (const id of customerIds) customers.add(id);
      if (runId !== null && customerIds.length > 0) runs.add(runId);
    };
    const note = async (outcome: { readonly refused?: string }): Promise<void> => {
      const { act, subject, ...details } = asked;
      const first = [...customers].slice(0, NAMED);
      const ofWhom = {
        customers: customers.size,
        first: await Promise.all(first.map((id) => auditHash(portal, id))),
        runs: [...runs],
      };
      await at.audit.append({
        actor: request.userId,
        act,
        subject,
        details: { request: request.id, ...details, ...outcome, ...(customers.size === 0 ? {} : ofWhom) },
      });
    };
    let result: Result;
    try {
      result = await work({ ...asker, read });
    } catch (error) {
      await note({ refused: error instanceof KithError ? error.code : 'error' });
      throw error;
    }
    if (isDone(result) || customers.size > 0) await note({});
    return result;
  }

  /** Of a button or a form. */
  async function clicked<Result, Who extends Asker>(
    asker: Who,
    request: ActionRequest,
    work: (asker: Who) => Promise<Result>,
    isDone?: (result: Result) => boolean,
  ): Promise<Result> {
    const { channelId: channel, action: subject, value } = request;
    return noted(
      asker,
      { request, act: 'clicked', subject, channel, ...(await auditHashesOf(portal, value)) },
      work,
      isDone,
    );
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
      const asked = { request, act: 'asked', subject: command, channel, text: await hashOf(text) } as const;
      const report = await noted(asker, asked, (who) => kith.command(at, who, command, text));
      // One's own things are for nobody else: such an answer is not shared.
      const isKept = !isPersonal && listing?.onlyReads?.(text) === true;
      if (isKept) {
        const { id, userId } = request;
        await at.answers.keep({ id, userId, channelId: placeOf(request), threadId: '', command, text });
      }
      return seenBy(request, asker, report, isKept);
    },
    async act(request) {
      const asker = await askerOf(request);
      return answerOf(await clicked(asker, request, (who) => kith.action(at, who, request.action, request.value)));
    },
    async openForm(request) {
      // Who only looks at a form has done nothing yet.
      const open = (who: Asker) => kith.openForm(at, who, request.action, request.value);
      return clicked(await aloneOf(request), request, open, () => false);
    },
    async submitForm(request, entered) {
      const form = { name: request.action, value: request.value };
      const submit = (who: Asker) => kith.submitForm(at, who, form, entered);
      return clicked(await aloneOf(request), request, submit, ({ kind }) => kind === 'done');
    },
    async home(request) {
      const asked = { request, act: 'asked', subject: 'home' } as const;
      return noted(
        await aloneOf(request),
        asked,
        (who) => kith.home(at, who),
        () => false,
      );
    },
    async ask(request) {
      const asker = await askerOf(request);
      const { text, threadId, quoted, channelId: channel } = request;
      const asked = { request, act: 'asked', subject: 'question', channel, text: await hashOf(text) } as const;
      const answer = await noted(asker, asked, (who) => kith.ask(at, who, { text, threadId, quoted }));
      const { isPersonal, ...report } = answer;
      if (isPersonal) return seenBy(request, inPrivate(asker), report, false);
      // What was read as a command that only reads was kept under this id; anything else cannot be made anew.
      return seenBy(request, asker, report, (await at.answers.byId(request.id)) !== null);
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
