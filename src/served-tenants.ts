import type { Config } from './config.ts';
import { messageOf } from './lib/errors.ts';
import type { Logger } from './lib/logger.ts';
import { serveTenant } from './serve-tenant.ts';
import { ownTenants, type Tenants } from './tenants.ts';

/** The tenants that a process serves, following their files: what is new is served, what changed is started again, what is gone is ended. */
export interface ServedTenants {
  /** As they were last read. */
  current(): Tenants;
  /** How many this process is to serve. */
  count(): number;
  /** Reads the files again. Resolves once what changed or went was ended, and what is new was begun. */
  follow(): Promise<void>;
  /** The same, with this one started again whatever its file says. */
  restart(name: string): Promise<void>;
  /** Resolves once all have ended. */
  ended(): Promise<void>;
}

interface Serving {
  readonly settings: string;
  readonly stop: AbortController;
  readonly done: Promise<void>;
}

export function createServedTenants(options: {
  readonly root: Config;
  /** KithError('config') when the folder cannot be read. */
  readonly read: () => Tenants;
  readonly serve: (config: Config, stop: AbortSignal) => Promise<void>;
  readonly logger: Logger;
  readonly stop: AbortSignal;
}): ServedTenants {
  const { root, read, serve, logger } = options;
  let tenants = read();
  const told = new Map<string, string>();
  const serving = new Map<string, Serving>();
  /** One change after the other. */
  let last: Promise<void> = Promise.resolve();

  function begin(name: string, config: Config): void {
    const stop = new AbortController();
    const signal = AbortSignal.any([options.stop, stop.signal]);
    const done = serveTenant({ tenant: name, serve: () => serve(config, signal), logger, stop: signal });
    serving.set(name, { settings: JSON.stringify(config), stop, done });
  }

  async function end(name: string): Promise<void> {
    const one = serving.get(name);
    one?.stop.abort();
    await one?.done;
    serving.delete(name);
  }

  function tellBroken({ broken }: Tenants): void {
    for (const [name, problem] of broken) {
      if (told.get(name) === problem) continue;
      logger.error(
        serving.has(name)
          ? `A tenant is served with its settings of before: ${problem}`
          : `A tenant is not served: ${problem}`,
      );
    }
    told.clear();
    for (const [name, problem] of broken) told.set(name, problem);
  }

  async function change(again: string | null): Promise<void> {
    try {
      tenants = read();
    } catch (error) {
      logger.error(`The tenants go on as they were: ${messageOf(error)}`);
      return;
    }
    tellBroken(tenants);
    const own = new Map(ownTenants(tenants, root.shard).flatMap((name) => pair(name, tenants.all.get(name))));
    const gone = [...serving].filter(([name, { settings }]) => {
      if (tenants.broken.has(name)) return false;
      return name === again || settings !== JSON.stringify(own.get(name));
    });
    await Promise.all(
      gone.map(([name]) => {
        logger.info(own.has(name) ? 'A tenant is started again' : 'A tenant is not served any more', { tenant: name });
        return end(name);
      }),
    );
    if (options.stop.aborted) return;
    for (const [name, config] of own) if (!serving.has(name)) begin(name, config);
  }

  const inTurn = (again: string | null): Promise<void> => {
    last = last.then(() => change(again));
    return last;
  };

  return {
    current: () => tenants,
    count: () => ownTenants(tenants, root.shard).length,
    follow: () => inTurn(null),
    restart: inTurn,
    async ended() {
      await last;
      await Promise.all([...serving.values()].map(({ done }) => done));
    },
  };
}

function pair(name: string, config: Config | undefined): [string, Config][] {
  return config === undefined ? [] : [[name, config]];
}
