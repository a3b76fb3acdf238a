import type { RequestListener } from 'node:http';
import type { Config } from './config.ts';
import type { StoreExamination } from './doctor.ts';
import type { CrmAccount, Instant } from './domain/crm.ts';
import type { Viewer } from './domain/people.ts';
import type { KeptRun } from './domain/results.ts';
import type { HintReport } from './jobs/follow-hints.ts';
import type { ReconciliationReport } from './jobs/reconcile-report.ts';
import type { RemovalReport } from './jobs/remove-properties.ts';
import type { SyncPart, SyncReport } from './jobs/sync.ts';
import type { UndoReport } from './jobs/undo-write-back.ts';
import type { WriteBackOrder, WriteBackReport } from './jobs/write-back.ts';
import type { AnswerMemory } from './ledger/answer-memory.ts';
import type { Audit } from './ledger/audit.ts';
import type { Outbox } from './ledger/outbox.ts';
import type { PlaybookLog } from './ledger/playbook-log.ts';
import type { SeenRequests } from './ledger/seen-requests.ts';
import type { WriteBackLog } from './ledger/write-back-log.ts';
import type { Logger } from './lib/logger.ts';
import type { Language, Text } from './lib/text.ts';
import type { ChartRenderer } from './ports/chart-renderer.ts';
import type { Chat } from './ports/chat.ts';
import type { ActionAnswer, CommandListing, Question, QuestionAnswer } from './ports/command.ts';
import type { DocumentRenderer } from './ports/document-renderer.ts';
import type { InTurn, Progress } from './ports/job-runner.ts';
import type { JobStatus } from './ports/system-status.ts';
import type { PrivacyReader } from './privacy/privacy-reader.ts';
import type { CustomersRead } from './privacy/watched-reader.ts';
import type { Form, FormOutcome, FormValues } from './report/form.ts';
import type { Report } from './report/report.ts';
import type { PortalState } from './state/portal-state.ts';
import type { PortalStore } from './store/portal-store.ts';

/** One portal with everything that is said and done about it. */
export interface Workspace {
  readonly portal: PortalStore;
  readonly account: CrmAccount;
  readonly outbox: Outbox;
  readonly audit: Audit;
  readonly seen: SeenRequests;
  readonly answers: AnswerMemory;
  readonly writeBackLog: WriteBackLog;
  readonly playbookLog: PlaybookLog;
  state(): PortalState;
  updateState(change: (current: PortalState) => PortalState): Promise<PortalState>;
  reader(viewer: Viewer): PrivacyReader;
}

/** Whether Kith can do its work now, and why not. */
export interface Readiness {
  readonly ok: boolean;
  readonly reason: string;
}

export interface HttpListener {
  mount(path: string, handler: RequestListener): void;
  /** Resolves with the port. */
  open(): Promise<number>;
  close(): Promise<void>;
}

/** A process's listener that gives a tenant what is below its name. */
export interface SharedListener extends HttpListener {
  delegate(prefix: string, handler: RequestListener | null, has?: (path: string) => boolean): void;
}

/** A new installation, for the command line. */
export interface Connected {
  readonly portal: string;
  readonly scopes: readonly string[];
  /** Optional ones that were not granted, with what they are for left to the doctor. */
  readonly not_granted: readonly string[];
  readonly next: string;
}

export interface Disconnected {
  readonly portal: string;
  /** Whether HubSpot was told, and took it. */
  readonly withdrawn: boolean;
  readonly next: string;
}

/** A new installation in Slack, for the command line. */
export interface SlackConnected {
  /** `Acme (T0123)` */
  readonly workspace: string;
  readonly scopes: readonly string[];
  /** Optional ones that were not granted, with what they are for left to the doctor. */
  readonly not_granted: readonly string[];
  readonly next: string;
}

export interface SlackDisconnected {
  readonly workspace: string;
  /** Whether Slack was told, and took the app out. */
  readonly withdrawn: boolean;
  readonly next: string;
}

/** Whoever asks, and in which words. */
export interface Asker {
  readonly viewer: Viewer;
  readonly language: Language;
  readonly timeZone: string;
  /** The person's own language and zone, where an answer is in a channel's; absent when they are the same. */
  readonly own?: { readonly language: Language; readonly timeZone: string };
  /** Whom the audit log names; absent where that is the viewer's own id. */
  readonly actor?: string;
  /** The request's own id, and the place that its follow-ups are asked in; absent at a terminal. */
  readonly request?: { readonly id: string; readonly channelId: string };
  /** Told of whom something is read for the answer; absent where nobody keeps count. */
  readonly read?: CustomersRead;
}

/**
 * Kith with its store open: what the command line, the bot and the demo work with. app.ts makes one; it alone knows which
 * CRMs, chats and commands exist.
 */
export interface Kith {
  readonly config: Config;
  readonly logger: Logger;
  readonly now: () => Instant;
  readonly renderer: ChartRenderer;
  readonly documents: DocumentRenderer;
  readonly commands: readonly CommandListing[];
  readonly actions: readonly string[];
  /** The portal named, or the only one, or the one synced last. KithError('no-results') when there is none. */
  workspace(portalId?: string): Promise<Workspace>;
  /** A portal that need not have been synced: for a restore. */
  emptyPortal(portalId: string): Promise<PortalStore>;
  importFolder(directory: string, progress: Progress): Promise<SyncReport & { workspace: Workspace }>;
  /** From HubSpot, or from the folder that the portal was imported from. */
  sync(options: {
    full: boolean;
    part?: SyncPart;
    progress: Progress;
    signal?: AbortSignal;
  }): Promise<SyncReport & { workspace: Workspace }>;
  /** Compares the store with the CRM that it came from, and mends what differs. */
  reconcile(workspace: Workspace, options: { progress: Progress; signal?: AbortSignal }): Promise<ReconciliationReport>;
  /** Work that takes much of the machine waits its turn, where several tenants share one. */
  readonly inTurn: InTurn;
  analyse(
    workspace: Workspace,
    options: { asOf: Instant | null; only: readonly string[]; progress: Progress; signal?: AbortSignal },
  ): Promise<KeptRun>;
  writeBack(workspace: Workspace, order: WriteBackOrder & { progress: Progress }): Promise<WriteBackReport>;
  /** What the schedule does: writes what is approved, else posts the plan; says in a line what came of it. */
  scheduledWriteBack(workspace: Workspace, order: { progress: Progress; signal: AbortSignal }): Promise<Text>;
  presentWriteBack(workspace: Workspace, asker: Asker, report: WriteBackReport): Promise<Report>;
  presentUndo(workspace: Workspace, asker: Asker, report: UndoReport): Promise<Report>;
  /** Every value of a plan as CSV. */
  writeBackCsv(workspace: Workspace, plan: string): Promise<string>;
  undoWriteBack(workspace: Workspace, batch: string, actor: string): Promise<UndoReport>;
  /** Clears Kith's own values from the CRM's records; scheduled write-back waits for a new approval then. */
  removeProperties(
    workspace: Workspace,
    options: { dryRun: boolean; actor: string; progress: Progress },
  ): Promise<RemovalReport>;
  /** Runs a slash command. KithError('unknown-command') names the nearest one. */
  command(workspace: Workspace, asker: Asker, name: string, text: string): Promise<Report>;
  /** Runs a button's action, with the rights of whoever clicks. */
  action(workspace: Workspace, asker: Asker, name: string, value: string): Promise<ActionAnswer>;
  readonly forms: readonly string[];
  openForm(workspace: Workspace, asker: Asker, name: string, value: string): Promise<Form>;
  submitForm(
    workspace: Workspace,
    asker: Asker,
    form: { readonly name: string; readonly value: string },
    entered: FormValues,
  ): Promise<FormOutcome>;
  /** A person's own page. */
  home(workspace: Workspace, asker: Asker): Promise<Report>;
  /** Answers plain words. */
  ask(workspace: Workspace, asker: Asker, question: Question): Promise<QuestionAnswer>;
  exportScores(
    workspace: Workspace,
    directory: string,
    options: { actor: string; progress: Progress; signal?: AbortSignal },
  ): Promise<object>;
  /** A new identity key for everything that is sealed; `dropOld` forgets the older ones. */
  rotateKeys(options: { dropOld: boolean; progress: Progress; signal?: AbortSignal }): Promise<object>;
  /** What the doctor wants to know from the store. */
  examineStore(): Promise<StoreExamination>;
  /** Installs Kith's app in HubSpot: `announce` gets the link for a person to open. */
  connect(announce: (link: string, redirectUri: string) => void): Promise<Connected>;
  /** Whether an app that is installed in HubSpot, where one is to be, was installed. */
  isConnected(): Promise<boolean>;
  /** Resolves when `connect` has brought an installation, or `signal` ends the wait. */
  untilConnected(signal: AbortSignal): Promise<void>;
  /** Withdraws and forgets what `connect` brought. */
  disconnect(): Promise<Disconnected>;
  /** Adds Kith to a Slack workspace: `announce` gets the address of the install page. */
  connectSlack(announce: (url: string, redirectUrl: string) => void): Promise<SlackConnected>;
  /** Takes Kith out of the workspace and forgets it. */
  disconnectSlack(): Promise<SlackDisconnected>;
  /** Whether the store, the disk and the copy are fit for work. */
  readiness(workspace: Workspace): Promise<Readiness>;
  /** The process's one HTTP listener, with its health. */
  listener(ready: () => Readiness | Promise<Readiness>): HttpListener;
  /** Takes the CRM's webhooks at `mount` and tells `queued` of each call; false when they are not set up. */
  webhooks(workspace: Workspace, mount: HttpListener['mount'], queued: () => void): boolean;
  /** Reads again what webhooks pointed at, and scores whom it touched. */
  followHints(workspace: Workspace, options: { signal?: AbortSignal }): Promise<HintReport>;
  /** `mount` is the listener's, for a chat that is called rather than connected. */
  chat(workspace: Workspace, mount: HttpListener['mount']): Promise<Chat>;
  /** The bot's schedules, for `/kith status`. */
  showJobs(jobs: () => Promise<readonly JobStatus[]>): void;
  close(): Promise<void>;
}
