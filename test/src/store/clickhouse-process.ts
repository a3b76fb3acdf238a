import { serveClickHouse } from './clickhouse-http.ts';

// A ClickHouse server in a process of its own: an engine may be opened once per process. Ends with whoever started it.
const [path = '', password = '', port = '0'] = process.argv.slice(2);
const { url, close } = await serveClickHouse({ path, password, port: Number(port) });
process.stdout.write(`${url}\n`);
process.stdin.resume();
process.stdin.once('end', () => void close().then(() => process.exit(0)));
