import { openApp } from '../src/app.ts';
import { loadConfig } from '../src/config.ts';
import type { Kith } from '../src/kith.ts';
import { createLogger } from '../src/lib/logger.ts';

export const QUIET = { update() {} };

/** Kith over a data folder, as the command line opens it. */
export function openKith(dataDir: string): Promise<Kith> {
  const config = loadConfig({ KITH_DATA_DIR: dataDir, KITH_LOG_LEVEL: 'error' });
  return openApp({ config, logger: createLogger(config.logLevel), now: Date.now, asOf: 'last-event' });
}
