export interface View {
  readonly id: string;
  /** Changes with every change of the view. */
  readonly hash: string;
  readonly user: string;
  /** The modal at the bottom of the stack, and the one below this; of a Home, its own id and null. */
  readonly rootId: string;
  readonly previousId: string | null;
  readonly definition: Readonly<Record<string, unknown>>;
}

/** As Slack allows: a modal and two on top of it. */
export const MOST_MODALS = 3;

/** The modals that are open: a stack for each person, of which only the top one is seen. */
export interface Modals {
  /** Bottom first; empty when none is open. */
  of(userId: string): readonly View[];
  all(): readonly View[];
  find(test: (view: View) => boolean): View | undefined;
  /** Closes what the person had open and shows this. */
  open(view: View): void;
  push(view: View): void;
  /** Puts the view in the place of the one with its id. */
  replace(view: View): void;
  /** Takes this one away, and whatever lies on it. */
  close(view: View): void;
  clear(userId: string): void;
}

export function createModals(changed: (userId: string, views: readonly View[]) => void): Modals {
  const stacks = new Map<string, readonly View[]>();
  const of = (userId: string): readonly View[] => stacks.get(userId) ?? [];
  const set = (userId: string, views: readonly View[]): void => {
    stacks.set(userId, views);
    changed(userId, views);
  };
  const all = (): readonly View[] => [...stacks.values()].flat();
  return {
    of,
    all,
    find: (test) => all().find(test),
    open: (view) => set(view.user, [view]),
    push: (view) => set(view.user, [...of(view.user), view]),
    replace: (view) =>
      set(
        view.user,
        of(view.user).map((known) => (known.id === view.id ? view : known)),
      ),
    close(view) {
      const index = of(view.user).findIndex((known) => known.id === view.id);
      if (index >= 0) set(view.user, of(view.user).slice(0, index));
    },
    clear: (userId) => set(userId, []),
  };
}
