import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { runnable } from '../../runnable.ts';

export interface RunningClickHouse {
  /** What CLICKHOUSE_URL is set to. */
  readonly url: string;
  readonly process: ChildProcess;
  stop(): Promise<void>;
}

/** A ClickHouse server over a folder, once it listens. It ends with this process at the latest. */
export async function startClickHouse(path: string, options: { port?: number } = {}): Promise<RunningClickHouse> {
  const { file, execArgv } = await runnable(new URL('./clickhouse-process.ts', import.meta.url));
  const server = spawn(process.execPath, [...execArgv, file, path, 'pass-word', String(options.port ?? 0)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [url] = await Promise.race([
    once(createInterface({ input: server.stdout }), 'line'),
    once(server, 'exit').then(() => {
      throw new Error('the ClickHouse server ended before it listened');
    }),
  ]);
  return {
    url,
    process: server,
    async stop() {
      if (server.exitCode !== null || server.signalCode !== null) return;
      server.stdin.end();
      await once(server, 'exit');
    },
  };
}
