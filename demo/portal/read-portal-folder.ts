import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { z } from 'zod';
import { KithError } from '../../src/lib/errors.ts';
import {
  CRM_OBJECT_TYPES,
  type CrmObjectType,
  type LinkTable,
  type PortalAccount,
  type PortalData,
  type PortalOwner,
  type PortalStage,
  type RecordTable,
  rowOfId,
  type SkippedRow,
} from './portal-data.ts';
import {
  ENGAGEMENT_FILE,
  ENGAGEMENT_LINKS,
  ENGAGEMENT_PROPERTIES,
  INSTANT_PROPERTIES,
  PORTAL_FILES,
  type PortalFile,
  RENAMED_COLUMNS,
} from './portal-files.ts';
import { csvPath, readCsvRows } from './read-csv-rows.ts';
import { dateLineItemsByDeal, instantsOf } from './record-dates.ts';
import { linkTable, TableBuilder } from './table-builder.ts';

const accountFile = z.object({
  portalId: z.number().int().positive(),
  name: z.string(),
  timeZone: z.string(),
  companyCurrency: z.string(),
  currencies: z.array(z.object({ code: z.string(), rate: z.string().nullable() })),
});

/** One kind of records while its file is read: the table, and for each row the ids that it links to. */
interface Gathering {
  readonly builder: TableBuilder;
  readonly links: PortalFile['links'];
  /** Per link column: the row's cells by record id, '' left out. */
  readonly cells: Map<string, string | SeveralLinks>[];
}

/** A cell beside which others stand; most have none and are kept as the id alone. */
interface SeveralLinks {
  readonly id: string;
  readonly others: string;
  readonly isUnmarked: boolean;
}

/**
 * Reads a folder of CRM export files as the account they came from: what a CRM server would hold, in the CRM's own texts.
 * The home currency is the deals' most common one unless an `account.json` beside the files says otherwise.
 */
export async function readPortalFolder(directory: string): Promise<PortalData> {
  const folder = resolve(directory);
  if (!(await stat(folder).catch(() => null))?.isDirectory()) {
    throw new KithError('bad-folder', `There is no folder ${directory}; give a folder of CRM export files`);
  }
  const names = [...PORTAL_FILES.map((file) => file.file), 'owners', 'pipelines', ENGAGEMENT_FILE];
  if (!names.some((name) => csvPath(folder, name) !== null)) {
    throw new KithError(
      'bad-folder',
      `${directory} holds no CRM export file; expected deals.csv or deals.csv.gz and the like`,
    );
  }
  const skipped: SkippedRow[] = [];
  const owners = await readOwners(folder, skipped);
  const stages = await readStages(folder, skipped);
  const gatherings = new Map<CrmObjectType, Gathering>();
  for (const file of PORTAL_FILES) await gather(folder, file, gatherings, skipped);
  await gatherEngagements(folder, gatherings, skipped);

  const objects = new Map<CrmObjectType, RecordTable>();
  for (const type of CRM_OBJECT_TYPES) {
    const gathering = gatherings.get(type);
    if (gathering) objects.set(type, gathering.builder.build(instantsOf(type, stages)));
  }
  const links = [...gatherings].flatMap(([type, gathering]) => linksOf(type, gathering, objects));
  dateLineItemsByDeal(objects, links);
  const account = await readAccount(folder, objects);
  return { account, owners, stages, objects, links, skipped };
}

async function readOwners(folder: string, skipped: SkippedRow[]): Promise<PortalOwner[]> {
  const owners: PortalOwner[] = [];
  await readCsvRows(folder, 'owners', skipped, (field) => {
    if (!isId(field('id'))) return notAnId(field('id'));
    owners.push({
      id: field('id'),
      email: field('email'),
      firstName: field('firstName'),
      lastName: field('lastName'),
      archived: field('archived') === 'true',
    });
    return null;
  });
  return owners;
}

async function readStages(folder: string, skipped: SkippedRow[]): Promise<PortalStage[]> {
  const stages: PortalStage[] = [];
  await readCsvRows(folder, 'pipelines', skipped, (field) => {
    const object = field('object');
    if (object !== 'deals' && object !== 'tickets') return `its object is '${object}', neither deals nor tickets`;
    stages.push({
      object,
      pipelineId: field('pipeline_id'),
      pipelineLabel: field('pipeline_label'),
      stageId: field('stage_id'),
      stageLabel: field('stage_label'),
      isClosed: field('is_closed') === 'true',
      probability: field('probability') === '' ? null : field('probability'),
    });
    return null;
  });
  return stages;
}

async function gather(
  folder: string,
  file: PortalFile,
  gatherings: Map<CrmObjectType, Gathering>,
  skipped: SkippedRow[],
): Promise<void> {
  let gathering: Gathering | null = null;
  let columns: readonly string[] = [];
  const linkColumns = new Set(file.links.flatMap((link) => [link.column, link.others ?? '', link.unmarked ?? '']));
  await readCsvRows(folder, file.file, skipped, (field, header) => {
    if (gathering === null) {
      columns = header.filter((column) => column !== 'id' && !linkColumns.has(column));
      const propertyNames = columns.map((column) => RENAMED_COLUMNS[`${file.file}.${column}`] ?? column);
      gathering = newGathering(propertyNames, file.links);
    }
    const id = field('id');
    if (!isId(id)) return notAnId(id);
    if (gathering.builder.has(id)) return `a record with id ${id} came before it`;
    gathering.builder.add(
      id,
      columns.map((column) => (INSTANT_PROPERTIES.has(column) ? instantText(field(column)) : field(column))),
    );
    keepLinks(gathering, id, field);
    return null;
  });
  if (csvPath(folder, file.file) !== null) {
    gatherings.set(file.type, gathering ?? newGathering(file.properties, file.links));
  }
}

async function gatherEngagements(
  folder: string,
  gatherings: Map<CrmObjectType, Gathering>,
  skipped: SkippedRow[],
): Promise<void> {
  await readCsvRows(folder, ENGAGEMENT_FILE, skipped, (field) => {
    const kind = ENGAGEMENT_PROPERTIES[field('type')];
    // Page views are no CRM objects: the CRM gives them out as events, so this account has none.
    if (kind === undefined) return field('type') === 'page_view' ? null : `its type is '${field('type')}'`;
    const columns = ['at', 'direction', 'outcome', 'score'] as const;
    const used = columns.filter((column) => kind[column] !== undefined);
    const gathering =
      gatherings.get(kind.type) ??
      newGathering(
        used.map((column) => kind[column]!),
        ENGAGEMENT_LINKS,
      );
    gatherings.set(kind.type, gathering);
    const id = field('id');
    if (!isId(id)) return notAnId(id);
    if (gathering.builder.has(id)) return `a record with id ${id} came before it`;
    gathering.builder.add(
      id,
      used.map((column) => (column === 'at' ? instantText(field(column)) : field(column))),
    );
    keepLinks(gathering, id, field);
    return null;
  });
}

function newGathering(properties: readonly string[], links: PortalFile['links']): Gathering {
  return { builder: new TableBuilder(properties), links, cells: links.map(() => new Map()) };
}

function keepLinks(gathering: Gathering, id: string, field: (column: string) => string): void {
  gathering.links.forEach((link, k) => {
    const target = field(link.column);
    const others = link.others === undefined ? '' : field(link.others);
    if (target === '' && others === '') return;
    const isUnmarked = link.unmarked !== undefined && field(link.unmarked) === 'true';
    gathering.cells[k]!.set(id, others === '' && !isUnmarked ? target : { id: target, others, isUnmarked });
  });
}

function linksOf(
  type: CrmObjectType,
  gathering: Gathering,
  objects: ReadonlyMap<CrmObjectType, RecordTable>,
): LinkTable[] {
  const from = objects.get(type)!;
  return gathering.links.flatMap((link, k) => {
    const to = objects.get(link.to);
    const cells = gathering.cells[k]!;
    if (to === undefined || cells.size === 0) return [];
    const table = linkTable(type, link.to, from.ids.length, (row) => {
      const found = cells.get(from.ids[row]!);
      if (found === undefined) return [];
      const cell = typeof found === 'string' ? { id: found, others: '', isUnmarked: false } : found;
      const ids = [...new Set([cell.id, ...cell.others.split(';')])];
      return ids
        .map((id, place) => ({
          row: rowOfId(to.ids, id),
          isPrimary: link.hasPrimary && !cell.isUnmarked && place === 0,
        }))
        .filter((target) => target.row >= 0)
        .sort((a, b) => a.row - b.row);
    });
    cells.clear();
    return [table];
  });
}

async function readAccount(folder: string, objects: ReadonlyMap<CrmObjectType, RecordTable>): Promise<PortalAccount> {
  const path = join(folder, 'account.json');
  if (existsSync(path)) {
    const parsed = accountFile.safeParse(jsonOf(path, await readFile(path, 'utf8')));
    if (parsed.success) return parsed.data;
    throw new KithError('bad-folder', `${path} is not an account's description: ${z.prettifyError(parsed.error)}`);
  }
  const counts = new Map<string, number>();
  for (const code of objects.get('deals')?.columns.get('deal_currency_code') ?? []) {
    if (code !== null) counts.set(code, (counts.get(code) ?? 0) + 1);
  }
  const codes = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([code]) => code);
  return {
    portalId:
      900_000_000 + [...basename(folder)].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)!) % 99_999_989, 7),
    name: basename(folder),
    timeZone: 'UTC',
    companyCurrency: codes[0] ?? 'USD',
    currencies: codes.slice(1).map((code) => ({ code, rate: null })),
  };
}

function jsonOf(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new KithError('bad-folder', `${path} is not JSON; mend it or remove it`, { cause });
  }
}

function isId(text: string): boolean {
  return /^[1-9]\d{0,17}$/.test(text);
}

function notAnId(text: string): string {
  return `its id '${text.slice(0, 40)}' is not a whole number above zero`;
}

/** ISO 8601 with milliseconds, as the CRM answers; a text that is no instant is left as it is found. */
function instantText(text: string): string {
  if (text === '') return '';
  const at = Date.parse(text);
  return Number.isNaN(at) ? text : new Date(at).toISOString();
}
