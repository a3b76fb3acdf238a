import type { App, ViewSubmitAction } from '@slack/bolt';
import { messageOf } from '../../src/lib/errors.ts';
import { type Language, say } from '../../src/lib/text.ts';
import type { ChatRequest, Told } from '../../src/ports/chat.ts';
import type { FormOutcome, FormValues } from '../../src/report/form.ts';
import { cut, withoutCode, withoutMentions } from './escape.ts';
import { formValues, type ViewState } from './form-values.ts';
import type { Listening } from './listening.ts';
import { FORM_CALLBACK, type FormTicket, fieldOf, questionId, sentenceModal, ticketOf } from './modals.ts';
import { asView } from './open-form.ts';
import { formRequest, type Origin, quickRequest } from './requests.ts';
import { TEXTS } from './texts.ts';
import { within } from './within.ts';

/** Slack waits 3 s for what is wrong with an entry; after this long it is told in the modal's place. */
const JUDGED_WITHIN_MS = 2_000;
const MOST_ERROR = 250;
const KEPT = 500;

/** What became of a form that was handed in. */
type Verdict =
  | { readonly kind: 'taken' }
  /** By the questions' `block_id`s. */
  | { readonly kind: 'wrong'; readonly errors: Readonly<Record<string, string>> }
  /** Nothing of it was asked, so there is no question to say it at. */
  | { readonly kind: 'failed'; readonly words: string };

const TAKEN: Verdict = { kind: 'taken' };

interface HandedIn {
  readonly ticket: FormTicket;
  readonly entered: FormValues;
  /** The questions' `block_id`s in their order. */
  readonly questions: readonly string[];
}

export function listenToForms(app: App, listening: Listening): void {
  const { homeTeamId, people, client, inFlight, claim, logger } = listening;
  /** By trigger: Slack hands a form in again when it did not hear the answer. */
  const verdicts = new Map<string, Promise<Verdict>>();

  app.view<ViewSubmitAction>(FORM_CALLBACK, async ({ ack, body, view }) => {
    const ticket = ticketOf(view.private_metadata);
    if (ticket === null) return ack();
    const origin: Origin = {
      key: body.trigger_id,
      teamId: body.team?.id ?? body.user.team_id ?? '',
      homeTeamId,
      userId: body.user.id,
      channelId: ticket.channelId || body.user.id,
      channelName: '',
    };
    // Its trigger tells a repetition of Slack's from a correction of the person's, which comes from the same view.
    const key = `trigger:${body.trigger_id}`;
    const { isRepeat, isFirst } = claim(key);
    const known = verdicts.get(key);
    if (isRepeat && known === undefined) return ack();
    const handedIn: HandedIn = {
      ticket,
      entered: formValues(view.state as ViewState),
      questions: view.blocks.flatMap((block) => (fieldOf(block.block_id ?? '') === null ? [] : [block.block_id ?? ''])),
    };
    // One view is carried out once, however often and from how many places it is handed in.
    const viewKey = `view:${view.id}:${view.hash}`;
    const carryOut = () => submit(listening, origin, handedIn, isFirst);
    const judging =
      known ??
      verdicts.get(viewKey)?.then((earlier) => (earlier.kind === 'taken' ? earlier : carryOut())) ??
      carryOut();
    remember(verdicts, key, judging);
    remember(verdicts, viewKey, judging);
    const verdict = await within(judging, JUDGED_WITHIN_MS);
    if (verdict?.kind === 'taken') return ack();
    if (verdict?.kind === 'wrong') return ack({ response_action: 'errors', errors: verdict.errors });
    const instead = (language: Language, words: string) =>
      ack({ response_action: 'update', view: asView(sentenceModal(language, words)) });
    const { language } = people.known(origin.userId);
    if (verdict?.kind === 'failed') return instead(language, verdict.words);
    await instead(language, say(language, TEXTS.oneMoment));
    if (isRepeat) return;
    await inFlight.run(async () => {
      const verdict = await judging;
      const { language } = people.known(origin.userId);
      const late = sentenceModal(language, afterwards(language, verdict));
      await client.views.update({ view_id: view.id, view: asView(late) }).catch((error: unknown) => {
        // Whoever closed the modal meanwhile does not see it; the form was carried out all the same.
        logger.info('a modal was gone before it could tell the outcome', { reason: messageOf(error) });
      });
    });
  });
  // Any other modal says something and asks nothing.
  app.view({ callback_id: /^(?!kith:form$|kith:ask$)/, type: 'view_submission' }, async ({ ack }) => ack());
}

/** Carries a form out and says what is wrong where something is, at once; then tells its report to the person alone. */
function submit(
  listening: Listening,
  origin: Origin,
  { ticket, entered, questions }: HandedIn,
  isFirst: () => Promise<boolean>,
): Promise<Verdict> {
  const { handlers, people, channels, inFlight, isStopping, sentenceOf } = listening;
  const failed = (words: string): Verdict =>
    questions[0] === undefined
      ? { kind: 'failed', words }
      : { kind: 'wrong', errors: { [questions[0]]: errorText(words) } };
  return new Promise((judged) => {
    void inFlight.run(async () => {
      // Whoever asks comes first: what fails after that is said in their language.
      const { language } = await people.person(origin.userId);
      try {
        if (isStopping()) return judged(failed(say(language, TEXTS.stopping)));
        if (!(await isFirst())) return judged(TAKEN);
        const request = await formRequest(origin, people, channels);
        const outcome = await handlers.submitForm({ ...request, action: ticket.name, value: ticket.value }, entered);
        if (outcome.kind === 'refused') return judged(errorsOf(outcome.problems, questions));
        judged(TAKEN);
        await tellOutcome(listening, origin, { ticket, request, outcome });
      } catch (error) {
        judged(failed(sentenceOf(error, { id: quickRequest(origin, people).id, userLanguage: language })));
      }
    });
  });
}

/** The form was carried out: that its report could not be told must not look as if it was not. */
async function tellOutcome(
  { replies, refreshHome, logger, now }: Listening,
  origin: Origin,
  done: { ticket: FormTicket; request: ChatRequest; outcome: Told<Extract<FormOutcome, { kind: 'done' }>> },
): Promise<void> {
  const { ticket, request, outcome } = done;
  const place = ticket.channelId === '' ? {} : { channelId: ticket.channelId, channelKind: 'channel' as const };
  const to = { request: { ...request, ...place }, responseUrl: null, since: now(), replaces: false, threadTs: null };
  try {
    if (outcome.report !== null) {
      const { report, fresh } = outcome;
      await replies.answer(to, { report, visibility: 'only-you', ...(fresh === undefined ? {} : { fresh }) });
    }
  } catch (error) {
    logger.error('what became of a form could not be told', { request: request.id, reason: messageOf(error) });
  }
  if (outcome.changesHome) refreshHome(origin);
}

/** Slack takes errors for questions that are there alone; what concerns none of them stands at the first. */
function errorsOf(problems: Readonly<Record<string, string>>, questions: readonly string[]): Verdict {
  const errors: Record<string, string> = {};
  for (const [name, problem] of Object.entries(problems)) {
    const id = questions.includes(questionId(name)) ? questionId(name) : questions[0];
    if (id !== undefined) errors[id] = errorText(errors[id] === undefined ? problem : `${errors[id]} ${problem}`);
  }
  if (Object.keys(errors).length > 0) return { kind: 'wrong', errors };
  return { kind: 'failed', words: Object.values(problems).join(' ') };
}

function errorText(words: string): string {
  return cut(withoutMentions(withoutCode(words)).trim() || '–', MOST_ERROR);
}

function afterwards(language: Language, verdict: Verdict): string {
  if (verdict.kind === 'taken') return say(language, TEXTS.done);
  const words = verdict.kind === 'failed' ? verdict.words : Object.values(verdict.errors).join(' ');
  return `${say(language, TEXTS.notTaken)} ${words}`;
}

function remember(verdicts: Map<string, Promise<Verdict>>, key: string, judging: Promise<Verdict>): void {
  verdicts.set(key, judging);
  if (verdicts.size <= KEPT) return;
  for (const oldest of verdicts.keys()) {
    verdicts.delete(oldest);
    return;
  }
}
