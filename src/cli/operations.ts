import type { Language } from '../lib/text.ts';
import type { Report } from '../report/report.ts';

/** What the command line can have done; app.ts does it. Every method answers with something that prints as JSON. */
export interface Operations {
  importFolder(directory: string): Promise<object>;
  sync(options: { full: boolean; report: boolean }): Promise<object>;
  /** A replay has a report of its own. */
  analyse(options: {
    asOf: number | null;
    only: readonly string[];
  }): Promise<{ result: object; report: Report | null }>;
  /** The kept runs, or one of them. */
  runs(id: string | null): Promise<{ result: object; report: Report }>;
  /** `plan` names one that was shown before; `csv` is a file for every value of it. */
  writeBack(options: {
    dryRun: boolean;
    approved: boolean;
    force: boolean;
    plan: string | null;
    csv: string | null;
    language: Language | null;
  }): Promise<{ result: object; report: Report }>;
  removeProperties(options: { dryRun: boolean }): Promise<{ result: object; report: Report }>;
  undoWriteBack(batch: string): Promise<{ result: object; report: Report }>;
  report(
    name: string,
    text: string,
    language: Language | null,
  ): Promise<{ report: Report; png(): Promise<Uint8Array | null> }>;
  exportScores(directory: string): Promise<object>;
  /** The report for management, written as a PDF. */
  monthly(file: string, language: Language | null): Promise<object>;
  /** `withKey` puts the identity key beside the data that it opens. */
  backup(directory: string, options: { withKey: boolean }): Promise<object>;
  restore(directory: string): Promise<object>;
  /** Prints an install link and waits until somebody has allowed it. */
  connect(to: 'hubspot' | 'slack'): Promise<object>;
  disconnect(from: 'hubspot' | 'slack'): Promise<object>;
  verifyAudit(): Promise<{ ok: boolean; entries: number; brokenAt: number | null }>;
  /** Of a dry run, what would be erased. */
  erase(who: string, options: { dryRun: boolean }): Promise<object>;
  exportPerson(who: string, file: string): Promise<object>;
  optOut(who: string, options: { undo: boolean }): Promise<object>;
  rotateKey(options: { dropOld: boolean }): Promise<object>;
  writeFile(path: string, bytes: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

/** One tenant of KITH_TENANTS_DIR. */
export interface TenantLine {
  readonly name: string;
  /** The number of the process that serves it. */
  readonly shard: number;
  readonly isOwn: boolean;
  /** What is wrong with its settings; '' for nothing. */
  readonly problem: string;
}
