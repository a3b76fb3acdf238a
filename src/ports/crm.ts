import type { Association, CrmAccount, CrmRecords, DecimalText, ObjectType, RejectedRecord } from '../domain/crm.ts';

/** One page of records, with the associations that came with them and the checkpoint that resumes after it. */
export interface CrmPage<T extends ObjectType> {
  readonly records: readonly CrmRecords[T][];
  readonly associations: readonly Association[];
  readonly rejected: readonly RejectedRecord[];
  /** Hand it back to `read` to go on after this page; null on the last page. */
  readonly next: string | null;
  /** How many records there are in all, where the source knows. */
  readonly total: number | null;
}

/** The CRM's own won revenue, summed over its raw answers with none of the store's code. */
export interface RawRevenue {
  readonly currency: string;
  /** Σ of won deals that are in `currency` or converted to it by the CRM. */
  readonly amount: DecimalText;
  readonly deals: number;
  /** Won deals that the CRM itself gives no amount for in `currency`, by their own currency. */
  readonly unconverted: readonly { currency: string; deals: number; amount: DecimalText }[];
}

/** A CRM that Kith can read. Every page may be read twice; nothing is lost by stopping between pages. */
export interface CrmSource {
  /** 'hubspot', 'csv' */
  readonly kind: string;
  account(): Promise<CrmAccount>;
  /** Object types that this source can read now (a missing file or a switched-off type is not in it). */
  objectTypes(): Promise<readonly ObjectType[]>;
  /**
   * Pages of one object type, from a checkpoint or the start. Associations of the records (see ASSOCIATION_TYPES) come in
   * the same page, complete for the records of that page.
   */
  read<T extends ObjectType>(type: T, options?: { after?: string; signal?: AbortSignal }): AsyncIterable<CrmPage<T>>;
  /** A second pass over the raw deals, for the reconciliation line. */
  rawRevenue(options?: { signal?: AbortSignal }): Promise<RawRevenue>;
  /** How many calls over the network (or files opened) so far. */
  calls(): number;
  close(): Promise<void>;
}

export interface PropertyDefinition {
  /** Starts with `kith_`. */
  readonly name: string;
  readonly label: string;
  readonly description: string;
  readonly type: 'string' | 'number' | 'datetime' | 'enumeration';
  /** Enumeration values, in display order. */
  readonly options?: readonly { value: string; label: string }[];
}

export interface PropertyWrite {
  readonly id: string;
  readonly properties: Readonly<Record<string, string>>;
}

export interface WriteResult {
  readonly written: readonly string[];
  readonly failed: readonly { id: string; reason: string }[];
}

/** A CRM that Kith can annotate. */
export interface CrmSink {
  /** Creates Kith's property group and the properties that are missing; never changes or deletes a portal's own. */
  prepare(type: 'companies' | 'contacts', properties: readonly PropertyDefinition[]): Promise<void>;
  /** The values that the records hold now, by id; records that no longer exist are absent. */
  current(
    type: 'companies' | 'contacts',
    ids: readonly string[],
    properties: readonly string[],
  ): Promise<ReadonlyMap<string, Readonly<Record<string, string>>>>;
  /** Writes in batches; one record's failure does not stop the others. */
  write(type: 'companies' | 'contacts', writes: readonly PropertyWrite[]): Promise<WriteResult>;
}

/** A CRM integration: how to recognise its configuration, and how to open it. Registered in integrations/index.ts. */
export interface OpenCrm {
  readonly source: CrmSource;
  readonly sink: CrmSink;
}
