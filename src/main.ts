#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import type { Gateway } from './app/gateway.ts';
import { forwardToRunning, serveLocalSocket } from './cli/local-socket.ts';
import { type ProgramOptions, runProgram } from './cli/program.ts';
import { processTerminal, type Terminal } from './cli/terminal.ts';
import { typist } from './cli/typist.ts';
import { type Config, loadConfig, readEnvironment } from './config.ts';
import type { Kith } from './kith.ts';
import { endNow } from './lib/end-now.ts';
import { KithError, messageOf, textOf } from './lib/errors.ts';
import { createLogger, type Logger } from './lib/logger.ts';
import { say } from './lib/text.ts';
import type { Finding } from './ports/doctor.ts';
import { findTenant, NO_TENANTS, readTenants, type Tenants, tenantLines } from './tenants.ts';

/** Commands that own the process, or need no data folder: they are never handed to a Kith that runs. */
const OWN_PROCESS = new Set([
  'start',
  'demo',
  'tenants',
  'manifest',
  'doctor',
  'help',
  '--help',
  '-h',
  '--version',
  '-V',
]);
/** Commands that mean no one tenant, where there are several. */
const OF_ALL_TENANTS = new Set([...OWN_PROCESS].filter((name) => name !== 'doctor'));

// Most of what Kith is made of is imported by the commands that need it: who asks for help, or has a Kith that runs answer, waits
// for none of it.

/** A command in a process of its own ends with the process. */
const NEVER = new AbortController().signal;

async function main(words: readonly string[]): Promise<number> {
  const terminal = processTerminal();
  let config: Config;
  let tenants: Tenants;
  let environment: Record<string, string> = {};
  try {
    environment = readEnvironment();
    const root = loadConfig(environment);
    tenants = readTenants(environment, root);
    const first = words.find((word) => word !== '--json');
    config = first === undefined || OF_ALL_TENANTS.has(first) ? root : chosenTenant(tenants, root);
    if (first !== undefined && !OWN_PROCESS.has(first)) {
      const code = await forwardToRunning(config.dataDir, words, terminal, config.language);
      if (code !== null) return code;
    }
  } catch (error) {
    // A setting may be wrong, and the language it is told in is one of them.
    terminal.err(`kith: ${say(environment.KITH_LANGUAGE === 'zh' ? 'zh' : 'en', textOf(error))}\n`);
    return error instanceof KithError ? error.exitCode : 1;
  }
  // Those of a tenant who comes later are added to them.
  const secrets = new Set([config, ...tenants.all.values()].flatMap(secretsOf));
  const logger = createLogger(config.logLevel, undefined, secrets);
  dieOfWhatNobodyMet(logger);
  const open = async (): Promise<Kith> => {
    const { openApp } = await import('./app.ts');
    return openApp({ config, logger, now: Date.now, asOf: 'now' });
  };
  return runProgram(words, {
    ...common(terminal, config, tenants),
    doctor: async () => {
      const { askStore } = await import('./doctor-store.ts');
      return examine(config, () => askStore(config, open));
    },
    open: async () => {
      const [kith, { createOperations }] = [await open(), await import('./operations.ts')];
      return createOperations(kith, terminal, {
        folder: process.cwd(),
        user: typist(),
        close: kith.close,
        signal: NEVER,
      });
    },
    start: async () => {
      const { endInTime, serveUntilStopped, stopSignal } = await import('./serve-until-stopped.ts');
      const stop = stopSignal();
      const { startBot } = await import('./bot.ts');
      if (config.tenantsDir !== null) {
        const { startTenants } = await import('./start-tenants.ts');
        const { openApp } = await import('./app.ts');
        const { openGateway } = await import('./app/gateway.ts');
        return startTenants<Gateway>({
          root: config,
          read() {
            const now = readTenants(environment, config);
            for (const own of now.all.values()) for (const secret of secretsOf(own)) secrets.add(secret);
            return now;
          },
          terminal,
          logger,
          stop,
          openApp: (own, shared) => openApp({ config: own, logger, now: Date.now, asOf: 'now', shared }),
          openGateway: (given) => openGateway({ ...given, now: Date.now }),
          startBot,
          serve: serveCommands,
        });
      }
      const kith = await open();
      endInTime(stop, logger);
      try {
        await serveUntilStopped(kith, { terminal, stop, startBot, serve: serveCommands });
      } finally {
        await kith.close();
      }
    },
    demo: async (options) => {
      const { stopSignal } = await import('./serve-until-stopped.ts');
      const stop = stopSignal();
      const { runDemo } = await import('../demo/main.ts');
      const { commandListings: commands, openApp } = await import('./app.ts');
      const { startBot } = await import('./bot.ts');
      return runDemo({ ...options, config, terminal, commands, openApp, startBot, serve: serveCommands, stop });
    },
  });
}

/** The tenant that the command line means. */
function chosenTenant(tenants: Tenants, root: Config): Config {
  if (root.tenantsDir === null) return root;
  if (root.chosenTenant !== null) return findTenant(tenants, root.chosenTenant);
  throw new KithError('config', {
    en: "This Kith serves several tenants: say which one with KITH_TENANT, such as KITH_TENANT=acme kith report churn-risk; 'kith tenants' lists them",
    zh: "此 Kith 服务多个租户：请用 KITH_TENANT 指明租户，例如 KITH_TENANT=acme kith report churn-risk；'kith tenants' 会列出它们",
  });
}

function common(
  terminal: Terminal,
  config: Config,
  tenants: Tenants,
): Pick<ProgramOptions, 'terminal' | 'version' | 'tenants' | 'manifest' | 'language'> {
  return {
    terminal,
    tenants: () => tenantLines(tenants, config),
    version: ownVersion(),
    async manifest(mode, { oauth }) {
      const { manifestText } = await import('./app.ts');
      return manifestText(mode, oauth || config.slack.clientId !== null, config.publicUrl);
    },
    language: config.language,
  };
}

/** Answers commands typed beside this process. */
function serveCommands(kith: Kith): Promise<{ close(): Promise<void> }> {
  return serveLocalSocket(kith.config.dataDir, (words, terminal, folder, signal, { user, language }) => {
    // Said in the language of where it was typed, which need not be that of this process.
    const config = { ...kith.config, language };
    const asTyped = { ...kith, config };
    return runProgram(words, {
      ...common(terminal, config, NO_TENANTS),
      doctor: () => examine(config, kith.examineStore),
      examineStore: kith.examineStore,
      async open() {
        const { createOperations } = await import('./operations.ts');
        return createOperations(asTyped, terminal, { folder, user, close: async () => undefined, signal });
      },
    });
  });
}

async function examine(config: Config, askStore: Kith['examineStore']): Promise<readonly Finding[]> {
  const doctor = await import('./doctor.ts');
  const { probes } = await import('./app/probes.ts');
  return doctor.examine(config, await probes(config), askStore);
}

/** Values that no log may hold, whatever they look like. */
function secretsOf({ hubspot, slack, identityKeys, clickhouseUrl }: Config): readonly string[] {
  const { accessToken, clientSecret } = hubspot;
  const { botToken, appToken, signingSecret, clientSecret: slackSecret } = slack;
  const keys = identityKeys?.split(',').map((key) => key.trim().replace(/^[^:]*:/, '')) ?? [];
  const all = [accessToken, clientSecret, slackSecret, botToken, appToken, signingSecret, clickhouseUrl, ...keys];
  return all.filter((secret) => secret !== null);
}

/** An error that nothing waited for leaves the process in a state that nobody knows: it is logged once, and Kith starts again clean. */
function dieOfWhatNobodyMet(logger: Logger): void {
  let isDying = false;
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error: unknown) => {
      if (isDying) return;
      isDying = true;
      const stack = error instanceof Error ? error.stack : undefined;
      logger.error(`Kith ends on an error that nothing met: ${messageOf(error)}`, { event, stack });
      endNow('SIGKILL');
    });
  }
}

function ownVersion(): string {
  for (const path of ['../package.json', '../../package.json']) {
    try {
      return String(JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')).version);
    } catch {
      // Built, this file is one folder deeper.
    }
  }
  return 'unknown';
}

process.exitCode = await main(process.argv.slice(2));
