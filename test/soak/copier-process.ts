import { acquireDataLock } from '../../src/store/data-lock.ts';
import { openStore } from '../../src/store/open-store.ts';
import type { CrmStore } from '../../src/store/portal-store.ts';
import { type CopyJob, openCopier } from './copy-jobs.ts';

/** What the process that kills this one asks of it. */
export type Ask =
  | { readonly kind: 'run'; readonly job: CopyJob; readonly now: number }
  | { readonly kind: 'query'; readonly sql: string }
  | {
      readonly kind: 'liveIds' | 'resolve' | 'identities';
      readonly type: Parameters<CrmStore['liveIds']>[0];
      readonly ids: readonly string[];
    };

export type Told =
  | { readonly kind: 'ready' }
  /** The store is about to be written or read, or has just been. */
  | { readonly kind: 'step' }
  | { readonly kind: 'answer'; readonly value: unknown; readonly now: number }
  | { readonly kind: 'failed'; readonly message: string; readonly code: string; readonly now: number };

/** The jobs in a process of their own, over a data folder of their own, that can be killed at any step. */
const { KITH_SOAK_FOLDER: dataDir = '', KITH_SOAK_URL: url = '', KITH_SOAK_TOKEN: token = '' } = process.env;
const tell = (message: Told): void => {
  process.send?.(message);
};
let time = 0;
const clock = {
  now: () => time,
  advance(ms: number) {
    time += ms;
  },
};
const lock = await acquireDataLock(dataDir);
const store = await openStore({ dataDir, keys: [{ id: 'k1', secret: Buffer.alloc(32, 7) }] });
const portal = await store.portal('history');
const crm = new Proxy(portal.crm, {
  get(target, name, receiver) {
    const method: unknown = Reflect.get(target, name, receiver);
    if (typeof method !== 'function') return method;
    return async (...given: unknown[]) => {
      tell({ kind: 'step' });
      const value: unknown = await method.apply(target, given);
      tell({ kind: 'step' });
      return value;
    };
  },
});
const copier = await openCopier({
  url,
  token,
  portal: { ...portal, crm },
  clock,
  onProgress: () => tell({ kind: 'step' }),
});

async function answer(ask: Ask): Promise<unknown> {
  switch (ask.kind) {
    case 'run':
      time = ask.now;
      return copier.run(ask.job);
    case 'query':
      return portal.query(ask.sql);
    case 'liveIds':
      return portal.crm.liveIds(ask.type);
    case 'resolve':
      return portal.crm.resolve(ask.type, ask.ids);
    case 'identities':
      return portal.identity.read(ask.ids);
  }
}

process.on('message', (ask: Ask) => {
  answer(ask).then(
    (value) => tell({ kind: 'answer', value, now: time }),
    (error: unknown) => {
      const { message, code = '' } = error as { message: string; code?: string }; // whatever the jobs throw is an Error
      tell({ kind: 'failed', message, code, now: time });
    },
  );
});
process.on('disconnect', () => {
  store
    .close()
    .then(() => lock.release())
    .finally(() => process.exit(0));
});
tell({ kind: 'ready' });
