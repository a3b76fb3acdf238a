import type { IncomingMessage } from 'node:http';

const MOST_BYTES = 64 * 1024 * 1024;

/** The whole body; rejects when it is larger than any file Kith sends. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > MOST_BYTES) throw new RangeError(`a request body of more than ${MOST_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/**
 * A Web API call's arguments, from a form or from JSON. In a form, Slack takes objects and arrays as JSON text, so those
 * that look like one are parsed; `null` when the body cannot be read at all.
 */
export function parseArguments(
  body: Buffer,
  contentType: string,
  query: URLSearchParams,
): Record<string, unknown> | null {
  const text = body.toString('utf8');
  if (contentType.startsWith('application/json')) {
    try {
      const parsed: unknown = JSON.parse(text === '' ? '{}' : text);
      return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? { ...parsed } : null;
    } catch {
      return null;
    }
  }
  const args: Record<string, unknown> = {};
  for (const [key, value] of [...query, ...new URLSearchParams(text)]) args[key] = value;
  for (const key of ['blocks', 'view', 'files', 'attachments', 'metadata']) {
    if (typeof args[key] === 'string') args[key] = parseOrKeep(args[key]);
  }
  return args;
}

function parseOrKeep(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The bytes of an uploaded file: the first file of a multipart form, or the body itself. */
export async function uploadedBytes(body: Buffer, contentType: string): Promise<Buffer> {
  if (!contentType.startsWith('multipart/form-data')) return body;
  const form = await new Response(new Uint8Array(body), { headers: { 'content-type': contentType } }).formData();
  for (const value of form.values()) if (typeof value !== 'string') return Buffer.from(await value.arrayBuffer());
  return Buffer.alloc(0);
}
