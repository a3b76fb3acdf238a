import { parse } from 'node:querystring';
import { z } from 'zod';

const id = z.string().min(1).nullish();
const placed = z.object({ id }).nullish();
/** Where each kind of payload names the workspace of the installation that it is for. */
const payloadSchema = z.object({
  type: z.string().nullish(),
  challenge: z.string().nullish(),
  command: z.string().nullish(),
  team_id: id,
  authorizations: z.array(z.object({ team_id: id })).nullish(),
  team: placed,
  view: z.object({ app_installed_team_id: id }).nullish(),
  user: z.object({ team_id: id }).nullish(),
});

/** What is known of a payload of Slack's before anybody has taken it. */
export interface Addressed {
  /** '' where none is named. */
  readonly teamId: string;
  readonly kind: 'command' | 'event' | 'interaction' | 'url-verification';
  /** Of Slack's question whether the address is the app's. */
  readonly challenge: string;
}

/** The workspace that a payload is for, found where Bolt finds it: a shared channel names those of others too. Null for no payload of Slack's. */
export function addressOf(payload: unknown): Addressed | null {
  const parsed = payloadSchema.safeParse(payload);
  if (!parsed.success) return null;
  const { type, challenge, command, team_id, authorizations, team, view, user } = parsed.data;
  if (type === 'url_verification') return { teamId: '', kind: 'url-verification', challenge: challenge ?? '' };
  const isEvent = type === 'event_callback';
  const teamId =
    (isEvent ? authorizations?.[0]?.team_id : null) ??
    view?.app_installed_team_id ??
    team?.id ??
    team_id ??
    user?.team_id ??
    '';
  const kind = isEvent ? 'event' : command != null ? 'command' : 'interaction';
  return { teamId, kind, challenge: '' };
}

/** The payload of a request's body: JSON, or a form that holds one. Null for neither. */
export function payloadOf(body: Buffer, contentType: string): unknown {
  const text = body.toString('utf8');
  try {
    if (!/^application\/x-www-form-urlencoded\b/i.test(contentType)) return JSON.parse(text);
    const form = parse(text);
    return typeof form.payload === 'string' ? JSON.parse(form.payload) : form;
  } catch {
    return null;
  }
}
