/** The kinds of records that a portal holds, by HubSpot's names. */
export const CRM_OBJECT_TYPES = [
  'companies',
  'contacts',
  'products',
  'deals',
  'line_items',
  'tickets',
  'calls',
  'meetings',
  'emails',
  'tasks',
  'feedback_submissions',
] as const;
export type CrmObjectType = (typeof CRM_OBJECT_TYPES)[number];

export function isCrmObjectType(name: string): name is CrmObjectType {
  return (CRM_OBJECT_TYPES as readonly string[]).includes(name);
}

/**
 * All records of one kind, column by column: 407,000 line items take about 60 MB this way and four times that as objects.
 * Row r is ids[r], and every column has one value a row, as the CRM gives it: a text, never '', or null.
 */
export interface RecordTable {
  /** Ascending by `compareIds`. */
  readonly ids: readonly string[];
  /** Epoch milliseconds. */
  readonly createdAt: Float64Array;
  readonly updatedAt: Float64Array;
  readonly columns: ReadonlyMap<string, readonly (string | null)[]>;
}

/** Associations of one kind in compressed rows: row r of `fromType` links to targets[offsets[r] … offsets[r + 1]). */
export interface LinkTable {
  readonly fromType: CrmObjectType;
  readonly toType: CrmObjectType;
  readonly offsets: Int32Array;
  /** Rows of `toType`. */
  readonly targets: Int32Array;
  /** 1 where the link is the record's primary one. */
  readonly primary: Uint8Array;
}

export interface PortalOwner {
  readonly id: string;
  readonly email: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly archived: boolean;
}

export interface PortalStage {
  readonly object: 'deals' | 'tickets';
  readonly pipelineId: string;
  readonly pipelineLabel: string;
  readonly stageId: string;
  readonly stageLabel: string;
  readonly isClosed: boolean;
  /** '0.0' to '1.0'; null for ticket stages. */
  readonly probability: string | null;
}

export interface PortalCurrency {
  readonly code: string;
  /** Home currency per unit; null while nobody has entered one. */
  readonly rate: string | null;
}

export interface PortalAccount {
  readonly portalId: number;
  readonly name: string;
  readonly timeZone: string;
  readonly companyCurrency: string;
  /** The other currencies in use. */
  readonly currencies: readonly PortalCurrency[];
}

/** A row of a file that could not be taken. */
export interface SkippedRow {
  readonly file: string;
  readonly line: number;
  readonly reason: string;
}

/** Everything that a CRM account holds, as plain data. */
export interface PortalData {
  readonly account: PortalAccount;
  readonly owners: readonly PortalOwner[];
  readonly stages: readonly PortalStage[];
  readonly objects: ReadonlyMap<CrmObjectType, RecordTable>;
  readonly links: readonly LinkTable[];
  readonly skipped: readonly SkippedRow[];
}

/** Ids are whole numbers in text: the shorter is the smaller. */
export function compareIds(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}

/** The row of an id in ascending ids, or −1. */
export function rowOfId(ids: readonly string[], id: string): number {
  let low = 0;
  let high = ids.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const order = compareIds(ids[middle]!, id);
    if (order === 0) return middle;
    if (order < 0) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

/** One record as an object, for tests and for pages that show a single one. */
export function recordOf(table: RecordTable, id: string): Record<string, string | null> | null {
  const row = rowOfId(table.ids, id);
  if (row < 0) return null;
  const record: Record<string, string | null> = {};
  for (const [name, values] of table.columns) record[name] = values[row]!;
  return record;
}
