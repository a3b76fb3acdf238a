import { messageOf } from '../../src/lib/errors.ts';
import { say } from '../../src/lib/text.ts';
import type { ModalView } from './block-types.ts';
import { escapeWithCommands } from './escape.ts';
import type { Listening } from './listening.ts';
import { type FormTicket, formModal, sentenceModal } from './modals.ts';
import type { ReplyTo } from './reply.ts';
import { formRequest, type Origin, quickRequest } from './requests.ts';
import { slackFailure } from './slack-errors.ts';
import { Outdated, tellFresh } from './tell-fresh.ts';
import { TEXTS } from './texts.ts';
import { within } from './within.ts';

/** A trigger opens one modal within 3 s; a form that is not made by then takes the place of a "one moment". */
const MADE_WITHIN_MS = 1_500;

/** Opens the form of a button that was clicked. What fails is told in the modal, or where the button is. */
export function openForm(
  listening: Listening,
  origin: Origin,
  opening: Omit<ReplyTo, 'request'> & { readonly trigger: string; readonly ticket: FormTicket },
): Promise<void> {
  const { handlers, client, people, channels, replies, inFlight, logger, sentenceOf } = listening;
  const { trigger, ticket, ...to } = opening;
  return inFlight.run(async () => {
    let openedId: string | null = null;
    const show = async (view: ModalView): Promise<void> => {
      if (openedId !== null) await client.views.update({ view_id: openedId, view: asView(view) });
      else openedId = (await client.views.open({ trigger_id: trigger, view: asView(view) })).view?.id ?? null;
    };
    try {
      const making = formRequest(origin, people, channels).then(async (request) => {
        const { fresh, ...form } = await handlers.openForm({ ...request, action: ticket.name, value: ticket.value });
        return { view: formModal(form, { ...ticket, value: form.value ?? ticket.value }), fresh };
      });
      const made = await within(making, MADE_WITHIN_MS);
      if (made === null) {
        const { language } = people.known(origin.userId);
        await show(sentenceModal(language, say(language, TEXTS.oneMoment)));
      }
      const { view, fresh } = made ?? (await making);
      await tellFresh(fresh, () => show(view));
    } catch (error) {
      if (error instanceof Outdated)
        return show(sentenceModal(error.instead.language, error.instead.headline)).catch((unsaid: unknown) => {
          logger.error('a failure could not be told', { request: opening.ticket.name, reason: messageOf(unsaid) });
        });
      const request = quickRequest(origin, people);
      const failure = slackFailure(error);
      const isLate = failure.kind === 'refused' && /trigger/.test(failure.error);
      const words = isLate ? say(request.userLanguage, TEXTS.tooLate) : sentenceOf(error, request);
      if (isLate) logger.warn('a form was opened too late', { form: ticket.name, request: request.id });
      try {
        if (isLate) await replies.sentence({ ...to, request }, escapeWithCommands(words));
        else await show(sentenceModal(request.userLanguage, words));
      } catch {
        await replies.sentence({ ...to, request }, escapeWithCommands(words)).catch((unsaid: unknown) => {
          logger.error('a failure could not be told', { request: request.id, reason: messageOf(unsaid) });
        });
      }
    }
  });
}

/** The SDK's own type of a view knows fewer blocks than Slack does: one cast stands here. */
export function asView(view: ModalView) {
  return view as unknown as { type: 'modal'; title: { type: 'plain_text'; text: string }; blocks: [] };
}
