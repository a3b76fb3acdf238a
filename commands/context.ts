import type { PlaybookOutcome } from '../src/analyses/playbook-outcome.ts';
import type { PlaybookPreview, PlaybookView } from '../src/analyses/playbook-report.ts';
import type { RfmPreview, RfmView } from '../src/analyses/rfm-report.ts';
import type { ValueMoves } from '../src/analyses/value-classes.ts';
import type { Department, Person, PersonChange, Place, Role } from '../src/domain/people.ts';
import type { PlaybookArm, PlaybookAssignment, PlaybookRun } from '../src/domain/playbooks.ts';
import type { Run } from '../src/domain/results.ts';
import type { Findings } from '../src/ledger/findings.ts';
import type { Language, Text } from '../src/lib/text.ts';
import type {
  Action,
  Command,
  CommandListing,
  FormAction,
  HomeTab,
  QuestionDesk,
  WholeList,
} from '../src/ports/command.ts';
import type { Finding } from '../src/ports/doctor.ts';
import type { HomeFacts } from '../src/ports/home-facts.ts';
import type { SystemStatus } from '../src/ports/system-status.ts';
import type { PrivacyReader } from '../src/privacy/privacy-reader.ts';
import type { Report } from '../src/report/report.ts';
import type { PlaybookSettings, PortalState, Subscription } from '../src/state/portal-state.ts';
import type { Setting, SettingChange, SettingView } from '../src/state/settings-table.ts';

/** What a command works with. Rows come from `reader` only; `portal` is for counts and freshness (`/kith status`). */
export interface CommandContext {
  readonly language: Language;
  readonly timeZone: string;
  /** The asker's own, which an answer in a department's channel is not in. */
  readonly own: { readonly language: Language; readonly timeZone: string };
  readonly now: number;
  readonly reader: PrivacyReader;
  readonly state: PortalState;
  readonly status: () => Promise<SystemStatus>;
  /** Looks at every setting and connection now. */
  readonly doctor: () => Promise<readonly Finding[]>;
  /** For admins and managers: whoever calls it has checked that. */
  readonly writeBack: WriteBackControls;
  readonly rfm: RfmControls;
  readonly loyalty: LoyaltyControls;
  readonly settings: SettingsControls;
  readonly people: PeopleControls;
  /** Gives what the chat calls people and channels ('@ana', '#sales'); what it does not call anything stays as it is. */
  readonly namesOf: (ids: readonly string[]) => Promise<(id: string) => string>;
  readonly playbooks: PlaybookControls;
  /** What was told, and what people said of it. */
  readonly findings: Findings;
  readonly tasks: TaskControls;
  /** What was asked lately where this is asked. */
  readonly answers: AnswerDesk;
  /** The asker's own copies of digests. */
  readonly subscriptions: SubscriptionControls;
  /** The asker's own language and time zone. */
  readonly preferences: PreferenceControls;
  /** What their own page tells beside their customers. */
  readonly homeFacts: () => Promise<HomeFacts>;
  /** What is copied from the CRM, object by object. */
  readonly copiedFields: () => Promise<readonly { readonly object: string; readonly properties: readonly string[] }[]>;
  /** Runs a command as it would answer somebody else. For admins: whoever calls it has checked that, and it checks again. */
  preview(as: PreviewedViewer, command: string, text: string): Promise<Report>;
  /** Runs a command for the same person in the same place. */
  run(command: string, text: string): Promise<Report>;
  /** Everybody in the list behind a command's answer, with the same rights; null where it is no list of customers. */
  list(command: string, text: string): Promise<WholeList | null>;
  /** Every registered command, for the help. */
  readonly commands: readonly CommandListing[];
}

/** Somebody else, as the policy would see them. */
export interface PreviewedViewer {
  readonly role: Role;
  readonly department: Department | null;
  readonly ownerIds: readonly string[];
  readonly place: Place;
}

/** One a digest; only the asker's own. */
export interface SubscriptionControls {
  offered(): readonly { readonly name: string; readonly title: Text }[];
  list(): readonly Subscription[];
  save(
    order: Pick<Subscription, 'digest' | 'days' | 'time' | 'timeZone' | 'language'>,
  ): Promise<{ readonly subscription: Subscription; readonly isNew: boolean }>;
  /** Null when it is not theirs, or gone. */
  pause(id: string, isPaused: boolean): Promise<Subscription | null>;
  remove(id: string): Promise<Subscription | null>;
  sendNow(id: string): Promise<'queued' | 'nothing-new' | 'no-results' | 'gone' | null>;
}

/** Null is the chat's own. */
export interface PreferenceControls {
  own(): { readonly language: Language | null; readonly timeZone: string | null };
  set(preferences: { readonly language: Language | null; readonly timeZone: string | null }): Promise<void>;
}

/** Questions and their places, so that an answer can be shared, taken away and followed up. */
export interface AnswerDesk {
  keep(question: { readonly command: string; readonly text: string; readonly threadId: string }): Promise<void>;
  byId(id: string): Promise<{ readonly command: string; readonly text: string } | null>;
  /** What a reply of the asker follows up; null when they asked nothing here lately. */
  last(threadId: string): Promise<{ readonly command: string; readonly text: string } | null>;
}

/** Writing values on the CRM's records; each answer is shown as it is. */
export interface WriteBackControls {
  preview(): Promise<Report>;
  /** Writes a plan exactly as it was shown, or shows a new one when it is no longer what would be written. */
  approve(plan: string): Promise<Report>;
  undo(batch: string): Promise<Report>;
}

/** What people decided, one setting at a time. */
export interface SettingsControls {
  views(): Promise<readonly SettingView[]>;
  /** Null when the words are nothing that the setting accepts. */
  preview(setting: Setting, text: string): SettingChange | null;
  /** How many of the newest run's customers a change would move; null where only another run can tell. */
  moves(change: SettingChange): Promise<(ValueMoves & { readonly run: Run }) | null>;
  /** For admins: whoever calls it has checked that. */
  set(setting: Setting, text: string): Promise<SettingChange | null>;
  reset(setting: Setting): Promise<SettingChange>;
}

/** Who may do what. `set` and `remove` are for admins: whoever calls them has checked that. */
export interface PeopleControls {
  list(): readonly Person[];
  /** Holds at once; what is not given stays as it is. */
  set(
    userId: string,
    change: { readonly role?: Role; readonly department?: Department | null },
  ): Promise<PersonChange | 'last-admin'>;
  remove(userId: string): Promise<PersonChange | 'last-admin'>;
}

/** The tiers that people gave. `set` and `remove` are for admins and managers: whoever calls them has checked that. */
export interface LoyaltyControls {
  /** Those that still hold; customers are ids, which reach a person through the reader only. */
  list(): readonly {
    readonly customerId: string;
    readonly tier: number;
    readonly until: string | null;
    readonly by: string;
  }[];
  /** Holds from the next analysis on. */
  set(override: { readonly customerId: string; readonly tier: number; readonly until: string | null }): Promise<void>;
  /** False where there was none. */
  remove(customerId: string): Promise<boolean>;
}

/** The RFM cut-points of the portal; null where nobody has bought. */
export interface RfmControls {
  view(): Promise<RfmView | null>;
  preview(change: Partial<RfmPreview['after']>): Promise<RfmPreview | null>;
  derive(): Promise<RfmPreview['after'] | null>;
  /** For admins and managers: whoever calls it has checked that. Holds from the next analysis on. */
  save(points: RfmPreview['after']): Promise<void>;
}

/** What is done with each value class, tier and segment. For `change`, `start` and `stop` the caller has checked who asks. */
export interface PlaybookControls {
  views(): Promise<readonly PlaybookView[]>;
  change(target: string, change: Partial<PlaybookSettings>): Promise<PlaybookView>;
  preview(target: string): Promise<PlaybookPreview>;
  /** Starts exactly what a preview showed; 'changed' when it would no longer be that. */
  start(
    target: string,
    token: string,
  ): Promise<
    | { readonly outcome: 'started' | 'known'; readonly run: PlaybookRun }
    | { readonly outcome: 'changed'; readonly preview: PlaybookPreview }
  >;
  stop(target: string): Promise<PlaybookRun>;
  outcomes(target?: string): Promise<readonly PlaybookOutcome[]>;
  /** Ids, which reach a person through the reader only. */
  drawn(run: PlaybookRun): Promise<readonly PlaybookAssignment[]>;
  standing(customerId: string): Promise<readonly { readonly run: PlaybookRun; readonly arm: PlaybookArm }[]>;
}

/** Tasks on the CRM's records. Whoever calls it has checked that the viewer may see the customer and may write. */
export interface TaskControls {
  /** One task for a key, however often it is asked for; `isNew` says whether this call made it. */
  create(order: {
    readonly key: string;
    readonly task: {
      readonly objectType: 'companies' | 'contacts';
      readonly recordId: string;
      readonly subject: string;
      readonly body: string;
      readonly dueAt: number;
      readonly ownerId: string;
    };
  }): Promise<{ readonly isNew: boolean; readonly id: string; readonly at: number }>;
}

export type KithCommand = Command<CommandContext>;
export type KithAction = Action<CommandContext>;
export type KithForm = FormAction<CommandContext>;
export type KithHome = HomeTab<CommandContext>;
export type KithQuestions = QuestionDesk<CommandContext>;
