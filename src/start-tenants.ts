import type { Bot, startBot } from './bot.ts';
import type { Terminal } from './cli/terminal.ts';
import type { Config } from './config.ts';
import { type Host, openHost } from './host.ts';
import type { Kith, Readiness, SharedListener, Workspace } from './kith.ts';
import { messageOf } from './lib/errors.ts';
import type { Logger } from './lib/logger.ts';
import { say } from './lib/text.ts';
import { endInTime, serveUntilStopped, untilStopped } from './serve-until-stopped.ts';
import { createServedTenants } from './served-tenants.ts';
import { filesStamp, type Tenants } from './tenants.ts';

/** What the tenants of one process have in common. */
export interface SharedWith<Gateway> {
  readonly host: Host;
  readonly gateway: Gateway;
}

/** How often the tenants' files are looked at: by name, time and size, which works on every kind of disk. */
const LOOK_EVERY_MS = 5_000;

/** One process for the tenants of its shard, each with a bot of its own, until `stop`. */
export async function startTenants<
  Gateway extends { readonly listener: SharedListener; readonly upkeep: () => void },
>(options: {
  readonly root: Config;
  /** The tenants' files as they are now. */
  readonly read: () => Tenants;
  readonly terminal: Terminal;
  readonly logger: Logger;
  readonly stop: AbortSignal;
  readonly openApp: (config: Config, shared: SharedWith<Gateway>) => Promise<Kith>;
  readonly openGateway: (options: {
    readonly root: Config;
    readonly logger: Logger;
    readonly ready: () => Readiness;
    readonly tenants: () => Tenants;
    readonly added: (name: string) => void;
  }) => Gateway;
  readonly startBot: typeof startBot;
  /** Answers commands typed beside this process. */
  readonly serve: (kith: Kith) => Promise<{ close(): Promise<void> }>;
}): Promise<void> {
  const { root, terminal, logger, stop } = options;
  const serving = new Set<string>();
  // One bar each would write over one another.
  const quiet: Terminal = { ...terminal, err: (text) => logger.info(text.trim()), isTerminal: false };

  const tenants = createServedTenants({ root, read: options.read, serve: serveOne, logger, stop });
  const host = await openHost(root);
  endInTime(stop, logger);
  const gateway = options.openGateway({
    root,
    logger,
    ready: () => ({
      // It takes calls for whoever is served; each tenant's own health is below its name.
      ok: true,
      reason: `${serving.size} of ${tenants.count()} tenants are served`,
    }),
    tenants: tenants.current,
    added: (name) => void tenants.restart(name),
  });

  async function serveOne(config: Config, stopped: AbortSignal): Promise<void> {
    const kith = await options.openApp(config, { host, gateway });
    const name = config.tenant ?? '';
    try {
      await serveUntilStopped(kith, {
        terminal: quiet,
        stop: stopped,
        async startBot(...given) {
          const bot = await options.startBot(...given);
          serving.add(name);
          void analyseFirst(bot, given[1], logger);
          return bot;
        },
        serve: options.serve,
      });
    } finally {
      serving.delete(name);
      await kith.close();
    }
  }

  let stamp = '';
  const look = setInterval(() => {
    gateway.upkeep();
    const now = filesStamp(root);
    if (now === stamp) return;
    stamp = now;
    void tenants.follow();
  }, LOOK_EVERY_MS);
  try {
    await gateway.listener.open();
    const { all } = tenants.current();
    const serves = {
      en: `Kith serves ${tenants.count()} of ${all.size} tenants. Stop it with Ctrl-C.`,
      zh: `Kith 服务 ${all.size} 个租户中的 ${tenants.count()} 个。按 Ctrl-C 停止。`,
    };
    terminal.err(`  ${say(root.language, serves)}\n`);
    stamp = filesStamp(root);
    await tenants.follow();
    await untilStopped(stop);
    await tenants.ended();
  } finally {
    clearInterval(look);
    await gateway.listener.close();
    await host.close();
  }
}

/** Nobody of a tenant's has a command line: the first analysis does not wait for its hour. */
async function analyseFirst(bot: Bot, at: Workspace, logger: Logger): Promise<void> {
  try {
    if (at.state().schedules.analyse === '' || (await at.portal.results.runs(1)).length > 0) return;
    await bot.runJob('analyse');
  } catch (error) {
    logger.warn(`The first analysis waits for its hour: ${messageOf(error)}`);
  }
}
