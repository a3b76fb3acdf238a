import Apriori from 'apriori';

/** All frequent itemsets by the `apriori` package, in a process of its own, because it may take longer than anybody waits. */
export interface AprioriOrder {
  readonly baskets: readonly (readonly string[])[];
  readonly support: number;
}

export interface AprioriAnswer {
  readonly seconds: number;
  readonly cpuSeconds: number;
  /** Each set's items, sorted and joined by commas. */
  readonly result: readonly string[];
}

function mine({ baskets, support }: AprioriOrder): AprioriAnswer {
  const cpu = process.cpuUsage();
  const startedAt = performance.now();
  const lists = baskets.map((basket) => [...basket]);
  // Its rules are not wanted: at a confidence of 1 it keeps next to none.
  const levels = Object.values(new Apriori.Algorithm(support, 1, false).analyze(lists).frequentItemSets);
  const seconds = (performance.now() - startedAt) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const result = levels.flatMap((level) => level.map(({ itemSet }) => itemSet.toSorted().join(',')));
  return { seconds, cpuSeconds: (user + system) / 1e6, result };
}

process.once('message', (message) => {
  // The parent is bench/frequent-itemsets.ts, which sends what its type says.
  process.send?.(mine(message as AprioriOrder), () => process.disconnect());
});
