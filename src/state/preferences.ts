import type { Language } from '../lib/text.ts';
import type { PortalState } from './portal-state.ts';

/** What a person chose for themselves, or an admin for them; null where nobody did, and the chat's own holds. */
export function preferencesOf(
  { preferences, people }: Pick<PortalState, 'preferences' | 'people'>,
  userId: string,
): { readonly language: Language | null; readonly timeZone: string | null } {
  const own = Object.hasOwn(preferences, userId) ? preferences[userId] : undefined;
  const given = Object.hasOwn(people, userId) ? people[userId] : undefined;
  return { language: own?.language ?? given?.language ?? null, timeZone: own?.timeZone ?? null };
}
