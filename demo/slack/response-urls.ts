import { randomBytes } from 'node:crypto';
import { ApiRefusal, messageContent } from './api-method.ts';
import type { JsonObject } from './checker.ts';
import type { StandInMessage } from './stand-in-types.ts';
import type { Workspace } from './workspace.ts';

const MOST_POSTS = 5;
const LIFE_MS = 30 * 60 * 1000;
/** So long it is known that one expired. */
const REMEMBERED_MS = 2 * LIFE_MS;

/** Where an answer to a command or a click goes, and what it may replace. */
export interface Origin {
  readonly channel: string;
  readonly user: string;
  readonly threadTs: string | null;
  readonly cause: StandInMessage['cause'];
  /** The message whose button was clicked; null for a command until it is answered. */
  source: { readonly channel: string; readonly ts: string } | null;
}

export interface ResponseUrls {
  /** The path of a new response_url. */
  issue(origin: Origin): string;
  /** Carries out one post to a response_url: the HTTP status and the body to answer. */
  post(path: string, payload: JsonObject | null): { readonly status: number; readonly body: JsonObject };
  /** Carries out an answer given with the acknowledgement itself. */
  answer(origin: Origin, payload: JsonObject): void;
}

export function createResponseUrls(workspace: Workspace, now: () => number, isInstalled: () => boolean): ResponseUrls {
  const issued = new Map<string, { origin: Origin; posts: number; at: number }>();

  const answer = (origin: Origin, payload: JsonObject, path: string | null = null): void => {
    const source = origin.source === null ? undefined : workspace.find(origin.source.channel, origin.source.ts);
    if (payload.delete_original === true) {
      if (source !== undefined) workspace.remove(source);
      return;
    }
    const isPublic = payload.response_type === 'in_channel';
    if (payload.replace_original === true && source !== undefined) {
      // Who sees a message never changes: an ephemeral one cannot be made public by replacing it.
      const surface = source.ephemeralFor === null ? 'message' : 'ephemeral';
      workspace.change(source, messageContent(workspace, payload, surface));
      return;
    }
    const content = messageContent(workspace, payload, isPublic ? 'message' : 'ephemeral');
    const message = workspace.add({
      ...content,
      channel: origin.channel,
      user: workspace.app.userId,
      threadTs: typeof payload.thread_ts === 'string' ? payload.thread_ts : origin.threadTs,
      ephemeralFor: isPublic ? null : origin.user,
      files: [],
      cause: origin.cause,
      responsePath: path,
    });
    // A command has no message of its own, so its first answer is what later answers may replace.
    if (origin.source === null) origin.source = { channel: message.channel, ts: message.ts };
  };

  const forgetOld = (): void => {
    for (const [path, { at }] of issued) {
      if (now() - at <= REMEMBERED_MS) return;
      issued.delete(path);
    }
  };

  return {
    answer,
    issue(origin) {
      forgetOld();
      const path = `/commands/${workspace.team.id}/${randomBytes(6).readUIntBE(0, 6)}/${randomBytes(12).toString('hex')}`;
      issued.set(path, { origin, posts: 0, at: now() });
      return path;
    },
    post(path, payload) {
      const url = issued.get(path);
      if (url === undefined || !isInstalled()) return { status: 404, body: { ok: false, error: 'no_service' } };
      if (now() - url.at > LIFE_MS) return { status: 404, body: { ok: false, error: 'expired_url' } };
      if (url.posts >= MOST_POSTS) return { status: 404, body: { ok: false, error: 'used_url' } };
      if (payload === null) return { status: 400, body: { ok: false, error: 'invalid_payload' } };
      url.posts += 1;
      try {
        answer(url.origin, payload, path);
        return { status: 200, body: { ok: true } };
      } catch (error) {
        if (error instanceof ApiRefusal) return { status: 400, body: error.answer };
        throw error;
      }
    },
  };
}
