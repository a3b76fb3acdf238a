import type { KithAction } from './context.ts';
import { previewPlaybookReport } from './shared/playbook-reports.ts';

/** Shows what starting a target's playbook would mean. The click is authorised anew. */
export const previewPlaybook: KithAction = {
  name: 'preview-playbook',
  run: previewPlaybookReport,
};
