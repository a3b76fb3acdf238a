import { spawn } from 'node:child_process';
import { describe, expect, test } from 'vitest';

describe('ending a process at once', () => {
  test.each(['SIGINT', 'SIGTERM', 'SIGKILL'] as const)('happens by %s, whoever listens to it', async (signal) => {
    const file = new URL('../../../src/lib/end-now.ts', import.meta.url).href;
    const listen = signal === 'SIGKILL' ? '' : `process.on('${signal}', () => console.log('heard'));`;
    const script = `
      const { endNow } = await import('${file}');
      process.on('exit', () => console.log('exit handler'));
      ${listen}
      endNow('${signal}');`;
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script]);
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    const end = await new Promise((done) => child.once('close', (code, by) => done([code, by])));
    expect([end, said]).toEqual([[null, signal], '']);
  });
});
