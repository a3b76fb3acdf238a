import { elementsOf } from '../../demo/slack/element-state.ts';
import type { StandInMessage } from '../../demo/slack/stand-in-types.ts';
import { actionOf } from '../../integrations/slack/to-blocks.ts';
import type { RandomSource } from '../../src/math/random.ts';
import type { Company } from './service-company.ts';

/** Something that somebody does in Slack. */
export type Act =
  | {
      readonly kind: 'command';
      readonly userId: string;
      readonly channelId: string;
      readonly command: string;
      readonly text: string;
    }
  | { readonly kind: 'question'; readonly userId: string; readonly channelId: string; readonly text: string }
  | {
      readonly kind: 'click';
      readonly userId: string;
      readonly channelId: string;
      readonly ts: string;
      readonly actionId: string;
      readonly value: string;
    }
  | { readonly kind: 'home'; readonly userId: string };

/** What is typed, and how often of a hundred. NAME is a customer's. */
const COMMANDS: readonly (readonly [number, string, string])[] = [
  [14, '/churn-risk', ''],
  [4, '/churn-risk', 'lapsed'],
  [4, '/churn-risk', 'me'],
  [10, '/segments', ''],
  [8, '/value', ''],
  [4, '/value', 'high'],
  [8, '/loyalty', ''],
  [6, '/basket', ''],
  [6, '/recommend', 'NAME'],
  [6, '/likely', ''],
  [6, '/forecast', ''],
  [4, '/anomalies', ''],
  [4, '/service', ''],
  [8, '/customer', 'NAME'],
  [3, '/customers', ''],
  [2, '/models', ''],
  [1, '/kith', 'help'],
  [1, '/kith', 'status'],
  [1, '/kith', 'health'],
];
const QUESTIONS = {
  en: [
    'which of my customers went quiet?',
    'who are our best customers?',
    'how much will we sell next month?',
    'what sells together?',
    'how many customers do we have?',
    'what is unusual?',
  ],
  zh: [
    '哪些客户快流失了？',
    '最有价值的客户是哪些？',
    '下个月的收入预测',
    '哪些产品一起购买？',
    '有多少客户？',
    '有什么异常？',
  ],
};
/** Buttons that read, or share what was read. */
const CLICKED = ['why', 'download-csv', 'share'];

/**
 * What people do, drawn from a seed, of every hundred acts: 77 slash commands of which 3 in a department’s channel, 3 questions in
 * plain words, 15 clicks on what they were answered, 5 looks at their Home. Answers in a department’s channel, and in a conversation
 * with Kith, carry pictures, and files are asked for: together they stay within what Slack takes of an app at twenty acts a second
 * (100 looks at files and 60 messages a channel a minute), so that Slack’s limits are not what is measured.
 */
export function createPeople(company: Company, random: RandomSource) {
  const { people, talk, departments, hubspot, slack, chinese } = company;
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)]!;
  const names = hubspot.portal.ids('companies').flatMap((id) => hubspot.portal.properties('companies', id)?.name ?? []);
  /** Of each person, the newest answer with buttons. */
  const buttons = new Map<string, readonly Act[]>();

  /** Called with each message of the app's. */
  function saw(message: StandInMessage): void {
    const { channel: channelId, ts, ephemeralFor } = message;
    if (ephemeralFor === null) return;
    const found = elementsOf(message.blocks).flatMap(({ element }): Act[] => {
      const actionId = String(element.action_id);
      if (element.type !== 'button' || !CLICKED.includes(actionOf(actionId) ?? '')) return [];
      return [{ kind: 'click', userId: ephemeralFor, channelId, ts, actionId, value: String(element.value) }];
    });
    if (found.length > 0) buttons.set(ephemeralFor, found);
  }

  function command(userId: string, channelId: string): Act {
    let draw = random() * 100;
    const [, name, text] =
      COMMANDS.find(([share]) => {
        draw -= share;
        return draw < 0;
      }) ?? COMMANDS[0]!;
    return { kind: 'command', userId, channelId, command: name, text: text.replace('NAME', pick(names)) };
  }

  return {
    saw,
    /** What this person does now. */
    next(userId: string): Act {
      const draw = random();
      const words = pick(chinese.has(userId) ? QUESTIONS.zh : QUESTIONS.en);
      if (draw < 0.03) return command(userId, pick(departments));
      if (draw < 0.05)
        return { kind: 'question', userId, channelId: pick(talk), text: `<@${slack.botUserId}> ${words}` };
      if (draw < 0.06) return { kind: 'question', userId, channelId: slack.directMessageId(userId), text: words };
      if (draw < 0.11) return { kind: 'home', userId };
      const clicks = buttons.get(userId) ?? [];
      if (draw < 0.26 && clicks.length > 0) {
        // Files and shared answers are rarer than "Why?".
        const whys = clicks.filter((act) => act.kind === 'click' && actionOf(act.actionId) === 'why');
        return pick(whys.length > 0 && random() < 0.9 ? whys : clicks);
      }
      return command(userId, pick(talk));
    },
    person: () => pick(people),
  };
}
