import type { startBot } from './bot.ts';
import type { Terminal } from './cli/terminal.ts';
import type { Config } from './config.ts';
import { type Host, openHost } from './host.ts';
import type { Kith, Readiness, SharedListener } from './kith.ts';
import type { Logger } from './lib/logger.ts';
import { serveTenants } from './serve-tenants.ts';
import { endInTime, serveUntilStopped } from './serve-until-stopped.ts';
import { findTenant, ownTenants, type Tenants } from './tenants.ts';

/** What the tenants of one process have in common. */
export interface Shared {
  readonly host: Host;
  readonly listener: SharedListener;
}

/** One process for the tenants of its shard, each with a bot of its own, until `stop`. */
export async function startTenants(options: {
  readonly root: Config;
  readonly tenants: Tenants;
  readonly terminal: Terminal;
  readonly logger: Logger;
  readonly stop: AbortSignal;
  readonly openApp: (config: Config, shared: Shared) => Promise<Kith>;
  readonly openListener: (root: Config, logger: Logger, ready: () => Readiness) => SharedListener;
  readonly startBot: typeof startBot;
  /** Answers commands typed beside this process. */
  readonly serve: (kith: Kith) => Promise<{ close(): Promise<void> }>;
}): Promise<void> {
  const { root, tenants, terminal, logger, stop, openApp } = options;
  for (const problem of tenants.broken.values()) logger.error(`A tenant is not served: ${problem}`);
  const own = ownTenants(tenants, root.shard);
  const host = await openHost(root);
  endInTime(stop, logger);
  const served = new Set<string>();
  const listener = options.openListener(root, logger, () => ({
    // It takes calls for whoever is served; each tenant's own health is below its name.
    ok: true,
    reason: `${served.size} of ${own.length} tenants are served`,
  }));
  // One bar each would write over one another.
  const quiet: Terminal = { ...terminal, err: (text) => logger.info(text.trim()), isTerminal: false };

  async function serveOne(config: Config): Promise<void> {
    const kith = await openApp(config, { host, listener });
    const name = config.tenant ?? '';
    try {
      await serveUntilStopped(kith, {
        terminal: quiet,
        stop,
        async startBot(...given) {
          const bot = await options.startBot(...given);
          served.add(name);
          return bot;
        },
        serve: options.serve,
      });
    } finally {
      served.delete(name);
      await kith.close();
    }
  }

  try {
    await listener.open();
    terminal.err(`  Kith serves ${own.length} of ${tenants.all.size} tenants. Stop it with Ctrl-C.\n`);
    const configs = new Map(own.map((name) => [name, findTenant(tenants, name)]));
    await serveTenants({ tenants: configs, logger, stop, serve: serveOne });
  } finally {
    await listener.close();
    await host.close();
  }
}
