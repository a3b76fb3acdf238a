import type { CommandContext } from '../../commands/context.ts';
import { commands } from '../../commands/index.ts';
import { copiedObjects } from '../../integrations/hubspot/copied-objects.ts';
import { digests } from '../../src/digests/index.ts';
import type { Viewer } from '../../src/domain/people.ts';
import { createAnswerDesk } from '../../src/jobs/answer-desk.ts';
import { homeFacts } from '../../src/jobs/home-facts.ts';
import { createPeopleDesk } from '../../src/jobs/people-desk.ts';
import { createPlaybookDesk } from '../../src/jobs/playbook-desk.ts';
import { createPreferencesDesk } from '../../src/jobs/preferences-desk.ts';
import { createSettingsDesk } from '../../src/jobs/settings-desk.ts';
import { createSubscriptionsDesk } from '../../src/jobs/subscriptions-desk.ts';
import { createAnswerMemory } from '../../src/ledger/answer-memory.ts';
import { createAudit } from '../../src/ledger/audit.ts';
import { createFindings } from '../../src/ledger/findings.ts';
import { createOutbox } from '../../src/ledger/outbox.ts';
import { createPlaybookLog } from '../../src/ledger/playbook-log.ts';
import type { Language } from '../../src/lib/text.ts';
import type { JobStatus } from '../../src/ports/system-status.ts';
import { createReader } from '../../src/privacy/create-reader.ts';
import type { PortalState } from '../../src/state/portal-state.ts';
import { portalStateSchema } from '../../src/state/portal-state.ts';
import type { PortalStore } from '../../src/store/portal-store.ts';
import { account } from './small-portal.ts';

/** What people decided, as the state file would keep it. */
export interface KeptState {
  current: PortalState;
}

export interface ChatContextOptions {
  readonly portal: PortalStore;
  readonly language: Language;
  readonly viewer: Viewer;
  readonly kept: KeptState;
  readonly now: () => number;
  /** What the chat calls people and channels. */
  readonly names?: ReadonlyMap<string, string>;
  readonly jobs?: readonly Pick<JobStatus, 'name' | 'outcome'>[];
}

type ChatContext = Omit<CommandContext, 'doctor' | 'status' | 'writeBack' | 'rfm' | 'loyalty' | 'tasks'>;

/** A command's context with the real desks that a chat needs, over a portal and a state of its own. */
export function chatContext(options: ChatContextOptions): ChatContext {
  const { portal, language, viewer, kept, now, jobs = [] } = options;
  const actor = viewer.userId;
  const audit = createAudit(portal, now);
  const outbox = createOutbox(portal, now);
  const state = () => kept.current;
  const updateState = async (change: (current: PortalState) => PortalState): Promise<PortalState> => {
    kept.current = portalStateSchema.parse(change(kept.current));
    return kept.current;
  };
  const run = (as: Viewer) => async (name: string, text: string) => {
    const command = commands.find((one) => one.name === name)!;
    // What is left out is nothing to the commands that are run through others: a TypeError would fail the test.
    return command.run(chatContext({ ...options, viewer: as }) as CommandContext, text);
  };
  return {
    language,
    timeZone: account.timeZone,
    own: { language, timeZone: account.timeZone },
    now: now(),
    state: kept.current,
    commands,
    reader: createReader({ portal, account, state: kept.current, viewer }),
    findings: createFindings(portal, now),
    settings: createSettingsDesk({ portal, audit, actor, state, updateState, environment: {} }),
    people: createPeopleDesk({ audit, actor, state, updateState }),
    namesOf: async () => (id) => options.names?.get(id) ?? id,
    playbooks: createPlaybookDesk({
      portal,
      audit,
      actor,
      now,
      nameOf: async (id) => options.names?.get(id) ?? id,
      state,
      updateState,
      playbookLog: createPlaybookLog(portal, now),
    }),
    answers: createAnswerDesk({ answers: createAnswerMemory(portal, now), viewer, request: null }),
    subscriptions: createSubscriptionsDesk({
      portal,
      account,
      audit,
      outbox,
      viewer,
      digests,
      state,
      updateState,
      now,
    }),
    preferences: createPreferencesDesk({ audit, actor, state, updateState }),
    homeFacts: () => homeFacts({ portal, outbox, jobs, userId: actor, now: now() }),
    copiedFields: async () => copiedObjects({}, { engagements: false }),
    preview: async (as, name, text) => run({ ...viewer, ...as })(name, text),
    run: run(viewer),
    list: async (name, text) =>
      (await commands.find((one) => one.name === name)?.list?.(chatContext(options) as CommandContext, text)) ?? null,
  };
}
