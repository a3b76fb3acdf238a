import type { CommandContext } from '../../commands/context.ts';
import { actions, commands, forms, home, questions } from '../../commands/index.ts';
import { copiedColumns } from '../../integrations/csv/copied-columns.ts';
import { copiedObjects } from '../../integrations/hubspot/copied-objects.ts';
import type { Config } from '../config.ts';
import type { CrmAccess } from '../crm-access.ts';
import { type CrmWork, FOLDER_CURSOR } from '../crm-work.ts';
import { digests } from '../digests/index.ts';
import { examine, type StoreExamination } from '../doctor.ts';
import type { CopiedProperties, Instant } from '../domain/crm.ts';
import { createAnswerDesk } from '../jobs/answer-desk.ts';
import { homeFacts } from '../jobs/home-facts.ts';
import { createLoyaltyDesk } from '../jobs/loyalty-desk.ts';
import { createPeopleDesk } from '../jobs/people-desk.ts';
import { createPlaybookDesk } from '../jobs/playbook-desk.ts';
import { createPreferencesDesk } from '../jobs/preferences-desk.ts';
import { createRfmDesk } from '../jobs/rfm-desk.ts';
import { createSettingsDesk } from '../jobs/settings-desk.ts';
import { createSubscriptionsDesk } from '../jobs/subscriptions-desk.ts';
import { systemStatus } from '../jobs/system-status.ts';
import type { Asker, Kith, Workspace } from '../kith.ts';
import { auditAs } from '../ledger/audit.ts';
import { createFindings } from '../ledger/findings.ts';
import { KithError } from '../lib/errors.ts';
import { nearest } from '../lib/nearest.ts';
import type { Text } from '../lib/text.ts';
import type { JobStatus } from '../ports/system-status.ts';
import { watchedReader } from '../privacy/watched-reader.ts';
import type { SlackAccess } from '../slack-access.ts';
import { probes } from './probes.ts';

export interface CommandDeskOptions {
  readonly config: Config;
  readonly now: () => Instant;
  readonly work: CrmWork;
  readonly access: CrmAccess;
  readonly slack: SlackAccess | null;
  readonly copied: (portalId: string) => CopiedProperties;
  readonly examineStore: () => Promise<StoreExamination>;
  readonly jobs: () => Promise<readonly JobStatus[]>;
  readonly namesOf: CommandContext['namesOf'];
}

/** Everything that people ask of Kith by commands, buttons, forms and words, with the rights of whoever asks. */
export function createCommandDesk(
  options: CommandDeskOptions,
): Pick<Kith, 'actions' | 'command' | 'action' | 'forms' | 'openForm' | 'submitForm' | 'home' | 'ask'> {
  const { config, now, work, access, slack, copied, examineStore, jobs, namesOf } = options;
  const nameOf = async (id: string): Promise<string> => (await namesOf([id]))(id);

  const contextFor = (at: Workspace, asker: Asker): CommandContext => {
    const { viewer, language, timeZone, own = { language, timeZone }, request = null } = asker;
    const { userId } = viewer;
    const noting = { ...at, audit: auditAs(at.audit, asker.actor ?? userId) };
    return {
      language,
      timeZone,
      own,
      now: now(),
      reader: asker.read === undefined ? at.reader(viewer) : watchedReader(at.reader(viewer), asker.read),
      writeBack: work.controlsOf(at, asker),
      rfm: createRfmDesk({ ...noting, actor: userId }),
      loyalty: createLoyaltyDesk({ ...noting, actor: userId, now, timeZone: at.account.timeZone }),
      settings: createSettingsDesk({ ...noting, actor: userId, environment: decidedBy(config) }),
      people: createPeopleDesk({ ...noting, actor: userId }),
      namesOf,
      playbooks: createPlaybookDesk({ ...noting, actor: userId, now, nameOf }),
      subscriptions: createSubscriptionsDesk({ ...at, account: at.account, digests, viewer, now }),
      preferences: createPreferencesDesk({ ...noting, actor: userId }),
      homeFacts: async () => homeFacts({ ...at, jobs: await jobs(), userId: viewer.userId, now: now() }),
      copiedFields: async () =>
        (await at.portal.crm.cursor(FOLDER_CURSOR)) === null
          ? copiedObjects(copied(at.portal.portalId), { engagements: config.hubspot.engagements })
          : copiedColumns(copied(at.portal.portalId)),
      async preview(as, name, text) {
        if (viewer.role !== 'admin') throw new KithError('not-allowed', ONLY_ADMINS_PREVIEW);
        return commandOf(name).run(contextFor(at, { ...asker, viewer: { ...viewer, ...as } }), text);
      },
      tasks: { create: (order) => work.tasksOf(at).create(order, asker.actor ?? userId) },
      state: at.state(),
      findings: createFindings(at.portal, now),
      commands,
      doctor: async () => examine(config, await probes(config, access, slack), examineStore),
      status: async () => ({
        ...(await systemStatus({
          portal: at.portal,
          account: at.account,
          outbox: at.outbox,
          jobs: await jobs(),
          now: now(),
        })),
        slack: slack === null ? null : statusOf(await slack.standing().catch(() => null), slack.installUrl),
      }),
      answers: createAnswerDesk({ answers: at.answers, viewer, request }),
      run: async (name, text) => commandOf(name).run(contextFor(at, asker), text),
      list: async (name, text) => (await commandOf(name).list?.(contextFor(at, asker), text)) ?? null,
    };
  };

  return {
    actions: actions.map(({ name }) => name),
    async command(at, asker, name, text) {
      return commandOf(name).run(contextFor(at, asker), text);
    },
    async action(at, asker, name, value) {
      const action = actions.find((one) => one.name === name);
      if (action === undefined)
        throw new KithError('unknown-command', {
          en: `The button '${name}' is not known to this version of Kith`,
          zh: `此版本的 Kith 没有按钮“${name}”`,
        });
      return action.run(contextFor(at, asker), value);
    },
    forms: forms.map(({ name }) => name),
    openForm: async (at, asker, name, value) => formOf(name).open(contextFor(at, asker), value),
    submitForm: async (at, asker, { name, value }, entered) =>
      formOf(name).submit(contextFor(at, asker), value, entered),
    home: (at, asker) => home.run(contextFor(at, asker)),
    ask: (at, asker, question) => questions.run(contextFor(at, asker), question),
  };
}

function commandOf(name: string) {
  const command = commands.find((one) => one.name === name);
  if (command === undefined) throw unknownCommand(name);
  return command;
}

function formOf(name: string) {
  const form = forms.find((one) => one.name === name);
  if (form === undefined)
    throw new KithError('unknown-command', {
      en: `The form '${name}' is not known to this version of Kith`,
      zh: `此版本的 Kith 没有表单“${name}”`,
    });
  return form;
}

function unknownCommand(name: string): KithError {
  const names = commands.map((command) => command.name);
  const close = nearest(name, names)[0];
  const hint: Text =
    close === undefined
      ? { en: `choose one of ${names.join(', ')}`, zh: `可用命令：${names.join('、')}` }
      : { en: `did you mean '${close}'?`, zh: `您是不是想输入“${close}”？` };
  return new KithError('unknown-command', {
    en: `There is no command '${name}'; ${hint.en}`,
    zh: `没有命令“${name}”；${hint.zh}`,
  });
}

const ONLY_ADMINS_PREVIEW: Text = {
  en: 'Only an admin sees what others see',
  zh: '只有管理员可以查看其他人看到的内容',
};

/** Settings that the environment decides. */
function decidedBy({ horizonDays }: Config) {
  return horizonDays === null ? {} : { horizonDays: { variable: 'KITH_HORIZON_DAYS', value: horizonDays } };
}

function statusOf(standing: Awaited<ReturnType<SlackAccess['standing']>>, installUrl: string) {
  if (standing === null) return { workspace: '', since: null, isConnected: false, installUrl };
  const since = standing.botToken === null ? standing.removedAt : standing.installedAt;
  return { workspace: standing.teamName, since, isConnected: standing.botToken !== null, installUrl };
}
