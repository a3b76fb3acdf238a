import { acknowledgeAnomaly } from './acknowledge-anomaly.ts';
import { anomalies } from './anomalies.ts';
import { approveWriteBack } from './approve-write-back.ts';
import { basket } from './basket.ts';
import { churnRisk } from './churn-risk.ts';
import type { KithAction, KithCommand } from './context.ts';
import { createTask } from './create-task.ts';
import { customer } from './customer.ts';
import { customers } from './customers.ts';
import { dismissAnomaly } from './dismiss-anomaly.ts';
import { forecast } from './forecast.ts';
import { kith } from './kith.ts';
import { likely } from './likely.ts';
import { loyalty } from './loyalty.ts';
import { models } from './models.ts';
import { previewPlaybook } from './preview-playbook.ts';
import { recommend } from './recommend.ts';
import { saveRfm } from './save-rfm.ts';
import { segments } from './segments.ts';
import { service } from './service.ts';
import { startPlaybook } from './start-playbook.ts';
import { undoWriteBack } from './undo-write-back.ts';
import { value } from './value.ts';
import { why } from './why.ts';
import { writeBack } from './write-back.ts';

/** Every slash command, in the order of the help. */
export const commands: readonly KithCommand[] = [
  churnRisk,
  likely,
  segments,
  value,
  loyalty,
  basket,
  recommend,
  anomalies,
  forecast,
  service,
  customer,
  customers,
  models,
  writeBack,
  kith,
];

/** Every button's action. */
export const actions: readonly KithAction[] = [
  why,
  approveWriteBack,
  undoWriteBack,
  saveRfm,
  previewPlaybook,
  startPlaybook,
  createTask,
  acknowledgeAnomaly,
  dismissAnomaly,
];
