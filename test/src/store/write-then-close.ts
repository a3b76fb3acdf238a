import { connect } from '../../../src/store/connect.ts';
import { createDatabase } from '../../../src/store/database.ts';

// Run by database.test.ts in a process of its own: the engine is opened once in a process.
const [dataDir = ''] = process.argv.slice(2);
const engine = await connect({ dataDir });
await engine.client.command({ query: 'CREATE DATABASE kith_closed' });
const database = createDatabase(engine, 'kith_closed');
await database.command('CREATE TABLE {db:Identifier}.texts (n UInt32, text String) ENGINE = MergeTree ORDER BY n');
let isWritten = false;
const lines = Buffer.from(Array.from({ length: 200_000 }, (_, n) => `[${n},"row ${n}"]\n`).join(''));
const written = engine.insertLines('kith_closed', 'texts', ['n', 'text'], lines).then(() => {
  isWritten = true;
});
await engine.client.close();
process.stdout.write(JSON.stringify({ isWritten }));
await written;
