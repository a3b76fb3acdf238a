import { KithError } from '../lib/errors.ts';

/** A part whose files are not what was written of them: names and codes, as the embedded engine tells one or the other. */
const DAMAGED: ReadonlySet<string> = new Set([
  'CANNOT_READ_ALL_DATA',
  '33',
  'CHECKSUM_DOESNT_MATCH',
  '40',
  'BAD_SIZE_OF_FILE_IN_DATA_PART',
  '228',
  'NO_FILE_IN_DATA_PART',
  '226',
]);

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
  )
    return diskFull(named, options);
  if (DAMAGED.has(type) || DAMAGED.has(code))
    return new KithError(
      'store-damaged',
      {
        en: `A file of ${named} in the store is damaged (${type || code}); start Kith again: it sets aside what cannot be read, and 'kith doctor' says what to do then`,
        zh: `数据存储中 ${named} 的一个文件已损坏（${type || code}）；请重新启动 Kith：它会隔离无法读取的部分，之后 \`kith doctor\` 会说明如何处理`,
      },
      options,
    );
  if (type === 'MEMORY_LIMIT_EXCEEDED' || code === '241') {
    const [, needed = 'more'] = /would use ([\d.]+ \w+)/.exec(message) ?? [];
    const [, most = 'less'] = /maximum: ([\d.]+ \w+)/.exec(message) ?? [];
    return new KithError(
      'store-memory',
      {
        en: `The engine needed ${needed} of memory for ${named} and may take ${most}; give it more with KITH_ENGINE_MEMORY_MB and start Kith again, or give the machine more memory (with CLICKHOUSE_URL: raise max_memory_usage on that server)`,
        zh: `引擎处理 ${named} 需要 ${needed} 内存，上限为 ${most}；请调高 KITH_ENGINE_MEMORY_MB 并重启 Kith，或增加机器内存（使用 CLICKHOUSE_URL 时，请在该服务器上调高 max_memory_usage）`,
      },
      options,
    );
  }
  if (/Read-only file system|Permission denied|EACCES|EROFS/.test(message)) {
    return new KithError(
      'store-unwritable',
      {
        en: `The data folder may not be written to (${named}); check its permissions and run it again`,
        zh: `数据文件夹不可写（${named}）；请检查其权限后重试`,
      },
      options,
    );
  }
  if (/ECONNREFUSED|ENOTFOUND|ECONNRESET|EAI_AGAIN|ETIMEDOUT|Timeout error|socket hang up/.test(`${code} ${message}`)) {
    return new KithError(
      'store-unreachable',
      {
        en: `The ClickHouse server does not answer (${code || 'no answer in time'}); check CLICKHOUSE_URL and that the server runs`,
        zh: `ClickHouse 服务器没有响应（${code || '超时'}）；请检查 CLICKHOUSE_URL 以及服务器是否在运行`,
      },
      options,
    );
  }
  const what = [type, code === '' ? '' : `code ${code}`].filter((part) => part !== '').join(', ') || 'no code';
  return new KithError(
    'store-query',
    {
      en: `The store could not ${doing} ${named} (${what}); this is a fault in Kith, please report it`,
      zh: `数据存储无法${doing === 'read' ? '读取' : '写入'} ${named}（${what}）；这是 Kith 的故障，请报告`,
    },
    options,
  );
}

export function diskFull(named: string, options?: { cause?: unknown }): KithError {
  return new KithError(
    'store-unwritable',
    {
      en: `The disk is full: ${named} could not be written; free some space and run it again`,
      zh: `磁盘已满：${named} 无法写入；请释放空间后重试`,
    },
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
