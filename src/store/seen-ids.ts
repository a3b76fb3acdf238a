/** Ids that may have been written: never wrong when it says no. */
export interface SeenIds {
  mayHave(id: string): boolean;
  add(id: string): void;
}

const BITS = 2 ** 23;

/**
 * A Bloom filter (Bloom 1970) of 1 MB with two hashes. During a first import it spares a look-up of every new record: at
 * 400,000 ids fewer than 1 % of the new ones are looked up in vain, and at any size an answer of "may have" only costs time.
 */
export function createSeenIds(): SeenIds {
  const words = new Uint32Array(BITS / 32);
  const has = (bit: number): boolean => ((words[bit >>> 5]! >>> (bit & 31)) & 1) === 1;
  const set = (bit: number): void => {
    words[bit >>> 5]! |= 1 << (bit & 31);
  };
  return {
    mayHave: (id) => has(hash(id, 0x811c9dc5)) && has(hash(id, 0x9747b28c)),
    add(id) {
      set(hash(id, 0x811c9dc5));
      set(hash(id, 0x9747b28c));
    },
  };
}

/** FNV-1a with MurmurHash3's finaliser, which spreads ids that differ in their last digits alone. */
function hash(text: string, seed: number): number {
  let h = seed;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return ((h ^ (h >>> 16)) >>> 0) % BITS;
}
