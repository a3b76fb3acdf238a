#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { runDemo } from '../demo/main.ts';
import { commandListings, manifestText, openApp, probes } from './app.ts';
import { startBot } from './bot.ts';
import { forwardToRunning, serveLocalSocket } from './cli/local-socket.ts';
import { type ProgramOptions, runProgram } from './cli/program.ts';
import { processTerminal, progressBar, type Terminal } from './cli/terminal.ts';
import { type Config, loadConfig, readEnvironment } from './config.ts';
import { examine } from './doctor.ts';
import { askStore } from './doctor-store.ts';
import type { Kith } from './kith.ts';
import { KithError, messageOf, when } from './lib/errors.ts';
import { createLogger } from './lib/logger.ts';
import { createOperations } from './operations.ts';

/** Commands that own the process, or need no data folder: they are never handed to a Kith that runs. */
const OWN_PROCESS = new Set(['start', 'demo', 'manifest', 'doctor', 'help', '--help', '-h', '--version', '-V']);

async function main(words: readonly string[]): Promise<number> {
  const terminal = processTerminal();
  let config: Config;
  try {
    config = loadConfig(readEnvironment());
    const first = words.find((word) => word !== '--json');
    if (first !== undefined && !OWN_PROCESS.has(first)) {
      const code = await forwardToRunning(config.dataDir, words, terminal);
      if (code !== null) return code;
    }
  } catch (error) {
    terminal.err(`kith: ${messageOf(error)}\n`);
    return error instanceof KithError ? error.exitCode : 1;
  }
  const logger = createLogger(config.logLevel);
  const open = (): Promise<Kith> => openApp({ config, logger, now: Date.now, asOf: 'now' });
  return runProgram(words, {
    ...common(terminal, config),
    doctor: () => examine(config, probes(config), () => askStore(config, open)),
    open: async () => {
      const kith = await open();
      return createOperations(kith, terminal, process.cwd(), kith.close);
    },
    start: async () => {
      const kith = await open();
      try {
        await serveUntilStopped(kith, terminal);
      } finally {
        await kith.close();
      }
    },
    demo: (options) =>
      runDemo({
        ...options,
        config,
        terminal,
        commands: commandListings,
        openApp,
        startBot,
        serve: serveCommands,
        stopped: stopSignal,
      }),
  });
}

function common(
  terminal: Terminal,
  config: Config,
): Pick<ProgramOptions, 'terminal' | 'version' | 'manifest' | 'language'> {
  return { terminal, version: ownVersion(), manifest: manifestText, language: config.language };
}

/** The bot, until SIGTERM or SIGINT; what runs is let finish. */
async function serveUntilStopped(kith: Kith, terminal: Terminal): Promise<void> {
  const at = await kith.workspace().catch(
    when('no-results', async () => {
      terminal.err('  The first sync: everything is copied once.\n');
      const bar = progressBar(terminal, kith.now);
      const { workspace } = await kith.sync({ full: true, progress: bar });
      bar.finish();
      return workspace;
    }),
  );
  const quiet = { update: () => undefined };
  const stopped = stopSignal();
  const bot = await startBot(kith, at, quiet);
  const socket = await serveCommands(kith);
  terminal.err(`  Kith is in Slack for ${at.account.name}. Stop it with Ctrl-C.\n`);
  await stopped;
  await socket.close();
  await bot.stop();
}

/** Answers commands typed beside this process. */
function serveCommands(kith: Kith): Promise<{ close(): Promise<void> }> {
  return serveLocalSocket(kith.config.dataDir, (words, terminal, cwd) =>
    runProgram(words, {
      ...common(terminal, kith.config),
      doctor: () => examine(kith.config, probes(kith.config), kith.examineStore),
      examineStore: kith.examineStore,
      open: async () => createOperations(kith, terminal, cwd, async () => undefined),
    }),
  );
}

function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
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
