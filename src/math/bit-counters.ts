/** A number for each of many places, 32 places a word, its bits a word each: plane p holds the bits worth 2^p. */
export interface BitCounters {
  /** Counts, for the places of words `from` … `to`, the rows of `bits` that hold them: those that begin at `bases`, four by four. */
  count(bits: Int32Array, bases: Int32Array, from: number, to: number): void;
  /** Makes a place's number 0. */
  clear(place: number): void;
  /** The places of a word whose number is `least` or more, a bit each. */
  atLeast(least: number, word: number): number;
  at(place: number): number;
}

/**
 * Numbers up to `most` for 32 × `words` places. Four rows are added at once: three full adders leave what is worth 1, 2 and 4.
 *
 * Warren, H. (2012). Hacker's Delight, 2nd ed., section 5-1 (carry-save adders).
 */
export function bitCounters(words: number, most: number): BitCounters {
  const depth = Math.max(2, 32 - Math.clz32(most));
  const planes = new Int32Array(depth * words);
  return {
    count(bits, bases, from, to) {
      for (let word = from; word < to; word++) {
        for (let at = 2 * words + word; at < planes.length; at += words) planes[at] = 0;
        let ones = 0;
        let twos = 0;
        for (let b = 0; b < bases.length; b += 4) {
          const first = bits[bases[b]! + word]!;
          const second = bits[bases[b + 1]! + word]!;
          const third = bits[bases[b + 2]! + word]!;
          const fourth = bits[bases[b + 3]! + word]!;
          let odd = ones ^ first;
          const pairs = (ones & first) | (odd & second);
          ones = odd ^ second;
          odd = ones ^ third;
          const others = (ones & third) | (odd & fourth);
          ones = odd ^ fourth;
          odd = twos ^ pairs;
          let carry = (twos & pairs) | (odd & others);
          twos = odd ^ others;
          for (let at = 2 * words + word; carry !== 0; at += words) {
            const plane = planes[at]!;
            planes[at] = plane ^ carry;
            carry &= plane;
          }
        }
        planes[word] = ones;
        planes[words + word] = twos;
      }
    },
    clear(place) {
      for (let at = place >> 5; at < planes.length; at += words) planes[at] = planes[at]! & ~(1 << (place & 31));
    },
    atLeast(least, word) {
      let more = 0;
      let equal = -1;
      for (let p = depth - 1, at = p * words + word; p >= 0; p--, at -= words) {
        const plane = planes[at]!;
        if ((least >> p) & 1) {
          equal &= plane;
        } else {
          more |= equal & plane;
          equal &= ~plane;
        }
      }
      return more | equal;
    },
    at(place) {
      let number = 0;
      for (let p = depth - 1, at = p * words + (place >> 5); p >= 0; p--, at -= words) {
        number = 2 * number + ((planes[at]! >> (place & 31)) & 1);
      }
      return number;
    },
  };
}

/**
 * How many bits are 1.
 *
 * Warren, H. (2012). Hacker's Delight, 2nd ed., figure 5-2.
 */
export function bitCount(word: number): number {
  let sums = word - ((word >>> 1) & 0x55555555);
  sums = (sums & 0x33333333) + ((sums >>> 2) & 0x33333333);
  return Math.imul((sums + (sums >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
