import type { Department, Person, PersonChange, Role } from '../domain/people.ts';
import type { Audit } from '../ledger/audit.ts';
import { CHANGED_SETTINGS } from '../ledger/settings-changes.ts';
import type { PortalState } from '../state/portal-state.ts';

/** Who may do what, for one person. Whoever calls `set` or `remove` has checked that the person may. */
export interface PeopleDesk {
  /** By role, the mightiest first. */
  list(): readonly Person[];
  /** Holds at once; what is not given stays as it is. Nothing is changed where nobody would be an admin any more. */
  set(
    userId: string,
    change: { readonly role?: Role; readonly department?: Department | null },
  ): Promise<PersonChange | 'last-admin'>;
  /** The default role and no department from then on. */
  remove(userId: string): Promise<PersonChange | 'last-admin'>;
}

const MIGHT: readonly Role[] = ['admin', 'manager', 'rep', 'viewer'];

export function createPeopleDesk(options: {
  audit: Pick<Audit, 'append'>;
  actor: string;
  state: () => PortalState;
  updateState: (change: (current: PortalState) => PortalState) => Promise<PortalState>;
}): PeopleDesk {
  const { audit, actor, state, updateState } = options;

  async function keep(
    userId: string,
    make: (current: PortalState) => PortalState,
  ): Promise<PersonChange | 'last-admin'> {
    let before: Person | null = null;
    let isRefused = false;
    // Decided on what is there when it is written: another change may have come in between.
    const kept = await updateState((current) => {
      before = personIn(current, userId);
      const next = make(current);
      isRefused = hasAdmin(current) && !hasAdmin(next);
      return isRefused ? current : next;
    });
    if (isRefused) return 'last-admin';
    const after = personIn(kept, userId);
    if (JSON.stringify(before) !== JSON.stringify(after)) {
      await audit.append({ actor, act: CHANGED_SETTINGS, subject: 'people', details: { userId, before, after } });
    }
    return { before, after };
  }

  return {
    list: () =>
      Object.keys(state().people)
        .map((userId) => personIn(state(), userId)!)
        .sort((a, b) => MIGHT.indexOf(a.role) - MIGHT.indexOf(b.role) || (a.userId < b.userId ? -1 : 1)),

    set: (userId, { role, department }) =>
      keep(userId, (current) => {
        const known = Object.hasOwn(current.people, userId) ? current.people[userId] : undefined;
        const person = known ?? { role: current.defaultRole, department: null, language: null, ownerIds: [] };
        return {
          ...current,
          people: {
            ...current.people,
            [userId]: {
              ...person,
              role: role ?? person.role,
              department: department === undefined ? person.department : department,
            },
          },
        };
      }),

    remove: (userId) =>
      keep(userId, (current) => {
        const { [userId]: _removed, ...people } = current.people;
        return { ...current, people };
      }),
  };
}

function personIn({ people }: PortalState, userId: string): Person | null {
  const known = Object.hasOwn(people, userId) ? people[userId] : undefined;
  if (known === undefined) return null;
  const { role, department, ownerIds } = known;
  return { userId, role, department, ownerIds };
}

/** Somebody in the chat; a terminal's rights cannot be taken away. */
function hasAdmin({ people, defaultRole }: PortalState): boolean {
  return defaultRole === 'admin' || Object.values(people).some(({ role }) => role === 'admin');
}
