import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { forwardToRunning, serveLocalSocket, socketPath } from '../../../src/cli/local-socket.ts';
import type { Terminal } from '../../../src/cli/terminal.ts';

const folder = mkdtempSync(join(tmpdir(), 'kith-socket-'));
afterAll(() => rmSync(folder, { recursive: true }));

function recorder(): Terminal & { printed: { out: string; err: string } } {
  const printed = { out: '', err: '' };
  return {
    printed,
    out: (text) => {
      printed.out += text;
    },
    err: (text) => {
      printed.err += text;
    },
    isTerminal: true,
    columns: 77,
  };
}

describe('the local socket', () => {
  test('has a running Kith run the command, and brings back what it prints and its exit code', async () => {
    const server = await serveLocalSocket(folder, async (words, terminal, cwd, _signal, { user, language }) => {
      terminal.out(`${words.join('+')} in ${cwd} at ${terminal.columns} by ${user} in ${language}\n`);
      terminal.err('working\n');
      return 2;
    });
    const terminal = recorder();
    expect(await forwardToRunning(folder, ['report', 'churn-risk', '李梅 "quoted"'], terminal, 'zh')).toBe(2);
    expect(terminal.printed).toEqual({
      out: `report+churn-risk+李梅 "quoted" in ${process.cwd()} at 77 by ${userInfo().username} in zh\n`,
      err: 'working\n',
    });
    expect(statSync(socketPath(folder)).mode & 0o777).toBe(0o600);
    await server.close();
  });

  test('is not there when nothing runs, also when a dead process left its socket', async () => {
    expect(await forwardToRunning(folder, ['report'], recorder(), 'en')).toBe(null);
    const server = await serveLocalSocket(folder, async () => 0);
    await server.close();
    expect(await forwardToRunning(folder, ['report'], recorder(), 'en')).toBe(null);
  });

  test('refuses words that it does not understand, and goes on', async () => {
    const server = await serveLocalSocket(folder, async () => 0);
    const answer = await new Promise<string>((resolve) => {
      const socket = createConnection(socketPath(folder));
      let received = '';
      socket.on('data', (chunk) => {
        received += chunk.toString();
      });
      socket.on('close', () => resolve(received));
      socket.write('rm -rf /\n');
    });
    expect(answer).toContain('"exit":2');
    expect(await forwardToRunning(folder, ['report'], recorder(), 'en')).toBe(0);
    await server.close();
  });

  test('fits into the operating system for a folder with a long name', () => {
    expect(socketPath(`/${'long'.repeat(60)}`).length).toBeLessThan(104);
  });
});
