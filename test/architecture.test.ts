import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';

const ROOTS = ['src', 'integrations', 'commands', 'demo'];
const copy = mkdtempSync(join(tmpdir(), 'kith-architecture-'));

interface Cruise {
  modules: { source: string }[];
  summary: { violations: { rule: { name: string }; from: string; to: string }[] };
}

function cruise(cwd: string): Cruise {
  const words = [...ROOTS, '--config', '.dependency-cruiser.cjs', '--output-type', 'json'];
  let out: string;
  try {
    out = execFileSync(resolve('node_modules/.bin/depcruise'), words, {
      cwd,
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    });
  } catch (error) {
    // A violation makes it exit with a code, its answer still on standard output.
    out = (error as { stdout: string }).stdout;
  }
  return JSON.parse(out);
}

afterAll(() => rmSync(copy, { recursive: true }));

describe('the architecture', () => {
  test('is obeyed by every source file, none of which was passed over', () => {
    const { modules, summary } = cruise('.');
    expect(summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`)).toEqual([]);
    const cruised = new Set(modules.map(({ source }) => source));
    const sources = ROOTS.flatMap((root) =>
      readdirSync(root, { recursive: true, encoding: 'utf8' }).map((path) => `${root}/${path}`),
    ).filter((path) => path.endsWith('.ts'));
    expect(sources.length).toBeGreaterThan(50);
    expect(sources.filter((path) => !cruised.has(path))).toEqual([]);
  }, 120_000);

  test('is noticed when it is broken', () => {
    for (const path of [...ROOTS, 'tsconfig.json', '.dependency-cruiser.cjs', 'package.json']) {
      cpSync(path, join(copy, path), { recursive: true });
    }
    symlinkSync(resolve('node_modules'), join(copy, 'node_modules'));
    const plant = (path: string, content: string): void => writeFileSync(join(copy, path), content);
    plant(
      'src/domain/planted.ts',
      "import { statSync } from 'node:fs';\nimport { seededRandom } from '../math/random.ts';\nexport const a = [statSync, seededRandom];\n",
    );
    plant('src/digests/planted.ts', "import type { Store } from '../store/portal-store.ts';\nexport type B = Store;\n");
    plant('commands/planted.ts', "import { WebClient } from '@slack/web-api';\nexport const c = WebClient;\n");
    plant('src/jobs/planted.ts', "import { commands } from '../../commands/index.ts';\nexport const d = commands;\n");
    plant('src/analyses/planted.ts', "import { basket } from './basket.ts';\nexport const e = basket;\n");
    plant(
      'commands/planted-rows.ts',
      "import { readNames } from '../src/privacy/customer-names.ts';\nimport { createOutbox } from '../src/ledger/outbox.ts';\nexport const f = [readNames, createOutbox];\n",
    );
    plant(
      'src/analyses/planted-report.ts',
      "import type { PortalStore } from '../store/portal-store.ts';\nexport const g = (portal: PortalStore) => portal.query('SELECT 1');\n",
    );
    plant(
      'src/digests/planted-reader.ts',
      "import { createReader } from '../privacy/create-reader.ts';\nexport const h = createReader;\n",
    );
    const broken = cruise(copy).summary.violations.filter(({ from }) => from.includes('planted'));
    const rowsTaken = broken.filter(({ rule }) => rule.name === 'rows reach people through the reader');
    expect([...new Set(rowsTaken.map(({ from }) => from))].sort()).toEqual([
      'commands/planted-rows.ts',
      'src/analyses/planted-report.ts',
      'src/digests/planted-reader.ts',
      'src/digests/planted.ts',
    ]);
    expect([...new Set(broken.map(({ rule }) => rule.name))].sort()).toEqual([
      'composition root',
      'layer src/digests',
      'layer src/domain',
      'layer src/jobs',
      'ledgers are handed to the makers of reports',
      'one command, analysis or digest never imports another',
      'pure rooms',
      'rows reach people through the reader',
      'vendor @slack/',
    ]);
  }, 120_000);
});
