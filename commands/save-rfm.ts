import type { KithAction } from './context.ts';
import { saveCutPoints } from './shared/rfm-report.ts';

/** Keeps the cut-points that a preview showed. The click is authorised anew: the button's value alone gives no right to it. */
export const saveRfm: KithAction = {
  name: 'save-rfm',
  run: saveCutPoints,
};
