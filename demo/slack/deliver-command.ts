import { ApiRefusal } from './api-method.ts';
import type { InteractionParts } from './envelopes.ts';
import { userOf } from './envelopes.ts';
import type { Origin } from './response-urls.ts';
import type { Acknowledgement } from './stand-in-types.ts';
import { type Conversation, SLACKBOT, type Workspace } from './workspace.ts';

export interface CommandInput {
  readonly userId: string;
  readonly channelId: string;
  /** With its slash: '/churn-risk'. */
  readonly command: string;
  readonly text: string;
}

/** What Slack itself says to one person. */
export function slackbot(workspace: Workspace, channel: string, user: string, words: string): void {
  const nothing = { blocks: [], threadTs: null, files: [], cause: null, responsePath: null };
  workspace.add({ ...nothing, channel, user: SLACKBOT, text: words, ephemeralFor: user });
}

const FAILURES: Readonly<Record<string, string>> = {
  'timed-out': 'operation_timeout',
  'not-connected': 'dispatch_failed',
  refused: 'dispatch_failed',
};

/** A slash command, its acknowledgement shown, or why there was none. */
export async function deliverCommand(
  parts: InteractionParts,
  input: CommandInput,
  place: Conversation,
): Promise<Acknowledgement> {
  const { workspace, responseUrls } = parts;
  const user = userOf(parts, input.userId);
  const cause = { user: user.id, text: `${input.command} ${input.text}`.trim() };
  const origin: Origin = { channel: place.id, user: user.id, threadTs: null, cause, source: null };
  const ack = await parts.transport().deliver({
    type: 'slash_commands',
    payload: {
      token: 'unused',
      api_app_id: workspace.app.id,
      team_id: workspace.team.id,
      team_domain: workspace.team.domain,
      channel_id: place.id,
      channel_name: place.name,
      user_id: user.id,
      user_name: user.name,
      command: input.command,
      text: input.text,
      is_enterprise_install: 'false',
      response_url: `${parts.baseUrl()}${responseUrls.issue(origin)}`,
      trigger_id: parts.triggers.issue(user.id),
    },
  });
  showAcknowledgement(parts, origin, ack);
  const failure = FAILURES[ack.outcome];
  if (failure !== undefined)
    slackbot(workspace, place.id, user.id, `${input.command} failed with the error "${failure}"`);
  return ack;
}

function showAcknowledgement(
  { workspace, responseUrls }: InteractionParts,
  origin: Origin,
  ack: Acknowledgement,
): void {
  const { response } = ack;
  // The app's own answer may overtake its acknowledgement, which then has nothing more to say.
  if (origin.source !== null || ack.outcome !== 'acknowledged' || response === null) return;
  if (response.text === undefined && response.blocks === undefined) return;
  try {
    responseUrls.answer(origin, response);
  } catch (error) {
    if (!(error instanceof ApiRefusal)) throw error;
    slackbot(workspace, origin.channel, origin.user, `The app's answer was refused: ${error.message}`);
  }
}
