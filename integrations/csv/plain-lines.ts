/** What is left of a file at its first line that takes more than cutting at commas. */
export interface Remainder {
  /** Lines before it. */
  readonly lines: number;
  /** The bytes from its first line on that were read already. */
  readonly bytes: Buffer;
}

const [NEWLINE, RETURN, QUOTE] = [0x0a, 0x0d, 0x22];
const UTF8_MARK = Buffer.from([0xef, 0xbb, 0xbf]);
const UTF16_MARK = Buffer.from([0xff, 0xfe]);

/**
 * The lines of a CSV file, as many at once as a look at it gives, while they are plain: UTF-8, ended by a newline alone, without a
 * quote, none longer than `longest` bytes. Returns what is left for a parser; null at the end of the file. Most exports are plain from
 * beginning to end, and cutting them is several times as quick as parsing.
 */
export async function* plainLines(
  chunks: AsyncIterator<Buffer>,
  longest: number,
): AsyncGenerator<readonly string[], Remainder | null> {
  let lines = 0;
  let rest: Buffer = Buffer.alloc(0);
  let isStart = true;
  for (;;) {
    const { value, done } = await chunks.next();
    if (done === true) break;
    rest = rest.length === 0 ? value : Buffer.concat([rest, value]);
    if (isStart) {
      const header = rest.indexOf(NEWLINE);
      if (header === -1 && rest.length <= longest) continue;
      // Which marks end its lines is read off the first one, by whoever parses the file.
      const returns = rest.indexOf(RETURN);
      const isOther = header === -1 || (returns !== -1 && returns < header);
      if (isOther || rest.subarray(0, 2).equals(UTF16_MARK)) return { lines, bytes: rest };
      if (rest.subarray(0, 3).equals(UTF8_MARK)) rest = rest.subarray(3);
      isStart = false;
    }
    // What was left had no end yet, so only the first line can be as long.
    if (rest.length > longest && rest.indexOf(NEWLINE) > longest) return { lines, bytes: rest };
    const quote = rest.indexOf(QUOTE);
    const end = rest.lastIndexOf(NEWLINE, quote === -1 ? rest.length : quote);
    if (end !== -1) {
      const whole = rest.toString('utf8', 0, end).split('\n');
      lines += whole.length;
      yield whole;
      rest = rest.subarray(end + 1);
    }
    if (quote !== -1 || rest.length > longest) return { lines, bytes: rest };
  }
  // The last line need not end in a newline; a file of one line may hold anything.
  if (isStart) return rest.length === 0 ? null : { lines, bytes: rest };
  if (rest.length > 0) yield [rest.toString('utf8')];
  return null;
}
