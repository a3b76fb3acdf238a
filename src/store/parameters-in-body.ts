import type { QueryParameters } from './portal-store.ts';

/** What a statement's parameters may take in an address: servers and those before them refuse long ones. */
const LONGEST_IN_ADDRESS = 4_096;

/** A form that carries a statement's parameters, and the header that says so. */
export interface ParameterForm {
  readonly body: string;
  readonly contentType: string;
}

/**
 * The parameters as a form in the request's body, escaped as ClickHouse reads them; null where they are short enough for the
 * address. The client does this by itself for queries, and not for statements whose answer is no rows of JSON.
 * Source: ClickHouse's HTTP interface, "param_<name>" in multipart/form-data.
 */
export async function parametersInBody(parameters: QueryParameters): Promise<ParameterForm | null> {
  const fields = Object.entries(parameters).map(([name, value]) => [`param_${name}`, fieldOf(value)] as const);
  const length = fields.reduce((sum, [name, value]) => sum + name.length + encodeURIComponent(value).length + 2, 0);
  if (length <= LONGEST_IN_ADDRESS) return null;
  const form = new FormData();
  for (const [name, value] of fields) form.set(name, value);
  const written = new Response(form);
  return { body: await written.text(), contentType: written.headers.get('content-type') ?? '' };
}

function fieldOf(value: QueryParameters[string]): string {
  if (typeof value !== 'object') return typeof value === 'boolean' ? String(Number(value)) : escaped(String(value));
  return `[${value.map((item) => (typeof item === 'string' ? `'${escaped(item)}'` : String(item))).join(',')}]`;
}

const ESCAPES: Readonly<Record<string, string>> = { '\t': '\\t', '\n': '\\n', '\r': '\\r', "'": "\\'", '\\': '\\\\' };

function escaped(text: string): string {
  return text.replace(/[\t\n\r'\\]/g, (letter) => ESCAPES[letter]!);
}
