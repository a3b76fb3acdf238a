/** Ids of one kind that may have been written: never wrong when it says no. */
export interface SeenIds {
  mayHave(id: string): boolean;
  add(id: string): void;
}

const BITS = 2 ** 25;
const PROBES = 4;
const [FIRST, SECOND] = [0x811c9dc5, 0x9747b28c];

/**
 * One Bloom filter (Bloom 1970) of 4 MB over the ids of all kinds, so that what it takes depends neither on how many kinds
 * nor on how many ids there are. Its four probes are made of two hashes (Kirsch and Mitzenmacher 2008). During a first import
 * it spares a look-up of every new record: at a million ids fewer than 1 in 5,000 new ones are looked up in vain, at three
 * million 1 in 100, and at any number an answer of "may have" only costs time.
 */
export function createSeenIds(): (kind: string) => SeenIds {
  const words = new Uint32Array(BITS / 32);
  return (kind) => {
    const [first, second] = [hash(`${kind}/`, FIRST), hash(`${kind}/`, SECOND)];
    return {
      mayHave(id) {
        const [from, step] = [finished(hash(id, first)), finished(hash(id, second)) | 1];
        for (let probe = 0; probe < PROBES; probe++) {
          const bit = (from + Math.imul(probe, step)) & (BITS - 1);
          if (((words[bit >>> 5]! >>> (bit & 31)) & 1) === 0) return false;
        }
        return true;
      },
      add(id) {
        const [from, step] = [finished(hash(id, first)), finished(hash(id, second)) | 1];
        for (let probe = 0; probe < PROBES; probe++) {
          const bit = (from + Math.imul(probe, step)) & (BITS - 1);
          words[bit >>> 5]! |= 1 << (bit & 31);
        }
      },
    };
  };
}

/** FNV-1a, which goes on from where it was left. */
function hash(text: string, start: number): number {
  let h = start;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h;
}

/** MurmurHash3's finaliser: spreads ids that differ in their last digits alone. */
function finished(value: number): number {
  let h = value;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
