import { KithError } from '../../src/lib/errors.ts';
import type { Workspace, WorkspaceEvent } from './workspace.ts';

/** Waits for something that is so already (`now`) or that an event brings (`then`); both tell undefined for "not yet". */
export type Waiting = <T>(
  what: string,
  timeoutMs: number,
  now: () => T | undefined,
  then: (event: WorkspaceEvent) => T | undefined,
) => Promise<T>;

/** Driven by the workspace's events, so nobody polls; rejects after `timeoutMs`. */
export function createWaiting(workspace: Workspace): Waiting {
  return (what, timeoutMs, now, then) => {
    const already = now();
    if (already !== undefined) return Promise.resolve(already);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        stop();
        reject(new KithError('chat-unreachable', `the stand-in Slack saw no ${what} within ${timeoutMs} ms`));
      }, timeoutMs);
      const stop = workspace.listen((event) => {
        const found = then(event);
        if (found === undefined) return;
        clearTimeout(timer);
        stop();
        resolve(found);
      });
    });
  };
}
