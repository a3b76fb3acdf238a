/** Who looks at answers. */
export const ROLES = ['admin', 'manager', 'rep', 'viewer'] as const;
export type Role = (typeof ROLES)[number];

export const DEPARTMENTS = ['marketing', 'sales', 'service', 'finance'] as const;
export type Department = (typeof DEPARTMENTS)[number];

/** Where an answer will be seen. The command line is an admin's terminal. */
export type Place =
  | { readonly kind: 'department'; readonly department: Department; readonly channelId: string }
  | { readonly kind: 'channel'; readonly channelId: string }
  | { readonly kind: 'only-viewer' }
  | { readonly kind: 'shared-externally'; readonly channelId: string };

export interface Viewer {
  /** The chat's user id; 'command-line' for a terminal, 'digest:<name>' for a digest. */
  readonly userId: string;
  readonly role: Role;
  readonly department: Department | null;
  /** The CRM owners that this person is, by e-mail mapping; empty when unknown. */
  readonly ownerIds: readonly string[];
  readonly place: Place;
}

/** A chat user of whom people decided something. */
export interface Person {
  readonly userId: string;
  readonly role: Role;
  readonly department: Department | null;
  /** CRM owners that somebody named for them; found by e-mail when empty. */
  readonly ownerIds: readonly string[];
}

/** Null for a person of whom nobody has decided anything. */
export interface PersonChange {
  readonly before: Person | null;
  readonly after: Person | null;
}
