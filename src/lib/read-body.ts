import type { IncomingMessage } from 'node:http';

/** No request that Kith takes is larger. */
export const MOST_BODY_BYTES = 1_000_000;

/** The bytes of a request as they came, which is what was signed; null when there are too many. */
export async function readBody(request: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= MOST_BODY_BYTES) chunks.push(chunk);
  }
  return size > MOST_BODY_BYTES ? null : Buffer.concat(chunks);
}
