import type { KithAction } from './context.ts';
import { judgeAnomaly } from './shared/anomaly-findings.ts';

/** Somebody found an anomaly useful and looks after it. */
export const acknowledgeAnomaly: KithAction = {
  name: 'acknowledge-anomaly',
  run: (context, value) => judgeAnomaly(context, value, 'acknowledged'),
};
