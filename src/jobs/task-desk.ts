import type { Instant } from '../domain/crm.ts';
import type { Audit } from '../ledger/audit.ts';
import { createTaskLog } from '../ledger/task-log.ts';
import { KithError } from '../lib/errors.ts';
import type { CrmSink, NewTask } from '../ports/crm.ts';
import type { PortalStore } from '../store/portal-store.ts';
import { createSerial } from '../store/serial.ts';

export interface TaskOrder {
  /** What the task is for, as its button names it: one task is made for it, however often it is asked for. */
  readonly key: string;
  readonly task: NewTask;
}

export interface MadeTask {
  /** False when it was there already. */
  readonly isNew: boolean;
  /** The CRM's. */
  readonly id: string;
  readonly at: Instant;
}

/** Tasks of one portal, one after the other, each of them once. */
export interface TaskDesk {
  /** Whoever calls it has checked that the actor may. Throws KithError('write-back-refused') when the CRM made none. */
  create(order: TaskOrder, actor: string): Promise<MadeTask>;
}

export function createTaskDesk(options: {
  portal: PortalStore;
  audit: Audit;
  now: () => Instant;
  withSink: <Result>(use: (sink: CrmSink) => Promise<Result>) => Promise<Result>;
}): TaskDesk {
  const { audit, now, withSink } = options;
  const log = createTaskLog(options.portal);
  const serially = createSerial();

  return {
    create: ({ key, task }, actor) =>
      serially(async () => {
        // An id of a record may be a person's, and nothing of a person's stays in the audit.
        const hash = await options.portal.crm.keyedHash('task', key);
        const subject = `task-${hash.slice(0, 32)}`;
        const known = await log.newest(subject);
        if (known?.act === 'created-task') return { isNew: false, id: known.id, at: known.at };
        if (known?.act === 'began-task') throw unknownOutcome(known.at);
        return withSink(async (sink) => {
          const entry = { actor, subject };
          await audit.append({ ...entry, act: 'began-task', details: { objectType: task.objectType } });
          try {
            const { id } = await sink.createTask(task);
            await audit.append({ ...entry, act: 'created-task', details: { objectType: task.objectType, id } });
            return { isNew: true, id, at: now() };
          } catch (error) {
            if (error instanceof KithError && error.code === 'write-back-refused') {
              await audit.append({ ...entry, act: 'refused-task', details: { objectType: task.objectType } });
            }
            throw error;
          }
        });
      }),
  };
}

function unknownOutcome(at: Instant): KithError {
  const sent = new Date(at).toISOString();
  return new KithError('write-back-refused', {
    en: `This task was sent to the CRM at ${sent} and no answer came: it may be on the record, so look there, and create it by hand if it is not`,
    zh: `此任务已于 ${sent} 发往 CRM，但没有收到答复：它可能已在记录上，请前往查看；若没有，请手动创建`,
  });
}
