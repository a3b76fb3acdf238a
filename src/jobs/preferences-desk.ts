import type { Audit } from '../ledger/audit.ts';
import { CHANGED_SETTINGS } from '../ledger/settings-changes.ts';
import type { Language } from '../lib/text.ts';
import type { PortalState } from '../state/portal-state.ts';

/** Null is the chat's own. */
export interface Preferences {
  readonly language: Language | null;
  readonly timeZone: string | null;
}

/** What one person chose for themselves. */
export interface PreferencesDesk {
  own(): Preferences;
  set(preferences: Preferences): Promise<void>;
}

const NOTHING: Preferences = { language: null, timeZone: null };

export function createPreferencesDesk(options: {
  audit: Pick<Audit, 'append'>;
  actor: string;
  state: () => PortalState;
  updateState: (change: (current: PortalState) => PortalState) => Promise<PortalState>;
}): PreferencesDesk {
  const { audit, actor, state, updateState } = options;
  const own = (): Preferences =>
    Object.hasOwn(state().preferences, actor) ? (state().preferences[actor] ?? NOTHING) : NOTHING;
  return {
    own,
    async set(after) {
      const before = own();
      if (before.language === after.language && before.timeZone === after.timeZone) return;
      await updateState((current) => ({ ...current, preferences: { ...current.preferences, [actor]: after } }));
      await audit.append({ actor, act: CHANGED_SETTINGS, subject: 'preferences', details: { before, after } });
    },
  };
}
