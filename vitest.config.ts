import { mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';
import { fromCompiled } from './test/from-compiled.ts';

const ON_A_SERVER = [
  'test/src/store/{crm-store,database,departures,open-store,result-store}.test.ts',
  'test/src/ledger/ledger.test.ts',
];

/** `--mode compiled`, for a run of all tests: sources are compiled first. Without it they run as they are, as they change. */
const COMPILED = 'compiled';

export default defineConfig(({ mode }) => {
  // `test/compile-once.ts` fills it and takes it away.
  if (mode === COMPILED) {
    process.env.KITH_TEST_COMPILED = mkdtempSync(join(realpathSync(tmpdir()), 'kith-compiled-'));
  }
  const compiled = mode === COMPILED ? fromCompiled(process.env.KITH_TEST_COMPILED ?? '') : null;
  const project = (
    name: string,
    include: string[],
    env: Record<string, string> = {},
  ): TestProjectInlineConfiguration => ({
    plugins: compiled === null ? [] : [compiled.plugin],
    test: {
      name,
      include,
      env,
      // The embedded engine may be opened once per process and never in a worker thread.
      pool: 'forks',
      testTimeout: 30_000,
      hookTimeout: 60_000,
      server: { deps: { external: compiled === null ? [] : [compiled.files] } },
    },
  });
  return {
    test: {
      globalSetup: 'test/compile-once.ts',
      maxWorkers: 2,
      projects: [
        project('embedded', ['test/**/*.test.ts']),
        // What keeps its data in a store of its own, once more over ClickHouse's HTTP interface.
        project('server', ON_A_SERVER, { KITH_TEST_STORE: 'server' }),
      ],
    },
  };
});
