import { spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Contestant, Measured } from './contestant.ts';

/** A distribution's packages belong to its own Python, which need not be the first on the path. */
const PYTHONS = ['python3', '/usr/bin/python3'];
const VERSIONS = 'import pandas, sklearn; print(sklearn.__version__, pandas.__version__)';

export interface Python {
  readonly command: string;
  readonly sklearn: string;
  readonly pandas: string;
}

/** The first Python that has scikit-learn and pandas, and what else is needed; null where none has. */
export function findPython(also = 'sklearn'): Python | null {
  for (const command of PYTHONS) {
    const found = spawnSync(command, ['-c', `import ${also}; ${VERSIONS}`], { encoding: 'utf8' });
    const [sklearn, pandas] = found.stdout?.trim().split(' ') ?? [];
    if (found.status === 0 && sklearn !== undefined && pandas !== undefined) return { command, sklearn, pandas };
  }
  return null;
}

/** Starts a script of `peers/` on so many threads and has it prepare; each `run` is one run of its work. */
export async function startPython<Result>(
  python: Python,
  script: string,
  order: object,
  threads: number,
): Promise<Contestant<Result>> {
  const child = spawn(python.command, [fileURLToPath(new URL(`peers/${script}`, import.meta.url))], {
    env: {
      ...process.env,
      OMP_NUM_THREADS: String(threads),
      OPENBLAS_NUM_THREADS: String(threads),
      // Its workers' too: what has not settled after the steps that it was given is known.
      PYTHONWARNINGS: 'ignore',
    },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async (line: string): Promise<unknown> => {
    child.stdin.write(`${line}\n`);
    const next = await lines.next();
    if (next.done) throw new Error(`peers/${script} ended before it answered`);
    return JSON.parse(next.value);
  };
  await answer(JSON.stringify(order));
  return {
    // peers/serve.py answers each line with one such object.
    run: async () => (await answer('')) as Measured<Result>,
    close: () => child.stdin.end(),
  };
}
