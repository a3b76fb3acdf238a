import { createSerial } from './serial.ts';

/** Waits until what began to write before is written, or has failed. */
type Written = () => Promise<void>;

/** Work on the tables in the order in which it came; the failure of one does not stop the next. */
export interface WriteOrder {
  /** Begins once everything before it is written. */
  alone<Result>(work: () => Promise<Result>): Promise<Result>;
  /**
   * `prepare` runs after everything before it was prepared, and gives back the write, which then goes on beside the next ones: that is
   * for rows which are right in whatever order they arrive. Where it looks at what is stored, it waits for `written`.
   */
  beside(prepare: (written: Written) => Promise<() => Promise<void>>): Promise<void>;
}

export function createWriteOrder(): WriteOrder {
  const serially = createSerial();
  const underWay = new Set<Promise<void>>();
  const written: Written = async () => {
    await Promise.allSettled(underWay);
  };
  return {
    alone: (work) =>
      serially(async () => {
        await written();
        return work();
      }),
    async beside(prepare) {
      // In a box, since what an asynchronous function gives back is waited for.
      const [write] = await serially(async () => {
        const begin = await prepare(written);
        const write = begin();
        underWay.add(write);
        const settled = (): boolean => underWay.delete(write);
        write.then(settled, settled);
        return [write];
      });
      await write;
    },
  };
}
