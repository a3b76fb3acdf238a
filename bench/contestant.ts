/** One run of one side. */
export interface Measured<Result> {
  readonly seconds: number;
  /** Of all its threads, so that a machine busy with other things can be seen through. */
  readonly cpuSeconds: number;
  readonly result: Result;
}

/** One side of a comparison, ready to run the work again and again. */
export interface Contestant<Result> {
  run(): Promise<Measured<Result>>;
  close(): void;
}

/** Work that runs in this process. */
export function inThisProcess<Result>(work: () => Result | Promise<Result>): Contestant<Result> {
  return {
    async run() {
      const cpu = process.cpuUsage();
      const startedAt = performance.now();
      const result = await work();
      const seconds = (performance.now() - startedAt) / 1000;
      const { user, system } = process.cpuUsage(cpu);
      return { seconds, cpuSeconds: (user + system) / 1e6, result };
    },
    close() {},
  };
}
