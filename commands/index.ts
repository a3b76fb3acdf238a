import { approveWriteBack } from './approve-write-back.ts';
import { basket } from './basket.ts';
import { churnRisk } from './churn-risk.ts';
import type { KithAction, KithCommand } from './context.ts';
import { customer } from './customer.ts';
import { kith } from './kith.ts';
import { loyalty } from './loyalty.ts';
import { segments } from './segments.ts';
import { undoWriteBack } from './undo-write-back.ts';
import { why } from './why.ts';
import { writeBack } from './write-back.ts';

/** Every slash command, in the order of the help. */
export const commands: readonly KithCommand[] = [churnRisk, segments, loyalty, basket, customer, writeBack, kith];

/** Every button's action. */
export const actions: readonly KithAction[] = [why, approveWriteBack, undoWriteBack];
