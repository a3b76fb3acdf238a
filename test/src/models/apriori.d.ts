/** The parts of `apriori` 1.0.7 that tests use as an oracle; the package brings no types of its own. */
declare module 'apriori' {
  interface Itemset {
    readonly itemSet: readonly string[];
    readonly support: number;
  }
  class Algorithm {
    constructor(minimumSupport: number, minimumConfidence: number, debug: boolean);
    analyze(transactions: readonly (readonly string[])[]): {
      readonly frequentItemSets: Readonly<Record<string, readonly Itemset[]>>;
    };
  }
  const apriori: { readonly Algorithm: typeof Algorithm };
  export default apriori;
}
