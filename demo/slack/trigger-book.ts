import { randomBytes } from 'node:crypto';
import type { TriggerBook } from './api-method.ts';

const TRIGGER_LIFE_MS = 3000;
/** So long it is known that one expired. */
const REMEMBERED_MS = 60_000;

/** Trigger ids: each opens one view, within three seconds of the person's act. */
export function createTriggerBook(now: () => number): TriggerBook {
  const triggers = new Map<string, { user: string; view: string | null; at: number; spent: boolean }>();
  const forgetOld = (): void => {
    for (const [id, { at }] of triggers) {
      if (now() - at <= REMEMBERED_MS) return;
      triggers.delete(id);
    }
  };
  return {
    issue(user, view = null) {
      forgetOld();
      const id = `${randomBytes(6).readUIntBE(0, 6)}.${randomBytes(8).toString('hex')}`;
      triggers.set(id, { user, view, at: now(), spent: false });
      return id;
    },
    spend(trigger) {
      const known = triggers.get(String(trigger));
      if (known === undefined) return { error: 'invalid_trigger_id' };
      if (known.spent) return { error: 'exchanged_trigger_id' };
      if (now() - known.at > TRIGGER_LIFE_MS) return { error: 'expired_trigger_id' };
      known.spent = true;
      return { user: known.user, view: known.view };
    },
  };
}
