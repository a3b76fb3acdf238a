import { outcomeSentence, presentOutcomes } from '../analyses/playbook-outcome-report.ts';
import type { CrmAccount, Instant } from '../domain/crm.ts';
import type { PlaybookRun } from '../domain/playbooks.ts';
import type { Outbox } from '../ledger/outbox.ts';
import type { PlaybookLog } from '../ledger/playbook-log.ts';
import { type Language, say } from '../lib/text.ts';
import { formatDay, plural } from '../report/format.ts';
import type { Report } from '../report/report.ts';
import type { PortalState } from '../state/portal-state.ts';
import type { PortalStore } from '../store/portal-store.ts';
import { operatorsChannel } from './operators-channel.ts';
import { newestRun, readPlaybookOutcomes } from './read-playbook-outcomes.ts';

const KIND = 'playbook';

/**
 * Tells the owner of each playbook once that it is due, and once what came of it. Counts of customers alone, never names, so
 * that it may be said wherever the owner is. Gives back how many messages were queued.
 */
export async function tellPlaybooks(at: {
  readonly portal: PortalStore;
  readonly account: CrmAccount;
  readonly state: PortalState;
  readonly outbox: Pick<Outbox, 'enqueue' | 'knows'>;
  readonly playbookLog: Pick<PlaybookLog, 'runs' | 'assignments'>;
  readonly now: () => Instant;
}): Promise<number> {
  const { portal } = at;
  const newest = await newestRun(portal);
  // Its text is a person's, and may name one.
  return portal.erasures.apart(() => tellOfEach(at, newest));
}

async function tellOfEach(
  { portal, account, state, outbox, playbookLog, now }: Parameters<typeof tellPlaybooks>[0],
  newest: Awaited<ReturnType<typeof newestRun>>,
): Promise<number> {
  let told = 0;
  for (const run of await playbookLog.runs()) {
    if (run.stoppedAt !== null || newest === null) continue;
    const channelId = channelOf(run, state);
    if (channelId === null) continue;
    const language = state.people[channelId]?.language ?? state.language;
    const tell = async (what: 'due' | 'outcome', report: Report): Promise<void> => {
      const queued = await outbox.enqueue({ key: `${KIND}-${what}:${run.id}`, channelId, kind: KIND, report });
      if (queued === 'queued') told += 1;
    };
    if (newest.asOf >= run.outcomeAt) {
      if (await outbox.knows(`${KIND}-outcome:${run.id}`)) continue;
      const [outcome] = await readPlaybookOutcomes(portal, playbookLog, [run]);
      if (outcome === undefined) continue;
      const asked = { language, timeZone: account.timeZone, run: newest };
      const report = presentOutcomes([outcome], asked);
      const sentence = outcomeSentence(outcome, asked);
      const headline = say(language, {
        en: `What came of “${run.text.en}” for ${run.name.en}: ${sentence}`,
        zh: `${run.name.zh}“${run.text.zh}”的结果：${sentence}`,
      });
      await tell('outcome', { ...report, headline });
    } else if (now() >= run.dueAt && now() < run.outcomeAt) {
      await tell('due', dueReport(run, language, account.timeZone));
    }
  }
  return told;
}

/**
 * The owner, else whoever started it: directly where the chat knows them, else the sales channel, else that of those who look
 * after Kith. Null when no channel is set at all.
 */
function channelOf({ owner, startedBy }: PlaybookRun, state: PortalState): string | null {
  if (owner?.kind === 'chat') return owner.id;
  if (owner?.kind === 'crm') {
    const person = Object.entries(state.people).find(([, { ownerIds }]) => ownerIds.includes(owner.id));
    if (person !== undefined) return person[0];
  } else if (startedBy !== 'command-line') return startedBy;
  return state.channels.sales ?? operatorsChannel(state);
}

function dueReport(run: PlaybookRun, language: Language, timeZone: string): Report {
  const due = formatDay(language, run.dueAt, timeZone);
  const known = formatDay(language, run.outcomeAt, timeZone);
  const customers = plural(language, run.treated, { one: 'customer', other: 'customers' }, ' 位客户');
  return {
    language,
    headline: say(language, {
      en: `Playbook due ${due}: “${run.text.en}” for ${customers} of ${run.name.en}`,
      zh: `方案于 ${due} 到期：对${run.name.zh}的 ${customers}执行“${run.text.zh}”`,
    }),
    parts: [
      {
        kind: 'text',
        text: say(language, {
          en: `\`/kith playbook who ${run.target}\` says who they are, and which ${run.heldOut} to leave as they are. What came of it is known on ${known}.`,
          zh: `\`/kith playbook who ${run.target}\` 可查看名单以及不应联系的 ${run.heldOut} 位对照客户。结果将于 ${known} 得知。`,
        }),
      },
    ],
    trust: '',
  };
}
