import { IncomingMessage } from 'node:http';
import type { ReadCall } from '../../src/ports/gateway.ts';

/** The same request, to be read once more by whoever it is for. */
export function replayed({ request, body }: ReadCall): IncomingMessage {
  const again = new IncomingMessage(request.socket);
  again.method = request.method;
  again.url = request.url;
  again.headers = request.headers;
  again.rawHeaders = request.rawHeaders;
  again.httpVersion = request.httpVersion;
  again.push(body);
  again.push(null);
  // Whoever has read it to its end leaves the connection as it is.
  again.complete = true;
  return again;
}
