import { acknowledgeAnomaly } from './acknowledge-anomaly.ts';
import { anomalies } from './anomalies.ts';
import { approveWriteBack } from './approve-write-back.ts';
import { basket } from './basket.ts';
import { churnRisk } from './churn-risk.ts';
import type { KithAction, KithCommand, KithForm, KithHome, KithQuestions } from './context.ts';
import { createTask } from './create-task.ts';
import { customer } from './customer.ts';
import { customers } from './customers.ts';
import { dismissAnomaly } from './dismiss-anomaly.ts';
import { downloadCsv } from './download-csv.ts';
import { forecast } from './forecast.ts';
import { personalHome } from './home.ts';
import { kith } from './kith.ts';
import { likely } from './likely.ts';
import { loyalty } from './loyalty.ts';
import { models } from './models.ts';
import { notUseful } from './not-useful.ts';
import { onIt } from './on-it.ts';
import { pauseSubscription } from './pause-subscription.ts';
import { plainQuestions } from './plain-questions.ts';
import { previewAs } from './preview-as.ts';
import { previewPlaybook } from './preview-playbook.ts';
import { recommend } from './recommend.ts';
import { removeSubscription } from './remove-subscription.ts';
import { resumeSubscription } from './resume-subscription.ts';
import { saveRfm } from './save-rfm.ts';
import { segments } from './segments.ts';
import { sendSubscription } from './send-subscription.ts';
import { service } from './service.ts';
import { setAccess } from './set-access.ts';
import { setChannels } from './set-channels.ts';
import { setPerson } from './set-person.ts';
import { setPreferences } from './set-preferences.ts';
import { setQuietHours } from './set-quiet-hours.ts';
import { setSchedules } from './set-schedules.ts';
import { setThresholds } from './set-thresholds.ts';
import { setTierNames } from './set-tier-names.ts';
import { share } from './share.ts';
import { snooze } from './snooze.ts';
import { startPlaybook } from './start-playbook.ts';
import { subscribe } from './subscribe.ts';
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
  onIt,
  notUseful,
  share,
  downloadCsv,
  pauseSubscription,
  resumeSubscription,
  removeSubscription,
  sendSubscription,
];

/** Every form that a button opens. */
export const forms: readonly KithForm[] = [
  snooze,
  subscribe,
  setPreferences,
  setChannels,
  setAccess,
  setPerson,
  setThresholds,
  setTierNames,
  setSchedules,
  setQuietHours,
  previewAs,
];

/** Everybody's own page. */
export const home: KithHome = personalHome;

/** What people write in plain words. */
export const questions: KithQuestions = plainQuestions;
