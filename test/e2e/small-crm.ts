import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect } from 'vitest';

export const PIPELINES =
  'object,pipeline_id,pipeline_label,stage_id,stage_label,is_closed,probability\ndeals,p,Sales,yes,Yes,true,1.0\ndeals,p,Sales,no,No,true,0.0\n';
export const COMPANIES =
  'id,name,domain,createdate\n1,Acme,acme.example,2024-01-01T00:00:00Z\n2,Bolt & <Co>,bolt.example,2024-01-01T00:00:00Z\n3,李氏,li.example,2024-01-01T00:00:00Z\n4,Dyn,dyn.example,2024-01-01T00:00:00Z\n5,Eco,eco.example,2024-01-01T00:00:00Z\n';
export const DEALS = `id,dealname,pipeline,dealstage,amount,deal_currency_code,createdate,closedate,company_id\n${Array.from({ length: 20 }, (_, i) => `${100 + i},D${i},p,yes,${100 + i}.50,EUR,2024-01-01T00:00:00Z,2024-${String((i % 12) + 1).padStart(2, '0')}-03T00:00:00Z,${(i % 5) + 1}`).join('\n')}\n`;

/** A folder that is removed after the tests of a file, and CRM folders in it. */
export function withFolders() {
  const root = mkdtempSync(join(tmpdir(), 'kith-e2e-'));
  afterAll(() => rmSync(root, { recursive: true, force: true }));
  let folders = 0;
  function folder(files: Record<string, string> = {}): string {
    const path = join(root, `folder-${++folders}`);
    mkdirSync(path);
    for (const [name, content] of Object.entries(files)) writeFileSync(join(path, name), content);
    return path;
  }
  /** Five customers with twenty won deals. */
  const small = (): string => folder({ 'pipelines.csv': PIPELINES, 'companies.csv': COMPANIES, 'deals.csv': DEALS });
  return { root, folder, small };
}

/** One plain sentence, no stack, no raw code. */
export function expectSentence(err: string, pattern: RegExp): void {
  const lines = err.split('\n').filter((line) => line.startsWith('kith: '));
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(pattern);
  expect(err).not.toMatch(/\n\s+at /);
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}
