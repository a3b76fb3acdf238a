const GONE = '[redacted]';
const DEEPEST = 6;

/** Names of fields whose value is a secret, whatever it looks like. */
const SECRET_NAME =
  /authorization|cookie|token|secret|password|passwd|api[_-]?key|private[_-]?key|signature|^keys?$|identity_?keys?/i;

/** What tokens look like: Slack's, HubSpot's, bearers, Kith's identity keys, and users with passwords in addresses. */
const SECRET_TEXTS: readonly (readonly [RegExp, string])[] = [
  [/\b(?:xox[a-z]|xapp)-[\w-]{6,}/g, GONE],
  [/\bpat-[a-z0-9]{2,4}-[\w-]{6,}/gi, GONE],
  [/\b(bearer|basic)\s+[\w.~+/=-]{8,}/gi, `$1 ${GONE}`],
  [/\bk[0-9a-f]{1,8}:[A-Za-z0-9+/]{42,}={0,2}/g, GONE],
  [/\b(\w+:\/\/)[^\s/:@]+:[^\s/@]+@/g, `$1${GONE}@`],
  [
    /\b((?:access|refresh|client|signing|bot|app)[_-]?(?:token|secret)["']?\s*[=:]\s*["']?)[^\s"'&,;}]{6,}/gi,
    `$1${GONE}`,
  ],
];

/**
 * A copy of anything that is about to be logged, without secrets: values of fields that are named like one, texts that look like one,
 * and the given `secrets` wherever they stand. Errors become their message and code; what is nested too deep is left out.
 */
export function redact(value: string, secrets?: Iterable<string>): string;
export function redact(value: object, secrets?: Iterable<string>): object;
export function redact(value: string | object, secrets: Iterable<string> = []): unknown {
  return clean(value, secrets, DEEPEST, new Set());
}

function clean(value: unknown, secrets: Iterable<string>, depth: number, above: ReadonlySet<object>): unknown {
  if (typeof value === 'string') return cleanText(value, secrets);
  if (typeof value !== 'object' || value === null) return typeof value === 'bigint' ? String(value) : value;
  if (depth === 0 || above.has(value)) return '…';
  const within = new Set([...above, value]);
  const inner = (one: unknown): unknown => clean(one, secrets, depth - 1, within);
  if (value instanceof Error) {
    const { name, message, stack } = value;
    const code = 'code' in value ? { code: inner(value.code) } : {};
    return { name, message: cleanText(message, secrets), ...code, stack: cleanText(stack ?? '', secrets) };
  }
  if (Array.isArray(value)) return value.map(inner);
  if (ArrayBuffer.isView(value)) return `${value.byteLength} bytes`;
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [
      name,
      SECRET_NAME.test(name) && (typeof one === 'string' || (typeof one === 'object' && one !== null))
        ? GONE
        : inner(one),
    ]),
  );
}

function cleanText(text: string, secrets: Iterable<string>): string {
  let cleaned = text;
  for (const secret of secrets) {
    // A short one would take ordinary words apart.
    if (secret.length >= 6) cleaned = cleaned.replaceAll(secret, GONE);
  }
  for (const [pattern, instead] of SECRET_TEXTS) cleaned = cleaned.replace(pattern, instead);
  return cleaned;
}
