import type { Operations } from '../../src/cli/operations.ts';
import { runProgram } from '../../src/cli/program.ts';

export interface Tried {
  readonly code: number;
  readonly said: string;
}

/** What the command line makes of these words, with nothing behind it: whether it knows them, and what it says. */
export async function tryWords(words: readonly string[]): Promise<Tried> {
  let said = '';
  const out = (text: string): void => {
    said += text;
  };
  const report = { language: 'en', headline: 'Fine', parts: [], trust: '' } as const;
  const done = { result: {}, report, ok: true, png: async () => new Uint8Array(1) };
  const operations = new Proxy({} as Operations, {
    get: (_, name) => (name === 'then' ? undefined : async () => done),
  });
  const code = await runProgram(words, {
    terminal: { out, err: out, isTerminal: false, columns: 100 },
    version: '0',
    language: 'en',
    open: async () => operations,
    tenants: () => [],
    manifest: async () => '',
    doctor: async () => [],
    start: async () => undefined,
    demo: async () => undefined,
  });
  return { code, said };
}
