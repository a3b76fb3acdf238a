/**
 * Runs a task for each item, at most `atOnce` at a time and begun in their order. After a failure nothing new is begun, what
 * runs is asked to stop and waited for, and the first failure is thrown.
 */
export async function inParallel<Item>(
  items: readonly Item[],
  atOnce: number,
  task: (item: Item, signal: AbortSignal) => Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  const failed = new AbortController();
  const stop = signal === undefined ? failed.signal : AbortSignal.any([signal, failed.signal]);
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length && !failed.signal.aborted) {
      const item = items[next++]!;
      try {
        stop.throwIfAborted();
        await task(item, stop);
      } catch (error) {
        // Kept in a box, so that the first one is told whatever it is.
        if (!failed.signal.aborted) failed.abort({ error });
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  if (failed.signal.aborted) throw (failed.signal.reason as { error: unknown }).error; // the box above
}
