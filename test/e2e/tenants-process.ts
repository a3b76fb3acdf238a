import { z } from 'zod';
import { type Gateway, openGateway } from '../../src/app/gateway.ts';
import { openApp } from '../../src/app.ts';
import { type Bot, startBot } from '../../src/bot.ts';
import { loadConfig, readEnvironment } from '../../src/config.ts';
import { messageOf } from '../../src/lib/errors.ts';
import { createLogger } from '../../src/lib/logger.ts';
import { stopSignal } from '../../src/serve-until-stopped.ts';
import { startTenants } from '../../src/start-tenants.ts';
import { readTenants } from '../../src/tenants.ts';

/** What a process that serves tenants tells whoever started it. */
export type FromTenants =
  | { readonly kind: 'ready'; readonly tenant: string }
  | { readonly kind: 'done' | 'failed'; readonly tenant: string; readonly job: string; readonly note: string };

/** `kith start` with several tenants, as main.ts starts it, at a given time, with its jobs run when asked. */
const askSchema = z.object({ tenant: z.string(), job: z.string() });
const now = (): number => Number(process.env.KITH_TEST_NOW);
const environment = readEnvironment('/');
const root = loadConfig(environment);
const logger = createLogger(root.logLevel);
const bots = new Map<string, Bot>();
const tell = (message: FromTenants): void => {
  if (process.connected) process.send?.(message, () => undefined);
};

process.on('message', (message) => {
  const { tenant, job } = askSchema.parse(message);
  const bot = bots.get(tenant);
  if (bot === undefined) return tell({ kind: 'failed', tenant, job, note: 'it is not served here' });
  bot.runJob(job).then(
    () => tell({ kind: 'done', tenant, job, note: '' }),
    (error: unknown) => tell({ kind: 'failed', tenant, job, note: messageOf(error) }),
  );
});

await startTenants<Gateway>({
  root,
  read: () => readTenants(environment, root),
  terminal: { out: () => undefined, err: () => undefined, isTerminal: false, columns: 80 },
  logger,
  stop: stopSignal(),
  openApp: (config, shared) => openApp({ config, logger, now, asOf: 'now', shared }),
  openGateway: (given) => openGateway({ ...given, now }),
  async startBot(kith, at, progress) {
    const bot = await startBot(kith, at, progress);
    const tenant = kith.config.tenant ?? '';
    bots.set(tenant, bot);
    tell({ kind: 'ready', tenant });
    return bot;
  },
  serve: async () => ({ close: async () => undefined }),
});
if (process.connected) process.disconnect();
