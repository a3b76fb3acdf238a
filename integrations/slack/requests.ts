import { createHash } from 'node:crypto';
import type { ChatRequest } from '../../src/ports/chat.ts';
import { type Channels, isDirect } from './channels.ts';
import type { People, Person } from './people.ts';

/** What every payload of Slack's tells about who asks and where. */
export interface Origin {
  /** Slack's own id of the request: a trigger or an event. */
  readonly key: string;
  readonly teamId: string;
  /** The workspace that Kith is installed in. */
  readonly homeTeamId: string;
  readonly userId: string;
  readonly channelId: string;
  readonly channelName: string;
}

/** With what is known already, for the acknowledgement. */
export function quickRequest(origin: Origin, people: People): ChatRequest {
  const kind = isDirect(origin.channelId) ? 'direct' : 'channel';
  return requestOf(origin, people.known(origin.userId), isForeign(origin) ? 'shared-externally' : kind);
}

/** With everything that Slack can tell. */
export async function fullRequest(origin: Origin, people: People, channels: Channels): Promise<ChatRequest> {
  const asked = kindOf(origin, channels);
  const person = await people.person(origin.userId);
  return requestOf(origin, person, isForeign(origin) ? 'shared-externally' : await asked);
}

/** The same person by themselves: for what nobody else sees, wherever it was asked for. */
export async function aloneRequest(origin: Origin, people: People): Promise<ChatRequest> {
  const alone = { ...origin, channelId: origin.userId };
  return requestOf(alone, await people.person(origin.userId), isForeign(origin) ? 'shared-externally' : 'direct');
}

/** The same for a form, which is opened and handed in from a channel: one that is shared with another company stays that. */
export async function formRequest(origin: Origin, people: People, channels: Channels): Promise<ChatRequest> {
  const asked = kindOf(origin, channels);
  const request = await aloneRequest(origin, people);
  const kind = await asked;
  return kind === 'shared-externally' ? { ...request, channelKind: kind } : request;
}

/** Asked for beside the person, and awaited after them: that it cannot be told is said in their language. */
function kindOf(origin: Origin, channels: Channels): Promise<ChatRequest['channelKind']> {
  const asked = channels.kind(origin.channelId, origin.channelName);
  asked.catch(() => undefined);
  return asked;
}

/** A request from another company's workspace comes through a channel that is shared with it. */
function isForeign(origin: Origin): boolean {
  return origin.teamId !== '' && origin.homeTeamId !== '' && origin.teamId !== origin.homeTeamId;
}

function requestOf(origin: Origin, person: Person, channelKind: ChatRequest['channelKind']): ChatRequest {
  return {
    id: referenceOf(origin.key),
    teamId: origin.teamId,
    userId: origin.userId,
    channelId: origin.channelId,
    channelKind,
    userLanguage: person.language,
    userTimeZone: person.timeZone,
    userEmail: person.email,
  };
}

/** A short id that a person can read out, the same for the same request. */
function referenceOf(key: string): string {
  return createHash('sha256').update(key).digest('hex').slice(0, 8);
}
