import type { AnalysisSettings } from '../analyses/analysis.ts';
import type { KeptRun } from '../domain/results.ts';
import { type PortalState, portalStateSchema } from '../state/portal-state.ts';

/** What people decided that changes what an analysis says: kept with the run, so that it can be made again. */
export function analysisSettings(state: PortalState): AnalysisSettings {
  const {
    horizonDays,
    unit,
    businessMode,
    contracts,
    churnProperty,
    tierNames,
    tierOverrides,
    segmentNames,
    valueThresholds,
    rfmCutPoints,
    minimumSupport,
    minimumConfidence,
  } = state;
  return {
    horizonDays,
    unit,
    businessMode,
    contracts,
    churnProperty,
    tierNames,
    tierOverrides,
    segmentNames,
    valueThresholds,
    rfmCutPoints,
    minimumSupport,
    minimumConfidence,
  };
}

/** A kept run's settings; null where they were not kept, or are of another version of Kith and mean something else now. */
export function keptSettings({ settings }: KeptRun): AnalysisSettings | null {
  if (settings === null) return null;
  // What could not be decided then has its default now.
  const parsed = portalStateSchema.safeParse(settings);
  return parsed.success ? analysisSettings(parsed.data) : null;
}
