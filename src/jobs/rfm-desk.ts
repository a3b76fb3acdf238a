import type { RfmPreview, RfmView } from '../analyses/rfm-report.ts';
import { cutPointsSchema, valueSummarySchema } from '../analyses/value-summary.ts';
import type { Run } from '../domain/results.ts';
import { deriveRfmCutPoints, type RfmCutPoints, type RfmValues } from '../features/rfm.ts';
import { countRfm, rfmMoves } from '../features/rfm-counts.ts';
import { readRfmValues } from '../features/rfm-values.ts';
import type { Audit } from '../ledger/audit.ts';
import type { PortalState } from '../state/portal-state.ts';
import type { PortalStore } from '../store/portal-store.ts';

/** A portal's RFM cut-points for one person: looked at, tried out on the newest run's customers, and changed. */
export interface RfmDesk {
  /** Null where nobody has bought, so that there are no cut-points. */
  view(): Promise<RfmView | null>;
  /** What these would do; dimensions that are not given stay as they are. */
  preview(change: Partial<RfmCutPoints>): Promise<RfmPreview | null>;
  /** Cut-points from the newest run's customers, as they would be if nothing had been frozen. */
  derive(): Promise<RfmCutPoints | null>;
  /** Keeps them, from the next run on. Whoever calls it has checked that the person may. */
  save(points: RfmCutPoints): Promise<void>;
}

interface Newest {
  readonly run: Run;
  readonly points: RfmCutPoints;
  readonly values: RfmValues;
}

export function createRfmDesk(options: {
  portal: PortalStore;
  audit: Audit;
  actor: string;
  state: () => PortalState;
  updateState: (change: (current: PortalState) => PortalState) => Promise<PortalState>;
}): RfmDesk {
  const { portal, audit, actor, state, updateState } = options;

  async function newest(): Promise<Newest | null> {
    const result = await portal.results.latest('value');
    if (result === null) return null;
    const { cutPoints } = valueSummarySchema.parse(result.summary);
    if (cutPoints === null) return null;
    return { run: result.run, points: cutPoints, values: await readRfmValues(portal, result.run.id) };
  }

  return {
    async view() {
      const found = await newest();
      if (found === null) return null;
      const { run, points, values } = found;
      const set = state().rfmCutPoints;
      return {
        run,
        points,
        pending: set === null || isSame(set, points) ? null : set,
        setByPeople: set !== null && isSame(set, points),
        counts: countRfm(values, points),
      };
    },

    async preview(change) {
      const found = await newest();
      if (found === null) return null;
      const { run, points, values } = found;
      // What was set since the run is what a change of one dimension builds on.
      const after = { ...(state().rfmCutPoints ?? points), ...change };
      return {
        run,
        before: points,
        after,
        countsBefore: countRfm(values, points),
        countsAfter: countRfm(values, after),
        moves: rfmMoves(values, points, after),
      };
    },

    async derive() {
      const found = await newest();
      return found === null ? null : deriveRfmCutPoints(found.values);
    },

    async save(points) {
      const { recency, frequency, money } = cutPointsSchema.parse(points);
      const before = state().rfmCutPoints;
      await updateState((current) => ({ ...current, rfmCutPoints: { recency, frequency, money } }));
      const details = { before, after: points };
      await audit.append({ actor, act: 'changed-settings', subject: 'rfmCutPoints', details });
    },
  };
}

function isSame(a: RfmCutPoints, b: RfmCutPoints): boolean {
  return JSON.stringify([a.recency, a.frequency, a.money]) === JSON.stringify([b.recency, b.frequency, b.money]);
}
