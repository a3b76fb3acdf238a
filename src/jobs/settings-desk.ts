import { type ValueMoves, valueMoves } from '../analyses/value-classes.ts';
import { VALUE_CLASSES } from '../analyses/value-summary.ts';
import type { Run } from '../domain/results.ts';
import type { Audit } from '../ledger/audit.ts';
import { CHANGED_SETTINGS, settingsChanges } from '../ledger/settings-changes.ts';
import { type PortalState, portalStateSchema } from '../state/portal-state.ts';
import { settingValue, withoutSetting, withSetting } from '../state/read-setting.ts';
import { SETTINGS, type Setting, type SettingChange, type SettingView } from '../state/settings-table.ts';
import type { PortalStore } from '../store/portal-store.ts';

export type SettingMoves = ValueMoves & { readonly run: Run };

/** What people decided about a portal, for one person: looked at, tried and changed. */
export interface SettingsDesk {
  views(): Promise<readonly SettingView[]>;
  /** What these words would make of it; null when they are nothing that it accepts. */
  preview(setting: Setting, text: string): SettingChange | null;
  /** How many of the newest run's customers a change would move; null where only another run can tell. */
  moves(change: SettingChange): Promise<SettingMoves | null>;
  /** Keeps it and writes it down. Whoever calls it has checked that the person may. */
  set(setting: Setting, text: string): Promise<SettingChange | null>;
  /** Back to what holds while nobody decides. Whoever calls it has checked that the person may. */
  reset(setting: Setting): Promise<SettingChange>;
}

export function createSettingsDesk(options: {
  portal: PortalStore;
  audit: Audit;
  actor: string;
  state: () => PortalState;
  updateState: (change: (current: PortalState) => PortalState) => Promise<PortalState>;
  /** Values that the environment gives, by the setting's key. */
  environment: Readonly<Record<string, { readonly variable: string; readonly value: unknown } | undefined>>;
}): SettingsDesk {
  const { portal, audit, actor, state, updateState, environment } = options;
  const defaults = portalStateSchema.parse({});

  async function keep(setting: Setting, before: unknown, make: (current: PortalState) => PortalState) {
    const { key } = setting;
    const after = settingValue(await updateState(make), key);
    if (!isSame(before, after)) {
      const details = { before: before ?? null, after: after ?? null };
      await audit.append({ actor, act: CHANGED_SETTINGS, subject: key, details });
    }
    return { setting, before, after };
  }

  return {
    async views() {
      const changes = await settingsChanges(portal);
      const current = state();
      return SETTINGS.map((setting): SettingView => {
        const { key } = setting;
        const given = environment[key];
        if (given !== undefined)
          return { setting, value: given.value, origin: { kind: 'environment', variable: given.variable } };
        const value = settingValue(current, key);
        const change = changes.get(key);
        if (isSame(value, settingValue(defaults, key))) return { setting, value, origin: { kind: 'default' } };
        return { setting, value, origin: change === undefined ? { kind: 'file' } : { kind: 'set', ...change } };
      });
    },

    preview(setting, text) {
      const current = state();
      const next = withSetting(current, setting, text);
      if (next === null) return null;
      return { setting, before: settingValue(current, setting.key), after: settingValue(next, setting.key) };
    },

    async moves({ setting, after }) {
      if (setting.key !== 'valueThresholds') return null;
      const thresholds = portalStateSchema.shape.valueThresholds.parse(after);
      const result = await portal.results.latest('value');
      if (result === null) return null;
      const perYear: number[] = [];
      const classes: string[] = [];
      for (const label of ['', ...VALUE_CLASSES]) {
        const { value } = await portal.results.values(result.run.id, 'value', { label });
        // Who has never bought has none.
        for (const one of value.filter((number) => !Number.isNaN(number))) {
          perYear.push(one);
          classes.push(label);
        }
      }
      return { run: result.run, ...valueMoves(Float64Array.from(perYear), classes, thresholds) };
    },

    async set(setting, text) {
      const current = state();
      if (withSetting(current, setting, text) === null) return null;
      // Read again on what is there by then: another change may have come in between.
      return keep(setting, settingValue(current, setting.key), (now) => withSetting(now, setting, text) ?? now);
    },

    reset: (setting) => keep(setting, settingValue(state(), setting.key), (now) => withoutSetting(now, setting)),
  };
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
}
