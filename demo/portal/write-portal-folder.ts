import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { stringify } from 'csv-stringify/sync';
import type { PlantedTruths } from './planted-truths.ts';
import type { CrmObjectType, PortalData, RecordTable } from './portal-data.ts';
import {
  ENGAGEMENT_FILE,
  ENGAGEMENT_LINKS,
  ENGAGEMENT_PROPERTIES,
  PORTAL_FILES,
  type PortalFile,
  RENAMED_COLUMNS,
} from './portal-files.ts';

type Row = readonly (string | null)[];

/**
 * Writes a portal as a folder of CRM export files, with `account.json` (zone, currencies) and `truths.json` beside them.
 * Reading the folder back gives the same portal.
 */
export async function writePortalFolder(
  portal: PortalData,
  truths: PlantedTruths | null,
  directory: string,
  options: { gzip?: boolean } = {},
): Promise<void> {
  await mkdir(directory, { recursive: true });
  const write = async (name: string, header: readonly string[], rows: Iterable<Row>): Promise<void> => {
    // In slices: a million rows are too long for one text.
    const parts: string[] = [stringify([[...header]])];
    const slice: Row[] = [];
    for (const row of rows) {
      slice.push(row);
      if (slice.length === 20_000) parts.push(stringify(slice.splice(0) as string[][]));
    }
    if (slice.length > 0) parts.push(stringify(slice as string[][]));
    const bytes = Buffer.concat(parts.map((part) => Buffer.from(part)));
    if (options.gzip === true) await writeFile(join(directory, `${name}.csv.gz`), await promisify(gzip)(bytes));
    else await writeFile(join(directory, `${name}.csv`), bytes);
  };
  await write(
    'owners',
    ['id', 'email', 'firstName', 'lastName', 'archived'],
    portal.owners.map((owner) => [owner.id, owner.email, owner.firstName, owner.lastName, String(owner.archived)]),
  );
  await write(
    'pipelines',
    ['object', 'pipeline_id', 'pipeline_label', 'stage_id', 'stage_label', 'is_closed', 'probability'],
    portal.stages.map((stage) => [
      stage.object,
      stage.pipelineId,
      stage.pipelineLabel,
      stage.stageId,
      stage.stageLabel,
      String(stage.isClosed),
      stage.probability,
    ]),
  );
  for (const file of PORTAL_FILES) {
    const table = portal.objects.get(file.type);
    if (table === undefined) continue;
    const columns = [...table.columns.keys()];
    const named = columns.map((column) => fileColumn(file.file, column));
    const links = file.links.flatMap((link) => [
      link.column,
      ...(link.others === undefined ? [] : [link.others, link.unmarked!]),
    ]);
    await write(file.file, ['id', ...named, ...links], fileRows(portal, file, table));
  }
  await write(
    ENGAGEMENT_FILE,
    ['id', 'type', 'at', 'direction', 'outcome', 'score', ...ENGAGEMENT_LINKS.map((link) => link.column)],
    engagementRows(portal),
  );
  await writeFile(join(directory, 'account.json'), `${JSON.stringify(portal.account, null, 2)}\n`);
  if (truths !== null) await writeFile(join(directory, 'truths.json'), `${JSON.stringify(truths, null, 2)}\n`);
}

function fileColumn(file: string, property: string): string {
  const renamed = Object.entries(RENAMED_COLUMNS).find(
    ([key, name]) => name === property && key.startsWith(`${file}.`),
  );
  return renamed === undefined ? property : renamed[0].slice(file.length + 1);
}

function* fileRows(portal: PortalData, file: PortalFile, table: RecordTable): Generator<Row> {
  const columns = [...table.columns.values()];
  const links = file.links.map((link) => ({ link, cells: linkCells(portal, file.type, link) }));
  for (let row = 0; row < table.ids.length; row++) {
    yield [table.ids[row]!, ...columns.map((values) => values[row]!), ...links.flatMap(({ cells }) => cells(row))];
  }
}

/** The cells that name a row's links of one kind: the primary or oldest one, and, where the file has room, the others. */
function linkCells(portal: PortalData, type: CrmObjectType, link: PortalFile['links'][number]): (row: number) => Row {
  const table = portal.links.find((one) => one.fromType === type && one.toType === link.to);
  const to = portal.objects.get(link.to);
  const width = link.others === undefined ? 1 : 3;
  if (table === undefined || to === undefined) return () => Array<null>(width).fill(null);
  return (row) => {
    const places: number[] = [];
    for (let k = table.offsets[row]!; k < table.offsets[row + 1]!; k++) places.push(k);
    if (places.length === 0) return Array<null>(width).fill(null);
    const marked = places.find((k) => table.primary[k] === 1);
    const oldest = [...places].sort(
      (a, b) => to.createdAt[table.targets[a]!]! - to.createdAt[table.targets[b]!]! || a - b,
    )[0]!;
    const first = marked ?? oldest;
    const id = (k: number): string => to.ids[table.targets[k]!]!;
    if (width === 1) return [id(first)];
    const others = places.filter((k) => k !== first).map(id);
    return [
      id(first),
      others.length === 0 ? null : others.join(';'),
      link.hasPrimary && marked === undefined ? 'true' : null,
    ];
  };
}

function* engagementRows(portal: PortalData): Generator<Row> {
  for (const [kind, properties] of Object.entries(ENGAGEMENT_PROPERTIES)) {
    const table = portal.objects.get(properties.type);
    if (table === undefined) continue;
    const values = (['at', 'direction', 'outcome', 'score'] as const).map((column) => {
      const property = properties[column];
      return property === undefined ? undefined : table.columns.get(property);
    });
    const links = ENGAGEMENT_LINKS.map((link) => linkCells(portal, properties.type, link));
    for (let row = 0; row < table.ids.length; row++) {
      yield [
        table.ids[row]!,
        kind,
        ...values.map((column) => column?.[row] ?? null),
        ...links.flatMap((cells) => cells(row)),
      ];
    }
  }
}
