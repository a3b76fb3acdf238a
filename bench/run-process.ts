import { type ChildProcess, fork } from 'node:child_process';

/** Starts a file of this folder as a process, hands it its order, and gives its first answer; `ask` hands it more, `stop` ends it. */
export async function runProcess<Order extends object, Answer>(
  file: string,
  order: Order,
): Promise<{ answer: Answer; ask: (more: object) => Promise<unknown>; stop: () => void }> {
  const child = fork(new URL(file, import.meta.url), { execArgv: [...process.execArgv, '--expose-gc'] });
  const ask = (more: object): Promise<unknown> => {
    child.send(more);
    return nextMessage(child, file);
  };
  // Each file answers each message with one, of the type that it declares.
  return { answer: (await ask(order)) as Answer, ask, stop: () => child.disconnect() };
}

/** As `runProcess`, for work that needs no end of its own: null, and the process killed, after so many seconds. */
export async function runProcessWithin<Order extends object, Answer>(
  file: string,
  order: Order,
  seconds: number,
): Promise<Answer | null> {
  const child = fork(new URL(file, import.meta.url));
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    child.kill('SIGKILL');
  }, seconds * 1000);
  child.send(order);
  try {
    // Each file sends exactly one message, of the type that it declares.
    return (await nextMessage(child, file)) as Answer;
  } catch (error) {
    if (isLate) return null;
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

function nextMessage(child: ChildProcess, file: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null): void => reject(new Error(`${file} ended with ${code} before it answered`));
    child.once('message', (message) => {
      child.off('error', reject);
      child.off('exit', ended);
      resolve(message);
    });
    child.once('error', reject);
    child.once('exit', ended);
  });
}
