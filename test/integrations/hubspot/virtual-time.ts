/** A clock that only sleeping moves, for client and server alike: no test waits for a limit in real time. */
export function virtualTime(start = Date.UTC(2026, 0, 15, 12)) {
  let time = start;
  const slept: number[] = [];
  return {
    now: () => time,
    sleep: async (milliseconds: number, signal?: AbortSignal) => {
      signal?.throwIfAborted();
      slept.push(milliseconds);
      time += milliseconds;
    },
    /** Every wait so far, in milliseconds. */
    slept,
  };
}
