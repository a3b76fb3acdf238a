import { KithError } from '../lib/errors.ts';

/**
 * What an engine's failure means to a person. Names the tables and the engine's error, never a value: an insert's error
 * can quote the row, so it is not even kept as the cause.
 */
export function storeError(
  error: unknown,
  doing: 'read' | 'write',
  tables: readonly string[],
  keepCause: boolean,
): KithError {
  if (error instanceof KithError) return error;
  const { code, type, message } = facts(error);
  const options = keepCause ? { cause: error } : undefined;
  const named = tables.length === 0 ? 'the store' : tables.join(', ');
  if (
    /No space left on device|NOT_ENOUGH_SPACE|ENOSPC|File too large|EFBIG|Disk quota exceeded|EDQUOT/.test(
      `${type} ${message}`,
    )
  ) {
    return new KithError(
      'store-unwritable',
      `The disk is full: ${named} could not be written; free some space and run it again`,
      options,
    );
  }
  if (/Read-only file system|Permission denied|EACCES|EROFS/.test(message)) {
    return new KithError(
      'store-unwritable',
      `The data folder may not be written to (${named}); check its permissions and run it again`,
      options,
    );
  }
  if (/ECONNREFUSED|ENOTFOUND|ECONNRESET|EAI_AGAIN|ETIMEDOUT|Timeout error|socket hang up/.test(`${code} ${message}`)) {
    return new KithError(
      'store-unreachable',
      `The ClickHouse server does not answer (${code || 'no answer in time'}); check CLICKHOUSE_URL and that the server runs`,
      options,
    );
  }
  const what = [type, code === '' ? '' : `code ${code}`].filter((part) => part !== '').join(', ') || 'no code';
  return new KithError(
    'store-query',
    `The store could not ${doing} ${named} (${what}); this is a fault in Kith, please report it`,
    options,
  );
}

/** The tables that a statement names as `{db:Identifier}.table`. */
export function tablesOf(sql: string): string[] {
  return [...new Set([...sql.matchAll(/\{db:Identifier\}\.`?(\w+)/g)].map((match) => match[1]!))];
}

function facts(error: unknown): { code: string; type: string; message: string } {
  if (typeof error !== 'object' || error === null) return { code: '', type: '', message: String(error) };
  const read = (name: string): string => {
    const value: unknown = Reflect.get(error, name);
    return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  };
  return { code: read('code'), type: read('type'), message: read('message') };
}
