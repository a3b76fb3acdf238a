import type {
  Association,
  CrmAccount,
  CrmRecords,
  DecimalText,
  Instant,
  ObjectType,
  RejectedRecord,
} from '../domain/crm.ts';

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
  /** Null for a source that can only be read as a whole. */
  readonly changes: CrmChanges | null;
  /** How many calls over the network (or files opened) so far. */
  calls(): number;
  close(): Promise<void>;
}

/** What came of reading records by their ids, which is authoritative. */
export interface CrmById<T extends ObjectType> {
  readonly records: readonly CrmRecords[T][];
  /** Complete for the records above. */
  readonly associations: readonly Association[];
  readonly rejected: readonly RejectedRecord[];
  /** Ids that resolved to another record: the two were merged. */
  readonly merged: readonly { readonly from: string; readonly to: string }[];
  /** Ids that the CRM does not have any more, neither live nor archived. */
  readonly missing: readonly string[];
}

/** A record as a list names it. */
export interface CrmId {
  readonly id: string;
  /** When the record last changed, as reading it would tell; null where the list does not say. */
  readonly updatedAt: Instant | null;
}

/** What came of asking for associations. */
export interface CrmLinks {
  readonly links: readonly Association[];
  /** The records of which the CRM gave no readable answer: what they are linked to is not known, and is not "nothing". */
  readonly rejected: readonly RejectedRecord[];
}

/** How a source that need not be read as a whole is asked for less. */
export interface CrmChanges {
  /** The object types that have modification instants of their own. */
  readonly types: readonly ObjectType[];
  /**
   * Live records whose modification instant is in [from, to], in order of their ids, from after `afterId`; a page's `next` is
   * the id to go on after. What the CRM's index has not seen yet is not among them.
   */
  modified<T extends ObjectType>(
    type: T,
    window: { readonly from: Instant; readonly to: Instant },
    options?: { afterId?: string; signal?: AbortSignal },
  ): AsyncIterable<CrmPage<T>>;
  byId<T extends ObjectType>(type: T, ids: readonly string[], signal?: AbortSignal): Promise<CrmById<T>>;
  /** Every id of a type there is, page by page, with the instant of its last change. */
  ids(type: ObjectType, state: 'live' | 'archived', signal?: AbortSignal): AsyncIterable<readonly CrmId[]>;
  /** Every association of these records towards a type, which modification instants never show. */
  associations(
    fromType: ObjectType,
    toType: ObjectType,
    ids: readonly string[],
    signal?: AbortSignal,
  ): Promise<CrmLinks>;
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

/** Something for a person to do about a record, by a day. */
export interface NewTask {
  readonly objectType: 'companies' | 'contacts';
  readonly recordId: string;
  /** One line. */
  readonly subject: string;
  readonly body: string;
  readonly dueAt: Instant;
  /** A CRM owner; '' for nobody. */
  readonly ownerId: string;
}

/** Where the CRM's definition of one of Kith's properties is not the one that Kith gave it. */
export interface PropertyDrift {
  readonly property: string;
  /** Somebody gave it another type, or took options away. */
  readonly kind: 'type' | 'options';
  /** The type that it has now, or the options that it lacks. */
  readonly found: string;
}

/** A CRM that Kith can annotate. */
export interface CrmSink {
  /**
   * Creates Kith's property group and the properties that are missing, and puts back options that Kith's own lack; never
   * deletes anything, and never changes a portal's own.
   */
  prepare(type: 'companies' | 'contacts', properties: readonly PropertyDefinition[]): Promise<void>;
  /** The values that the records hold now, by id; records that no longer exist are absent. */
  current(
    type: 'companies' | 'contacts',
    ids: readonly string[],
    properties: readonly string[],
  ): Promise<ReadonlyMap<string, Readonly<Record<string, string>>>>;
  /** What `prepare` would find changed, without changing anything. Absent where the CRM keeps no definitions. */
  drift?(type: 'companies' | 'contacts', properties: readonly PropertyDefinition[]): Promise<readonly PropertyDrift[]>;
  /**
   * The integration that gave each value its newest version, by record and property; '' when it was a person, an import or
   * something else. Absent where the CRM keeps no history.
   */
  authors?(
    type: 'companies' | 'contacts',
    ids: readonly string[],
    properties: readonly string[],
  ): Promise<ReadonlyMap<string, Readonly<Record<string, string>>>>;
  /** Writes in batches; one record's failure does not stop the others. */
  write(type: 'companies' | 'contacts', writes: readonly PropertyWrite[]): Promise<WriteResult>;
  /**
   * Puts a task on a record, each time it is asked to; resolves with its id. Rejects with KithError('write-back-refused')
   * when the CRM surely made none; after any other failure it may have.
   */
  createTask(task: NewTask): Promise<{ readonly id: string }>;
}

/** Where the calls that the CRM allows in a day stand; null is what it has not told. */
export interface CrmBudget {
  readonly dailyLimit: number | null;
  readonly dailyRemaining: number | null;
  /** The last calls of a day, which are kept for people's commands. */
  readonly reserve: number | null;
  /** No call is taken before this instant; null while calls are. */
  readonly closedUntil: Instant | null;
}

/** A CRM integration: how to recognise its configuration, and how to open it. Registered in integrations/index.ts. */
export interface OpenCrm {
  readonly source: CrmSource;
  readonly sink: CrmSink;
  /** Absent where calls are not counted. */
  readonly budget?: () => CrmBudget;
}
