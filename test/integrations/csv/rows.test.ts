import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readRows } from '../../../integrations/csv/rows.ts';
import { seededRandom } from '../../../src/math/random.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kith-rows-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function rowsOf(content: string | Buffer, name = 'rows.csv') {
  await writeFile(join(folder, name), content);
  const rows: [number, readonly string[], string][] = [];
  for await (const { line, cells, problem } of readRows(join(folder, name))) rows.push([line, cells, problem]);
  return rows;
}

const cellsOf = async (content: string | Buffer) => (await rowsOf(content)).map(([, cells]) => cells);

describe('rows of a CSV file', () => {
  it('are the same whether a quote comes at once, late or never', async () => {
    const random = seededRandom(5);
    // Longer than a file is read at a time, so that lines and letters are cut anywhere.
    const plain = Array.from({ length: 9_000 }, (_, i) => `${i},Käse ${'龙'.repeat(Math.floor(6 * random()))},x`);
    for (const at of [0, 1, 4_321, 8_999, null]) {
      const lines = plain.map((line, i) => (i === at ? `${i},"a ""b"", c",x` : line));
      const content = lines.join('\n');
      const expected = parse(content, { relax_column_count: true }) as string[][];
      expect(await rowsOf(content)).toEqual(expected.map((cells, i) => [i + 1, cells, '']));
    }
  });

  it('keep their line numbers after values of several lines and after rows that cannot be cut', async () => {
    const content = 'id,name\n1,A\n\n2,"two\nlines"\n3,x"y\n4,B\n';
    const wrong = 'a quote stands where none may; put the whole value in quotes and double the quotes inside it';
    expect(await rowsOf(content)).toEqual([
      [1, ['id', 'name'], ''],
      [2, ['1', 'A'], ''],
      [4, ['2', 'two\nlines'], ''],
      [6, [], wrong],
      [7, ['4', 'B'], ''],
    ]);
  });

  it('end as the first line ends: a return later on is a letter like others', async () => {
    expect(await cellsOf('id,name\r\n1,A\r\n2,B\r\n')).toEqual([
      ['id', 'name'],
      ['1', 'A'],
      ['2', 'B'],
    ]);
    expect(await cellsOf('id,name\r1,A\r')).toEqual([
      ['id', 'name'],
      ['1', 'A'],
    ]);
    expect(await cellsOf('id,name\n1,A\r\n2,"B"\n3,C\n')).toEqual([
      ['id', 'name'],
      ['1', 'A\r'],
      ['2', 'B'],
      ['3', 'C'],
    ]);
  });

  it('begin after the mark of their encoding', async () => {
    expect(await cellsOf('\ufeffid,name\n1,Ä\n')).toEqual([
      ['id', 'name'],
      ['1', 'Ä'],
    ]);
    expect(await cellsOf(Buffer.from('\ufeffid,name\n1,Ä\n', 'utf16le'))).toEqual([
      ['id', 'name'],
      ['1', 'Ä'],
    ]);
  });

  it('are none of an empty file, and one of a single line, ended or not', async () => {
    expect(await cellsOf('')).toEqual([]);
    expect(await cellsOf('id,name')).toEqual([['id', 'name']]);
    expect(await cellsOf('id,name\n')).toEqual([['id', 'name']]);
    expect(await cellsOf('"id",name')).toEqual([['id', 'name']]);
  });

  it('come out of a packed file, of which the rest after a quote is parsed too', async () => {
    const rows = await rowsOf(gzipSync('id,name\n1,A\n2,"B, C"\n3,D\n'), 'rows.csv.gz');
    expect(rows.map(([, cells]) => cells)).toEqual([
      ['id', 'name'],
      ['1', 'A'],
      ['2', 'B, C'],
      ['3', 'D'],
    ]);
  });

  it('say of a file that cannot be unpacked, or read, which one it is', async () => {
    await expect(rowsOf('no archive', 'broken.csv.gz')).rejects.toThrow(/broken\.csv\.gz cannot be unpacked/);
    const nowhere = async () => {
      for await (const _ of readRows(join(folder, 'nowhere.csv'))) expect.unreachable();
    };
    await expect(nowhere()).rejects.toThrow(/nowhere\.csv cannot be read/);
  });

  it('that are longer than any record are handed to the parser, which says so', async () => {
    const rows = await rowsOf(`id,name\n1,${'x'.repeat(1_100_000)}\n2,B\n`);
    expect(rows[0]).toEqual([1, ['id', 'name'], '']);
    expect(rows[1]![2]).toBe('a quote is opened and never closed');
  });
});
