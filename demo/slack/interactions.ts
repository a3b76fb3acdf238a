import { randomBytes } from 'node:crypto';
import { KithError } from '../../src/lib/errors.ts';
import { ApiRefusal, type TriggerBook } from './api-method.ts';
import type { JsonObject } from './checker.ts';
import type { Transport } from './delivery.ts';
import { type ClickInput, findButton } from './find-button.ts';
import type { Origin, ResponseUrls } from './response-urls.ts';
import type { Acknowledgement, StandInMessage } from './stand-in-types.ts';
import { type Conversation, SLACKBOT, type Workspace } from './workspace.ts';

export interface CommandInput {
  readonly userId: string;
  readonly channelId: string;
  /** With its slash: '/churn-risk'. */
  readonly command: string;
  readonly text: string;
}

export interface PostInput {
  readonly userId: string;
  readonly channelId: string;
  readonly text: string;
  readonly threadTs?: string;
}

/** What people of the workspace do, turned into what the app is told. */
export interface Interactions {
  runCommand(input: CommandInput): Promise<Acknowledgement>;
  clickButton(input: ClickInput): Promise<Acknowledgement>;
  /** A plain message; the app hears of it when it is mentioned or written to directly. */
  postAsUser(input: PostInput): Promise<StandInMessage>;
  openHome(userId: string): Promise<Acknowledgement>;
}

export interface InteractionParts {
  readonly workspace: Workspace;
  readonly triggers: TriggerBook;
  readonly responseUrls: ResponseUrls;
  readonly transport: () => Transport;
  readonly baseUrl: () => string;
  readonly scopes: ReadonlySet<string>;
  readonly now: () => number;
}

export function createInteractions(parts: InteractionParts): Interactions {
  const { workspace, triggers, responseUrls, baseUrl } = parts;
  const common = { token: 'unused', api_app_id: workspace.app.id };

  const slackbot = (channel: string, user: string, words: string): void => {
    workspace.add({
      channel,
      user: SLACKBOT,
      text: words,
      blocks: [],
      threadTs: null,
      ephemeralFor: user,
      files: [],
      cause: null,
    });
  };

  const placeOf = (userId: string, channelId: string): Conversation => {
    const user = workspace.users.get(userId);
    if (user === undefined) throw new KithError('usage', `no user ${userId} in the stand-in workspace`);
    const place =
      channelId === workspace.directMessage(userId).id
        ? workspace.directMessage(userId)
        : workspace.conversations.get(channelId);
    if (place === undefined) throw new KithError('usage', `no channel ${channelId} in the stand-in workspace`);
    if (!place.members.has(userId))
      throw new KithError('not-allowed', `${user.realName} is not a member of ${place.name}`);
    return place;
  };

  const event = (payload: JsonObject): Promise<Acknowledgement> =>
    parts.transport().deliver({
      type: 'events_api',
      payload: {
        ...common,
        team_id: workspace.team.id,
        event: payload,
        type: 'event_callback',
        event_id: `Ev${randomBytes(5).toString('hex').toUpperCase()}`,
        event_time: Math.floor(parts.now() / 1000),
        authorizations: [
          { team_id: workspace.team.id, user_id: workspace.app.userId, is_bot: true, is_enterprise_install: false },
        ],
      },
    });

  const answerWith = (origin: Origin, ack: Acknowledgement): void => {
    const response = ack.response;
    // The app's own answer may overtake its acknowledgement, which then has nothing more to say.
    if (origin.source !== null) return;
    if (
      ack.outcome !== 'acknowledged' ||
      response === null ||
      (response.text === undefined && response.blocks === undefined)
    )
      return;
    try {
      responseUrls.answer(origin, response);
    } catch (error) {
      if (!(error instanceof ApiRefusal)) throw error;
      slackbot(origin.channel, origin.user, `The app's answer was refused: ${error.message}`);
    }
  };

  const deliverCommand = async (input: CommandInput, place: Conversation): Promise<Acknowledgement> => {
    const user = workspace.users.get(input.userId)!;
    const cause = { user: user.id, text: `${input.command} ${input.text}`.trim() };
    const origin: Origin = { channel: place.id, user: user.id, threadTs: null, cause, source: null };
    const ack = await parts.transport().deliver({
      type: 'slash_commands',
      payload: {
        ...common,
        team_id: workspace.team.id,
        team_domain: workspace.team.domain,
        channel_id: place.id,
        channel_name: place.name,
        user_id: user.id,
        user_name: user.name,
        command: input.command,
        text: input.text,
        is_enterprise_install: 'false',
        response_url: `${baseUrl()}${responseUrls.issue(origin)}`,
        trigger_id: triggers.issue(user.id),
      },
    });
    answerWith(origin, ack);
    const why = { 'timed-out': 'operation_timeout', 'not-connected': 'dispatch_failed', refused: 'dispatch_failed' };
    if (ack.outcome in why) {
      slackbot(place.id, user.id, `${input.command} failed with the error "${why[ack.outcome as keyof typeof why]}"`);
    }
    return ack;
  };

  return {
    async runCommand(input) {
      const place = placeOf(input.userId, input.channelId);
      if (workspace.commands.some((known) => known.command === input.command)) return deliverCommand(input, place);
      if (input.command === '/invite' && place.kind === 'channel') {
        place.members.add(workspace.app.userId);
        slackbot(place.id, input.userId, `${workspace.app.name} was added to #${place.name}.`);
        return { outcome: 'acknowledged', afterMs: 0, response: null };
      }
      slackbot(
        place.id,
        input.userId,
        `\`${input.command}\` is not a valid command. In Slack, all messages that start with the "/" character are interpreted as commands.`,
      );
      return { outcome: 'unknown-command', afterMs: 0, response: null };
    },

    async clickButton(input) {
      const found = findButton(workspace, input);
      if (found === null)
        throw new KithError('usage', `no such button is visible to ${input.userId}: ${JSON.stringify(input)}`);
      const { message, button, blockId } = found;
      const place = placeOf(input.userId, message.channel);
      const user = workspace.users.get(input.userId)!;
      const isEphemeral = message.ephemeralFor !== null;
      const { channel, ts } = message;
      const origin: Origin = {
        channel,
        user: user.id,
        threadTs: message.threadTs,
        cause: null,
        source: { channel, ts },
      };
      return parts.transport().deliver({
        type: 'interactive',
        payload: {
          ...common,
          type: 'block_actions',
          user: { id: user.id, username: user.name, name: user.name, team_id: workspace.team.id },
          container: { type: 'message', message_ts: ts, channel_id: channel, is_ephemeral: isEphemeral },
          trigger_id: triggers.issue(user.id),
          team: { id: workspace.team.id, domain: workspace.team.domain },
          enterprise: null,
          is_enterprise_install: false,
          channel: { id: channel, name: place.name },
          // Slack sends no copy of an ephemeral message.
          ...(isEphemeral
            ? {}
            : { message: { type: 'message', user: message.user, ts, text: message.text, blocks: message.blocks } }),
          state: { values: {} },
          response_url: `${baseUrl()}${responseUrls.issue(origin)}`.replace('/commands/', '/actions/'),
          actions: [{ ...button, block_id: blockId, action_ts: String(parts.now() / 1000) }],
        },
      });
    },

    async postAsUser(input) {
      const place = placeOf(input.userId, input.channelId);
      const threadTs = input.threadTs ?? null;
      const content = { text: input.text, blocks: [], threadTs, ephemeralFor: null, files: [], cause: null };
      const message = workspace.add({ ...content, channel: place.id, user: input.userId });
      const base = { user: message.user, text: message.text, ts: message.ts, channel: place.id, event_ts: message.ts };
      const thread = threadTs === null ? {} : { thread_ts: threadTs };
      const isMember = place.members.has(workspace.app.userId);
      if (place.kind === 'direct') await event({ type: 'message', channel_type: 'im', ...base, ...thread });
      else if (isMember && parts.scopes.has('app_mentions:read') && input.text.includes(`<@${workspace.app.userId}>`)) {
        await event({ type: 'app_mention', ...base, ...thread });
      }
      return message;
    },

    openHome(userId) {
      const channel = placeOf(userId, workspace.directMessage(userId).id).id;
      return event({
        type: 'app_home_opened',
        user: userId,
        channel,
        tab: 'home',
        event_ts: String(parts.now() / 1000),
      });
    },
  };
}
