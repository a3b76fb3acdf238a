import { defineConfig } from 'vitest/config';

const ON_A_SERVER = [
  'test/src/store/{crm-store,database,departures,open-store,result-store}.test.ts',
  'test/src/ledger/ledger.test.ts',
];

export default defineConfig({
  test: {
    globalSetup: 'test/compile-once.ts',
    // The embedded engine may be opened once per process and never in a worker thread.
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    projects: [
      { extends: true, test: { name: 'embedded', include: ['test/**/*.test.ts'] } },
      // What keeps its data in a store of its own, once more over ClickHouse's HTTP interface.
      {
        extends: true,
        test: {
          name: 'server',
          include: ON_A_SERVER,
          env: { KITH_TEST_STORE: 'server' },
        },
      },
    ],
  },
});
