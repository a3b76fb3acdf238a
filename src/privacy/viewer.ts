import type { Department, Place, Viewer } from '../domain/people.ts';
import { DEPARTMENTS } from '../domain/people.ts';
import type { PortalState } from '../state/portal-state.ts';

/** Where a request came from, as the chat tells it. */
export interface RequestOrigin {
  readonly userId: string;
  /** '' when the chat does not tell. */
  readonly userEmail: string;
  readonly channelId: string;
  readonly channelKind: 'channel' | 'direct' | 'shared-externally';
}

/** Who asks, by what people decided about them; CRM owners are found by e-mail where nobody named them. */
export function viewerFor(
  request: RequestOrigin,
  state: PortalState,
  owners: readonly { readonly id: string; readonly email: string }[],
): Viewer {
  const person = Object.hasOwn(state.people, request.userId) ? state.people[request.userId] : undefined;
  const email = request.userEmail.trim().toLowerCase();
  const byEmail = email === '' ? [] : owners.filter((owner) => owner.email.trim().toLowerCase() === email);
  const named = person?.ownerIds ?? [];
  return {
    userId: request.userId,
    role: person?.role ?? state.defaultRole,
    department: person?.department ?? null,
    ownerIds: named.length > 0 ? named : byEmail.map(({ id }) => id),
    place: placeOf(request, state),
  };
}

/** An administrator's terminal: whoever can read the data folder can read everything in it. */
export function commandLineViewer(): Viewer {
  return { userId: 'command-line', role: 'admin', department: null, ownerIds: [], place: { kind: 'only-viewer' } };
}

/** A digest sees what its department's channel may see, of all customers. */
export function digestViewer(name: string, department: Department, channelId: string): Viewer {
  return {
    userId: `digest:${name}`,
    role: 'manager',
    department,
    ownerIds: [],
    place: { kind: 'department', department, channelId },
  };
}

/** What may be said where: a department's channel is that department's, whoever speaks in it. */
export function placeOf(
  { channelId, channelKind }: Pick<RequestOrigin, 'channelId' | 'channelKind'>,
  state: PortalState,
): Place {
  // Before the departments: a department's channel that was shared with another company is no longer its own.
  if (channelKind === 'shared-externally') return { kind: 'shared-externally', channelId };
  if (channelKind === 'direct') return { kind: 'only-viewer' };
  const department = DEPARTMENTS.find((name) => state.channels[name] === channelId);
  return department === undefined ? { kind: 'channel', channelId } : { kind: 'department', department, channelId };
}
