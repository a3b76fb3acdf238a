import { describe, expect, it } from 'vitest';
import type { StandInMessage } from '../../../demo/slack/stand-in-types.ts';
import type { StandInSlack } from '../../../demo/slack/start-stand-in-slack.ts';
import { checkUpSlack } from '../../../integrations/slack/check-up.ts';
import { OPTIONAL_SCOPES, REQUIRED_SCOPES } from '../../../integrations/slack/scopes.ts';
import { chatOf, ELSEWHERE, handlers, LINES, MAYA, REPORT, running, SALES, standIn } from './with-stand-in.ts';

const ALL = [...REQUIRED_SCOPES, ...OPTIONAL_SCOPES];
const without = (...names: string[]) => ALL.filter((scope) => !names.includes(scope));

interface Missing {
  readonly piece: string;
  readonly scopes?: readonly string[];
  readonly channelId?: string;
  /** Makes the trouble before the command is given, or while it is being answered. */
  readonly before?: (slack: StandInSlack) => void;
  readonly during?: (slack: StandInSlack) => void;
  /** Where the answer arrives, and how its chart is shown there. */
  readonly arrives: 'channel' | 'only-you' | 'direct';
  readonly chart: 'image' | 'data_visualization' | 'data_table';
  /** Said in the message; or in the log, for whoever looks after Kith. */
  readonly hint: RegExp;
  readonly isLogged?: true;
}

let late = 0;

const MATRIX: readonly Missing[] = [
  {
    piece: 'the scopes for files',
    scopes: without('files:write', 'files:read'),
    arrives: 'channel',
    chart: 'data_visualization',
    hint: /lacks the scopes for pictures \(files:write and files:read\).*kith manifest/,
  },
  {
    piece: 'Slack’s own charts, where the picture is missing too',
    scopes: without('files:write'),
    before: (slack) => slack.setFault({ kind: 'refused', method: 'chat.postMessage', error: 'invalid_blocks' }),
    arrives: 'channel',
    chart: 'data_table',
    hint: /shown in a simpler form/,
  },
  {
    piece: 'a picture that Slack never finishes looking at',
    before: (slack) => slack.setFault({ kind: 'file-never-ready' }),
    arrives: 'channel',
    chart: 'data_visualization',
    hint: /picture could not be uploaded/,
  },
  {
    piece: 'membership in the channel',
    channelId: ELSEWHERE,
    arrives: 'only-you',
    chart: 'data_visualization',
    hint: /type \/invite @Kith/,
  },
  {
    piece: 'a channel that is still written in',
    during: (slack) => slack.archive(SALES),
    arrives: 'only-you',
    chart: 'data_visualization',
    hint: /channel is archived.*another channel/,
  },
  {
    piece: 'the scope for e-mails',
    scopes: without('users:read.email'),
    arrives: 'channel',
    chart: 'image',
    hint: /owners are named but not mentioned.*users:read\.email/,
    isLogged: true,
  },
  {
    piece: 'the way back to the command',
    during: () => {
      late = 31 * 60_000;
    },
    arrives: 'direct',
    chart: 'data_visualization',
    hint: /comes as a direct message/,
  },
  {
    piece: 'the scopes that tell whether a channel is shared',
    scopes: without('channels:read', 'groups:read'),
    arrives: 'channel',
    chart: 'image',
    hint: /cannot be recognised.*channels:read and groups:read/,
    isLogged: true,
  },
];

describe('an answer where a piece is missing', () => {
  it.each(MATRIX)('is useful and says what to do: $piece', async (missing) => {
    late = 0;
    const from = LINES.length;
    const slack = await standIn({ scopes: missing.scopes ?? ALL, now: () => Date.now() + late });
    missing.before?.(slack);
    const visibility = missing.arrives === 'direct' ? 'only-you' : 'channel';
    const given = handlers(async () => {
      missing.during?.(slack);
      return { report: REPORT, visibility };
    });
    await running(slack, given, { timeoutMs: 2_000 });
    await slack.runCommand({ userId: MAYA, channelId: missing.channelId ?? SALES, command: '/churn-risk', text: '' });
    const message = await slack.waitForMessage((candidate) => candidate.blocks.length > 0);
    expect(placeOf(slack, message)).toBe(missing.arrives);
    // The numbers are there, whatever became of the picture.
    expect(message.text).toContain('38 customers at risk, £182k');
    expect(message.text).toContain('91%');
    expect(message.blocks.map((block) => block.type)).toContain(missing.chart);
    if (missing.isLogged !== true) expect(JSON.stringify(message.blocks)).toMatch(missing.hint);
    else expect(LINES.slice(from).filter((line) => missing.hint.test(line))).toHaveLength(1);
  });
});

describe('a message to a channel or a person where a piece is missing', () => {
  const MESSAGE = { key: 'k', channelId: SALES, report: REPORT, threadId: null, replaces: null, file: null };

  it('is refused with what to do where the channel is archived', async () => {
    const slack = await standIn();
    slack.archive(SALES);
    expect(await chatOf(slack).deliver(MESSAGE)).toEqual({
      outcome: 'refused',
      reason: 'the channel is archived: choose another channel',
    });
  });

  it('reaches a person without the scopes for direct messages, and the doctor names them', async () => {
    const slack = await standIn({ scopes: without('im:write', 'im:history') });
    const delivery = await chatOf(slack).deliver({ ...MESSAGE, channelId: MAYA });
    expect(delivery).toMatchObject({ outcome: 'sent', channelId: slack.directMessageId(MAYA) });
    const again = await chatOf(slack).deliver({ ...MESSAGE, key: 'b', channelId: MAYA, replaces: '1.000100' });
    expect(again).toMatchObject({ outcome: 'sent' });
    const { missingScopes } = await checkUpSlack({
      botToken: slack.botToken,
      installUrl: null,
      appToken: null,
      apiUrl: slack.apiUrl,
      channels: {},
    });
    expect(missingScopes).toEqual([
      { name: 'im:history', isNeeded: false },
      { name: 'im:write', isNeeded: false },
    ]);
  });

  it('goes out without its file where the scope for files is missing, and says so', async () => {
    const slack = await standIn({ scopes: without('files:write') });
    const file = { name: 'July.pdf', mediaType: 'application/pdf' as const, bytes: new TextEncoder().encode('%PDF') };
    const delivery = await chatOf(slack).deliver({ ...MESSAGE, file });
    expect(delivery).toMatchObject({ outcome: 'sent', fileIds: [] });
    expect(JSON.stringify(slack.messages(SALES)[0]?.blocks)).toContain('The file could not be attached');
  });
});

function placeOf(slack: StandInSlack, { channel, ephemeralFor }: StandInMessage): Missing['arrives'] {
  if (channel === slack.directMessageId(MAYA)) return 'direct';
  return ephemeralFor === MAYA ? 'only-you' : 'channel';
}
