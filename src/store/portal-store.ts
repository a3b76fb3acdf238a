import type { Table } from 'apache-arrow';
import type { Association, CrmAccount, CrmRecords, Instant, ObjectType, RejectedRecord } from '../domain/crm.ts';
import type { KeptRun, Portfolio, Run, Score } from '../domain/results.ts';
import type { ErasureGate } from './erasure-gate.ts';
import type { IdentityKey } from './identity-keys.ts';

/** Values that a query's `{name:Type}` placeholders may take. */
export type QueryParameters = Readonly<
  Record<string, string | number | boolean | readonly string[] | readonly number[]>
>;

/**
 * One portal's database. SQL names its tables as `{db:Identifier}.deals`; `db` is given by the store. Decimals and 64-bit
 * integers come back as strings in `query` (nothing is rounded on the way); wide numeric results are read with `arrow`.
 * Failures are KithError('store-query') that name the table, never the values.
 */
export interface PortalStore {
  readonly portalId: string;
  /** The database's name: `kith_` and the portal id, made safe. */
  readonly database: string;
  query<Row>(sql: string, parameters?: QueryParameters): Promise<Row[]>;
  arrow(sql: string, parameters?: QueryParameters): Promise<Table>;
  /** DDL and INSERT … SELECT. */
  command(sql: string, parameters?: QueryParameters): Promise<void>;
  insert(table: string, rows: readonly object[]): Promise<void>;
  /** Gives back what the embedded engine has freed and keeps for later: large reads leave hundreds of megabytes. */
  freeMemory(): Promise<void>;
  readonly crm: CrmStore;
  /** What is told of rows goes through it. */
  readonly erasures: ErasureGate;
  readonly identity: IdentityStore;
  readonly results: ResultStore;
}

/** Whoever looks after customers in the CRM. */
export interface CrmOwner {
  readonly id: string;
  /** '' where there is none. */
  readonly name: string;
  readonly email: string;
}

export interface CrmStore {
  account(): Promise<CrmAccount | null>;
  saveAccount(account: CrmAccount): Promise<void>;
  /**
   * Idempotent. A record whose `updatedAt` is older than the stored one is dropped unless it was read by id. Contacts'
   * e-mail, phone and names go to the identity table, encrypted.
   */
  upsert<T extends ObjectType>(
    type: T,
    records: readonly CrmRecords[T][],
    options: { origin: 'list' | 'by-id' },
  ): Promise<void>;
  /** Makes `links` the whole set of associations of `fromIds` towards `toType`. */
  replaceAssociations(
    fromType: ObjectType,
    toType: ObjectType,
    fromIds: readonly string[],
    links: readonly Association[],
  ): Promise<void>;
  /** By name, then id. */
  owners(): Promise<readonly CrmOwner[]>;
  /** Ids of live records, ascending as text: all, or `most` at the most from behind `after` on, for there may be millions. */
  liveIds(type: ObjectType, page?: { readonly after: string; readonly most: number }): Promise<readonly string[]>;
  /** Which of these records are live, each once. */
  liveAmong(type: ObjectType, ids: readonly string[]): Promise<readonly string[]>;
  /** Takes records out of every reading, with their associations; what was read by id later brings them back. */
  remove(type: ObjectType, ids: readonly string[], reason: 'archived' | 'merged' | 'purged'): Promise<void>;
  /** Remembers merges, re-points associations and history (scores, findings, write-backs) to the new ids, removes the old. */
  merge(type: ObjectType, merges: readonly { readonly from: string; readonly to: string }[]): Promise<void>;
  /** Where an id leads after all merges; itself when it was never merged. */
  resolve(type: ObjectType, ids: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Puts records into quarantine; each leaves it when it is upserted, or removed. */
  reject(rejected: readonly RejectedRecord[]): Promise<void>;
  rejects(): Promise<readonly RejectedRecord[]>;
  /** Empties a type's quarantine: every one of its records is about to be read anew. */
  clearRejects(type: ObjectType): Promise<void>;
  cursor(name: string): Promise<string | null>;
  saveCursor(name: string, value: string | null): Promise<void>;
  /** All of them, or none when it fails. */
  saveCursors(cursors: Readonly<Record<string, string | null>>): Promise<void>;
  counts(): Promise<Readonly<Record<ObjectType, number>>>;
  /** Removes every row of these contacts and leaves a tombstone; what was removed, by table. */
  forgetContacts(ids: readonly string[]): Promise<Readonly<Record<string, number>>>;
  /** Notes an erasure, sealed and beside the tables, before anything of it happens. */
  beginErasure(id: string, content: string): Promise<void>;
  /** Erasures that began and did not end, the oldest first. */
  erasuresUnderWay(): Promise<readonly { readonly id: string; readonly content: string }[]>;
  endErasure(id: string): Promise<void>;
  /** Has the engine remove the texts of statements that rewrote rows, in which ids and names stand. */
  forgetStatements(): Promise<void>;
  /** No profile is made of these contacts from now on, and what was made of them goes; what was removed, by table. */
  optOut(ids: readonly string[], actor: string): Promise<Readonly<Record<string, number>>>;
  /** Takes that back: the next run scores them. */
  optIn(ids: readonly string[], actor: string): Promise<void>;
  /** Contacts of whom no profile is made, also those whom a merge has joined with one. */
  optedOut(): Promise<ReadonlySet<string>>;
  /** Tells of a contact whether nothing of it may be kept: it was forgotten, or no profile is made of it. */
  noProfileOf(): Promise<(contactId: string) => boolean>;
  /** How many rows `forgetContacts` would remove, by table. */
  rowsOfContacts(ids: readonly string[]): Promise<Readonly<Record<string, number>>>;
  /**
   * After a restore: takes over who was erased since the backup, from the file beside the tables. Gives back which of the contacts
   * that are here now were forgotten, so that they can be forgotten again.
   */
  erasedSince(): Promise<readonly string[]>;
  /** A keyed hash, the same for good, by which a record may be named where its id may not stand. */
  keyedHash(kind: string, text: string): Promise<string>;
  /** Seals up to `limit` identities under the current key; how many were left under others before. 0 once all are, the keys of tombstones too. */
  reseal(limit: number): Promise<number>;
  /** The last instant of any deal, ticket or engagement in the data; null when there is none. */
  lastEventAt(): Promise<Instant | null>;
}

export interface ContactIdentity {
  readonly contactId: string;
  readonly email: string;
  readonly phone: string;
  readonly firstName: string;
  readonly lastName: string;
}

/** Who a contact is. Only privacy/ asks. */
export interface IdentityStore {
  read(contactIds: readonly string[]): Promise<ReadonlyMap<string, ContactIdentity>>;
  findByEmail(email: string): Promise<readonly string[]>;
  findByPhone(phone: string): Promise<readonly string[]>;
  /** Contacts whose record is archived, or gone from the CRM: nothing else of them can be read any more. */
  findArchived(
    by: { readonly email: string; readonly phone?: never } | { readonly phone: string; readonly email?: never },
  ): Promise<readonly string[]>;
  /** How many identities each key seals. */
  keysInUse(): Promise<ReadonlyMap<string, number>>;
  /** Decrypts in pages; for a name search, which no hash can answer. */
  all(): AsyncIterable<readonly ContactIdentity[]>;
}

export interface AnalysisSummary {
  readonly run: Run;
  readonly analysis: string;
  /** JSON, as the analysis wrote it; its own schema checks it when it is read. */
  readonly summary: unknown;
}

export interface AnalysisResult extends AnalysisSummary {
  readonly model: unknown;
}

export interface ScoreQuery {
  readonly order?: ScoreOrder;
  readonly limit?: number;
  /** Only customers whose id, as text, comes after this one: with the order 'customer', the next page of a million. */
  readonly after?: string;
  readonly customerIds?: readonly string[];
  readonly label?: string;
  readonly band?: string;
  readonly bands?: readonly string[];
  /** Without what customers were given after this instant. */
  readonly givenBy?: Instant;
  /** Only customers that these CRM owners own. */
  readonly ownerIds?: readonly string[];
  /** Only customers whose label is this one in another analysis of the run: the members of a segment. */
  readonly member?: { readonly analysis: string; readonly label: string };
  /** Of churn details: only customers whose next order is expected at most this many days after the as-of, or was before it. */
  readonly dueWithin?: number;
  /** What the order 'product-desc' goes by. */
  readonly product?: ProductRank;
}

/**
 * By the score's own number, by id, or by a number in the details of the churn analysis: money at risk, days off rhythm, worth
 * in the horizon while active, chance of an order × usual amount, usual amount, chance of an order × share of orders with a
 * product; of the value analysis, what the next 12 months bring (the score's own number where that is not told). Rows without the number come last; ties go by id, so that the first n of a million are always the same n.
 */
export type ScoreOrder =
  | 'value-desc'
  | 'value-asc'
  | 'customer'
  | 'at-risk-desc'
  | 'off-rhythm-desc'
  | 'worth-desc'
  | 'likely-desc'
  | 'forecast-desc'
  | 'order-size-desc'
  | 'product-desc';

/** A product, what share of all orders hold it, and how many orders that share counts for beside a customer's own. */
export interface ProductRank {
  readonly id: string;
  readonly share: number;
  readonly weight: number;
}

/** Column-wise scores of one analysis, as a worker gives them back. */
export interface ScoreColumns {
  readonly customerIds: readonly string[];
  /** NaN where there is no number. */
  readonly value: Float64Array;
  readonly label: readonly string[];
  readonly band: readonly string[];
  readonly evidence: Uint8Array;
  /** JSON text. */
  readonly details: readonly string[];
}

/** Customers' results as the text that is stored, a row of each table to a line: made in a worker, so that the thread that answers people is not held up. */
export interface ResultRows {
  readonly customerIds: readonly string[];
  readonly scores: Uint8Array<ArrayBuffer>;
  readonly matrix: Uint8Array<ArrayBuffer> | null;
}

export type ValueQuery = Pick<ScoreQuery, 'customerIds' | 'givenBy' | 'label'>;

export interface ResultStore {
  /** `kept`: a current run of which no settings are kept, unless it is given. */
  begin(
    run: { asOf: Instant; startedAt: Instant; fingerprint: string; portfolio: Portfolio },
    kept?: Pick<KeptRun, 'kind' | 'replayOf' | 'settings'>,
  ): Promise<Run>;
  /** Nothing of a run is seen by `latest` until `finish` says 'done'. */
  save(run: Run, analysis: string, result: { summary: unknown; model: unknown; scores?: ScoreColumns }): Promise<void>;
  /** Some customers' rows, before the analysis' `save`: they need not all be in memory at once. */
  saveRows(run: Run, rows: ResultRows): Promise<void>;
  /** Scores given after the run was done, by its frozen models: appended, and from now on what `scores` gives for them. */
  rescore(runId: string, analysis: string, scores: ScoreColumns): Promise<void>;
  finish(run: Run, status: 'done' | 'failed', finishedAt: Instant): Promise<void>;
  /** Newest first; no replays. */
  runs(limit: number): Promise<readonly Run[]>;
  /** Newest first, with the replays. */
  kept(limit: number): Promise<readonly KeptRun[]>;
  keptRun(id: string): Promise<KeptRun | null>;
  /**
   * The newest done run's result, replays left out; `before` a run id: the newest one older than that; `asOfBefore`: the one
   * with the newest as-of before that instant.
   */
  latest(analysis: string, options?: { before?: string; asOfBefore?: Instant }): Promise<AnalysisResult | null>;
  /** What a done run, or a replay, said. */
  result(runId: string, analysis: string): Promise<AnalysisResult | null>;
  /** The same without the model, which may be large: of the newest done run, or of a run by its id. */
  summary(analysis: string, runId?: string): Promise<AnalysisSummary | null>;
  scores(runId: string, analysis: string, query?: ScoreQuery): Promise<readonly Score[]>;
  /** The numbers of the same scores alone, by id: of all customers they fit where their details would not. NaN where there is none. */
  values(
    runId: string,
    analysis: string,
    query?: ValueQuery,
  ): Promise<{ readonly customerIds: readonly string[]; readonly value: Float64Array }>;
}

export interface Store {
  /** Opens the portal's database, creating and migrating it as needed. */
  portal(portalId: string): Promise<PortalStore>;
  portals(): Promise<readonly string[]>;
  /** From now on identities are sealed under this key. */
  adopt(key: IdentityKey): void;
  close(): Promise<void>;
}
