import { type ChildProcess, fork } from 'node:child_process';

/** Starts a file of this folder as a process, hands it its order, and gives its first answer; `stop` ends it. */
export async function runProcess<Order extends object, Answer>(
  file: string,
  order: Order,
): Promise<{ answer: Answer; stop: () => void }> {
  const child = fork(new URL(file, import.meta.url), { execArgv: [...process.execArgv, '--expose-gc'] });
  child.send(order);
  // Each file sends exactly one message, of the type that it declares.
  return { answer: (await firstMessage(child, file)) as Answer, stop: () => child.disconnect() };
}

function firstMessage(child: ChildProcess, file: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    child.once('message', resolve);
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${file} ended with ${code} before it answered`)));
  });
}
