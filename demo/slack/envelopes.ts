import { randomBytes } from 'node:crypto';
import { KithError } from '../../src/lib/errors.ts';
import type { TriggerBook } from './api-method.ts';
import type { JsonObject } from './checker.ts';
import type { Transport } from './delivery.ts';
import type { ResponseUrls } from './response-urls.ts';
import type { Acknowledgement, StandInUser } from './stand-in-types.ts';
import type { Conversation, Workspace } from './workspace.ts';

/** What every act of a person needs to reach the app. */
export interface InteractionParts {
  readonly workspace: Workspace;
  readonly triggers: TriggerBook;
  readonly responseUrls: ResponseUrls;
  readonly transport: () => Transport;
  readonly baseUrl: () => string;
  readonly scopes: ReadonlySet<string>;
  readonly now: () => number;
}

export function userOf({ workspace }: InteractionParts, userId: string): StandInUser {
  const user = workspace.users.get(userId);
  if (user === undefined) throw new KithError('usage', `no user ${userId} in the stand-in workspace`);
  return user;
}

/** The place where a person acts, of which they must be a member. */
export function placeOf(parts: InteractionParts, userId: string, channelId: string): Conversation {
  const { workspace } = parts;
  const user = userOf(parts, userId);
  const direct = workspace.directMessage(userId);
  const place = channelId === direct.id ? direct : workspace.conversations.get(channelId);
  if (place === undefined) throw new KithError('usage', `no channel ${channelId} in the stand-in workspace`);
  if (!place.members.has(userId))
    throw new KithError('not-allowed', `${user.realName} is not a member of ${place.name}`);
  if (place.isArchived) throw new KithError('not-allowed', `${place.name} is archived: nobody can write there`);
  return place;
}

/** A click, a choice, a form, a shortcut: handed over with who did it. */
export function deliverInteraction(
  { workspace, transport }: InteractionParts,
  user: StandInUser,
  payload: JsonObject,
): Promise<Acknowledgement> {
  return transport().deliver({
    type: 'interactive',
    payload: {
      token: 'unused',
      api_app_id: workspace.app.id,
      user: { id: user.id, username: user.name, name: user.name, team_id: workspace.team.id },
      team: { id: workspace.team.id, domain: workspace.team.domain },
      enterprise: null,
      is_enterprise_install: false,
      ...payload,
    },
  });
}

export function deliverEvent(
  { workspace, transport, now }: InteractionParts,
  payload: JsonObject,
): Promise<Acknowledgement> {
  return transport().deliver({
    type: 'events_api',
    payload: {
      token: 'unused',
      api_app_id: workspace.app.id,
      team_id: workspace.team.id,
      event: payload,
      type: 'event_callback',
      event_id: `Ev${randomBytes(5).toString('hex').toUpperCase()}`,
      event_time: Math.floor(now() / 1000),
      authorizations: [
        { team_id: workspace.team.id, user_id: workspace.app.userId, is_bot: true, is_enterprise_install: false },
      ],
    },
  });
}
