import type { KithAction } from './context.ts';
import { judgeAnomaly } from './shared/anomaly-findings.ts';

/** Somebody found an anomaly of no use. */
export const dismissAnomaly: KithAction = {
  name: 'dismiss-anomaly',
  run: (context, value) => judgeAnomaly(context, value, 'not-useful'),
};
