import { KithError } from '../../src/lib/errors.ts';
import type { NewTask } from '../../src/ports/crm.ts';
import { checked } from './checked.ts';
import { HubspotRefusal } from './errors.ts';
import type { Governor } from './governor.ts';
import { paths } from './paths.ts';
import { anyIdSchema } from './schemas.ts';

/** HubSpot's own association of a task with the record that it is about. */
const TASK_OF = { companies: 192, contacts: 204 } as const;

/** A new record each time: HubSpot has no key of ours to tell a repetition by, so nothing is sent twice. */
export async function createTask(governor: Governor, task: NewTask): Promise<{ readonly id: string }> {
  const path = paths.objects('tasks');
  const body = {
    properties: {
      hs_task_subject: task.subject,
      hs_task_body: asHtml(task.body),
      hs_timestamp: new Date(task.dueAt).toISOString(),
      hs_task_status: 'NOT_STARTED',
      hs_task_priority: 'MEDIUM',
      hs_task_type: 'TODO',
      ...(task.ownerId === '' ? {} : { hubspot_owner_id: task.ownerId }),
    },
    associations: [
      {
        to: { id: task.recordId },
        types: [{ associationCategory: 'HUBSPOT_DEFINED', associationTypeId: TASK_OF[task.objectType] }],
      },
    ],
  };
  try {
    const answer = await governor.call({ method: 'POST', path, body, bucket: 'general', isIdempotent: false });
    return checked(anyIdSchema, answer, path);
  } catch (error) {
    if (error instanceof HubspotRefusal && error.status >= 400 && error.status < 500) {
      throw new KithError(
        'write-back-refused',
        { en: `No task was created: ${error.message}`, zh: `未创建任务：${error.text.zh}` },
        { cause: error },
      );
    }
    throw error;
  }
}

/** HubSpot shows a task's text as HTML. */
function asHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('\n', '<br>');
}
