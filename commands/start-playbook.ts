import type { KithAction } from './context.ts';
import { startPlaybookReport } from './shared/playbook-reports.ts';

/** Starts a playbook as a preview showed it. The click is authorised anew: the button's value alone gives no right to it. */
export const startPlaybook: KithAction = {
  name: 'start-playbook',
  run: startPlaybookReport,
};
