import { join, resolve } from 'node:path';
import { Low } from 'lowdb';
import { KithError } from '../lib/errors.ts';
import { type PortalState, portalStateSchema, type State, stateSchema } from './portal-state.ts';
import { createStateFile } from './state-file.ts';

/** What people decided, by portal. */
export interface StateStore {
  /** The defaults for a portal that nobody has decided anything about. */
  portal(portalId: string): PortalState;
  /** Resolves once the change is on disk; changes run one after the other. A change that fails leaves everything as it was. */
  update(portalId: string, change: (current: PortalState) => PortalState): Promise<PortalState>;
}

/** Reads `state.json` of the data folder; it is made by the first update. KithError('state-damaged') names what is wrong. */
export async function openState(dataDir: string): Promise<StateStore> {
  const folder = resolve(dataDir);
  const low = new Low<State>(createStateFile(join(folder, 'state.json')), stateSchema.parse({}));
  await low.read();
  let last: Promise<unknown> = Promise.resolve();

  const portal = (portalId: string): PortalState =>
    Object.hasOwn(low.data.portals, portalId) ? low.data.portals[portalId]! : portalStateSchema.parse({});

  return {
    portal,
    update(portalId, change) {
      const next = last.then(async () => {
        const checked = portalStateSchema.safeParse(change(portal(portalId)));
        if (!checked.success) {
          const [issue] = checked.error.issues;
          throw new KithError('usage', {
            en: `That is not a setting that Kith knows: ${issue?.path.map(String).join('.') ?? ''}: ${issue?.message ?? ''}`,
            zh: `这不是 Kith 已知的设置：${issue?.path.map(String).join('.') ?? ''}：${issue?.message ?? ''}`,
          });
        }
        const before = low.data;
        low.data = { ...before, portals: { ...before.portals, [portalId]: checked.data } };
        try {
          await low.write();
        } catch (error) {
          low.data = before;
          throw error;
        }
        return checked.data;
      });
      last = next.catch(() => undefined);
      return next;
    },
  };
}
