/** Keeps one person from taking all of Kith's time. */
export interface PerUserLimit {
  /** Runs `work`, unless the person has as many under way as they may: what `refusal` makes is thrown then. */
  run<Result>(userId: string, work: () => Promise<Result>, refusal: (atOnce: number) => Error): Promise<Result>;
}

export function createPerUserLimit(atOnce: number): PerUserLimit {
  const underWay = new Map<string, number>();
  return {
    async run(userId, work, refusal) {
      const before = underWay.get(userId) ?? 0;
      if (before >= atOnce) throw refusal(atOnce);
      underWay.set(userId, before + 1);
      try {
        return await work();
      } finally {
        const after = (underWay.get(userId) ?? 1) - 1;
        if (after === 0) underWay.delete(userId);
        else underWay.set(userId, after);
      }
    },
  };
}
