import { describe, expect, it } from 'vitest';
import { MOST_AT_ONCE } from '../../../integrations/slack/in-flight.ts';
import type { CommandRequest } from '../../../src/ports/chat.ts';
import {
  chatOf,
  ELSEWHERE,
  handlers,
  LINES,
  MAYA,
  nowhere,
  REPORT,
  running,
  SALES,
  SHARED,
  standIn,
  WEI,
} from './with-stand-in.ts';

describe('createSlackChat over Socket Mode', () => {
  it('acknowledges at once, then posts the answer with its picture in the channel and takes the acknowledgement away', async () => {
    const slack = await standIn();
    await running(slack, handlers({ report: REPORT, visibility: 'channel' }));
    const ack = await slack.runCommand({ userId: MAYA, channelId: SALES, command: '/churn-risk', text: 'mine' });
    expect(ack.outcome).toBe('acknowledged');
    expect(ack.afterMs).toBeLessThan(1000);
    expect(ack.response).toMatchObject({
      text: 'Working on churn-risk (data as of 09:00)',
      response_type: 'ephemeral',
    });
    const message = await slack.waitForMessage((candidate) => candidate.blocks.length > 0);
    expect(message).toMatchObject({ channel: SALES, ephemeralFor: null });
    expect(message.text).toContain('38 customers at risk, £182k');
    expect(message.text).toContain('91%');
    expect(message.blocks.map((block) => block.type)).toEqual(['header', 'section', 'image', 'section', 'context']);
    expect(JSON.stringify(message.blocks)).toContain(`<@${MAYA}>`);
    expect(JSON.stringify(message.blocks)).not.toContain('<!channel>');
    expect(slack.files()[0]).toMatchObject({ mimetype: 'image/png', altText: 'Kestrel Foods 91%, Northwind 58%' });
    await expect.poll(() => slack.messages(SALES).filter((entry) => entry.ephemeralFor !== null)).toEqual([]);
  });

  it('answers only the person who asked with the native chart in place of the acknowledgement', async () => {
    const slack = await standIn();
    await running(slack, handlers({ report: REPORT, visibility: 'only-you' }));
    await slack.runCommand({ userId: MAYA, channelId: ELSEWHERE, command: '/churn-risk', text: '' });
    const message = await slack.waitForMessage((candidate) => candidate.blocks.length > 0);
    expect(message).toMatchObject({ channel: ELSEWHERE, ephemeralFor: MAYA });
    expect(message.blocks.map((block) => block.type)).toContain('data_visualization');
    expect(slack.messages(ELSEWHERE)).toHaveLength(1);
  });

  it('tells who asks: their language, zone and e-mail, and whether the channel is shared with another company', async () => {
    const slack = await standIn();
    const asked: CommandRequest[] = [];
    await running(
      slack,
      handlers(async (request) => {
        asked.push(request);
        return { report: REPORT, visibility: 'only-you' };
      }),
    );
    await slack.runCommand({ userId: WEI, channelId: SALES, command: '/churn-risk', text: '  腾达  ' });
    await slack.runCommand({ userId: MAYA, channelId: SHARED, command: '/churn-risk', text: '' });
    await slack.runCommand({ userId: MAYA, channelId: slack.directMessageId(MAYA), command: '/churn-risk', text: '' });
    await expect.poll(() => asked.length).toBe(3);
    const wei = asked.find((request) => request.userId === WEI);
    const shared = asked.find((request) => request.channelId === SHARED);
    const direct = asked.find((request) => request.channelId.startsWith('D'));
    expect(wei).toMatchObject({
      command: 'churn-risk',
      text: '腾达',
      userLanguage: 'zh',
      userTimeZone: 'Asia/Shanghai',
      userEmail: 'wei@example.com',
      channelKind: 'channel',
    });
    expect(shared).toMatchObject({ channelKind: 'shared-externally', userLanguage: 'en' });
    expect(direct).toMatchObject({ channelKind: 'direct' });
    expect(wei?.id).toMatch(/^[0-9a-f]{8}$/);
  });

  it('answers a command that nobody registered at once with the nearest names', async () => {
    const slack = await standIn();
    let answers = 0;
    const given = handlers(async () => {
      answers += 1;
      return { report: REPORT, visibility: 'only-you' };
    });
    await running(slack, given);
    const far = await slack.runCommand({ userId: MAYA, channelId: SALES, command: '/not-registered', text: 'x' });
    expect(far.response).toMatchObject({
      response_type: 'ephemeral',
      text: 'Kith has no command /not-registered. /kith help lists all of them.',
    });
    const near = await slack.runCommand({ userId: MAYA, channelId: SALES, command: '/churn-risks', text: '' });
    expect(near.response?.text).toBe(
      'Kith has no command /churn-risks. Did you mean /churn-risk? /kith help lists all of them.',
    );
    expect(answers).toBe(0);
  });

  it('says of a button that this version does not know that it is old, and ignores the buttons of others', async () => {
    const slack = await standIn();
    const old = { ...REPORT, parts: [], actions: [{ action: 'gone', label: 'Gone', value: 'x' }] };
    await running(slack, handlers({ report: old, visibility: 'channel' }));
    await slack.runCommand({ userId: MAYA, channelId: SALES, command: '/churn-risk', text: '' });
    await slack.waitForMessage((candidate) => candidate.blocks.length > 0);
    await slack.clickButton({ userId: MAYA, channelId: SALES, label: 'Gone' });
    const told = await slack.waitForMessage((candidate) => candidate.text.includes('another version of Kith'));
    expect(told.ephemeralFor).toBe(MAYA);
  });

  it('puts the buttons of a whole answer below everything', async () => {
    const slack = await standIn();
    const actions = [
      { action: 'why', label: 'Share', value: 'a_1', style: 'primary' as const },
      { action: 'why', label: 'Download CSV', value: 'a_1' },
    ];
    await running(slack, handlers({ report: { ...REPORT, actions }, visibility: 'only-you' }));
    await slack.runCommand({ userId: MAYA, channelId: SALES, command: '/churn-risk', text: '' });
    const message = await slack.waitForMessage((candidate) => candidate.blocks.length > 0);
    expect(message.blocks.at(-1)).toMatchObject({
      type: 'actions',
      elements: [{ text: { text: 'Share' }, style: 'primary' }, { text: { text: 'Download CSV' } }],
    });
    expect(message.blocks.at(-2)).toMatchObject({ type: 'context' });
  });

  it.each([
    { scopes: ['im:write'], messages: 1 },
    { scopes: [], messages: 2 },
  ])('sends a file to the direct conversation of whoever asked, and says where it is ($scopes)', async (given) => {
    const scopes = ['commands', 'chat:write', 'files:write', 'files:read', 'users:read', 'channels:read'];
    const slack = await standIn({ scopes: [...scopes, ...given.scopes] });
    const csv = new TextEncoder().encode('customer,risk\nKestrel Foods,91%\n');
    await running(
      slack,
      handlers(
        { report: REPORT, visibility: 'channel' },
        {
          act: async () => ({
            report: { language: 'en', headline: '38 rows of `/churn-risk`', parts: [], trust: '' },
            visibility: 'only-you',
            file: { name: 'customers.csv', mediaType: 'text/csv', bytes: csv },
          }),
        },
      ),
    );
    await slack.runCommand({ userId: MAYA, channelId: SALES, command: '/churn-risk', text: '' });
    await slack.waitForMessage((candidate) => candidate.blocks.length > 0);
    await slack.clickButton({ userId: WEI, channelId: SALES, label: 'Why?' });
    const answer = await slack.waitForMessage((candidate) => candidate.ephemeralFor === WEI);
    expect(answer.channel).toBe(SALES);
    expect(answer.blocks[0]).toMatchObject({ type: 'header', text: { text: '38 rows of /churn-risk' } });
    expect(JSON.stringify(answer.blocks)).toContain('The file customers.csv is in your direct messages with Kith.');
    const messages = slack.messages(slack.directMessageId(WEI));
    expect(messages).toHaveLength(given.messages);
    expect(messages[0]?.text).toBe('Your file: customers.csv · 38 rows of `/churn-risk`');
    const [file] = slack.files().filter(({ id }) => messages.at(-1)?.files.includes(id));
    expect(file?.name).toBe('customers.csv');
    expect(file?.bytes.toString()).toBe('customer,risk\nKestrel Foods,91%\n');
    expect(slack.messages(SALES).flatMap(({ files }) => files)).toEqual([]);
  });

  it('answers a request that Slack delivers twice once, also after a restart', async () => {
    const slack = await standIn();
    const seen = new Set<string>();
    let answers = 0;
    const firstTime = async (id: string) => seen.size < seen.add(id).size;
    const given = handlers(async () => {
      answers += 1;
      return { report: REPORT, visibility: 'only-you' };
    });
    const chat = await running(slack, given, { firstTime });
    slack.setFault({ kind: 'duplicate-delivery' });
    await slack.runCommand({ userId: MAYA, channelId: SALES, command: '/churn-risk', text: '' });
    await slack.waitForMessage((candidate) => candidate.blocks.length > 0);
    await chat.stop();
    expect(answers).toBe(1);
    expect([...seen].every((id) => id.startsWith('trigger:'))).toBe(true);
  });

  it('says how to invite Kith when it may not post in the channel', async () => {
    const slack = await standIn();
    await running(slack, handlers({ report: REPORT, visibility: 'channel' }));
    await slack.runCommand({ userId: MAYA, channelId: ELSEWHERE, command: '/churn-risk', text: '' });
    const message = await slack.waitForMessage((candidate) => candidate.blocks.length > 0);
    expect(message.ephemeralFor).toBe(MAYA);
    expect(JSON.stringify(message.blocks)).toContain('/invite @Kith');
  });

  it('tells an error in a sentence with a reference and never a stack', async () => {
    const slack = await standIn();
    const { KithError } = await import('../../../src/lib/errors.ts');
    const errors = [
      new KithError('unknown-customer', 'no customer is called <Acme>: try part of its name'),
      new TypeError('x is undefined at secret.ts:1'),
    ];
    await running(
      slack,
      handlers(async () => {
        throw errors.shift();
      }),
    );
    await slack.runCommand({ userId: MAYA, channelId: SALES, command: '/churn-risk', text: 'Acme' });
    const known = await slack.waitForMessage((candidate) => candidate.text.includes('Acme'));
    expect(known.text).toMatch(
      /^Kith could not do this: no customer is called &lt;Acme&gt;: try part of its name\. \(Reference [0-9a-f]{8}\)$/,
    );
    await slack.runCommand({ userId: MAYA, channelId: SALES, command: '/churn-risk', text: '' });
    const unknown = await slack.waitForMessage((candidate) => candidate.text.includes('failed on its side'));
    expect(unknown.text).not.toContain('secret.ts');
    expect(LINES.some((line) => line.includes('secret.ts'))).toBe(true);
  });

  it('speaks to a person as they chose in Kith, whatever Slack says of them, and errors too', async () => {
    const { KithError } = await import('../../../src/lib/errors.ts');
    const slack = await standIn();
    const refuse = async () => {
      throw new KithError('job-busy', { en: 'wait a minute', zh: '请稍等一分钟' });
    };
    const chosen: Record<string, 'en' | 'zh'> = { [MAYA]: 'zh' };
    await running(slack, handlers(refuse, { languageOf: (userId) => chosen[userId] ?? null }));
    const told = async (userId: string) => {
      await slack.runCommand({ userId, channelId: SALES, command: '/churn-risk', text: '' });
      const { text } = await slack.waitForMessage(
        (message) => message.ephemeralFor === userId && !message.text.startsWith('Working'),
      );
      return text;
    };
    expect(await told(MAYA)).toMatch(/^Kith 无法完成：请稍等一分钟。（参考编号 [0-9a-f]{8}）$/);
    const unknown = await slack.runCommand({ userId: MAYA, channelId: SALES, command: '/churn-risks', text: '' });
    expect(unknown.response?.text).toContain('Kith 没有命令 /churn-risks');
    chosen[WEI] = 'en';
    expect(await told(WEI)).toMatch(/^Kith could not do this: wait a minute\. \(Reference [0-9a-f]{8}\)$/);
  });

  it('tells what people and channels are called, and leaves out what it does not know', async () => {
    const slack = await standIn();
    const chat = await running(slack, handlers({ report: REPORT, visibility: 'only-you' }));
    const names = await chat.names([MAYA, WEI, SALES, 'U0NOBODY', 'C0NOWHERE', 'command-line', 'EUR', 'USD']);
    expect(Object.fromEntries(names)).toEqual({ [MAYA]: '@maya', [WEI]: '@wei', [SALES]: '#sales' });
  });

  it('hands a click to the action with the button’s value and answers the person who clicked', async () => {
    const slack = await standIn();
    const clicks: string[] = [];
    await running(
      slack,
      handlers(
        { report: REPORT, visibility: 'channel' },
        {
          act: async (request) => {
            clicks.push(`${request.action} ${request.value} ${request.userId}`);
            return {
              report: { language: 'en', headline: 'Its gap is three times its usual one', parts: [], trust: '' },
              visibility: 'only-you',
            };
          },
        },
      ),
    );
    await slack.runCommand({ userId: MAYA, channelId: SALES, command: '/churn-risk', text: '' });
    await slack.waitForMessage((candidate) => candidate.blocks.length > 3);
    const ack = await slack.clickButton({ userId: WEI, channelId: SALES, label: 'Why?' });
    expect(ack.outcome).toBe('acknowledged');
    const answer = await slack.waitForMessage((candidate) => candidate.text.startsWith('Its gap'));
    expect(answer.ephemeralFor).toBe(WEI);
    expect(clicks).toEqual([`why c_1 ${WEI}`]);
    expect(slack.messages(SALES).some((message) => message.text.includes('38 customers'))).toBe(true);
  });

  it('shows a chart one rung lower when Slack refuses the message’s blocks, and says so', async () => {
    const slack = await standIn();
    await running(slack, handlers({ report: REPORT, visibility: 'channel' }));
    slack.setFault({ kind: 'refused', method: 'chat.postMessage', error: 'invalid_blocks' });
    await slack.runCommand({ userId: MAYA, channelId: SALES, command: '/churn-risk', text: '' });
    const message = await slack.waitForMessage((candidate) => candidate.blocks.length > 0);
    expect(message.blocks.map((block) => block.type)).toContain('data_visualization');
    expect(JSON.stringify(message.blocks)).toContain('simpler form');
  });

  it('goes on without pictures, mentions and channel kinds where optional scopes are missing', async () => {
    const slack = await standIn({ scopes: ['commands', 'chat:write', 'users:read'] });
    await running(slack, handlers({ report: REPORT, visibility: 'channel' }));
    await slack.runCommand({ userId: MAYA, channelId: SALES, command: '/churn-risk', text: '' });
    const message = await slack.waitForMessage((candidate) => candidate.blocks.length > 0);
    expect(message.blocks.map((block) => block.type)).toContain('data_visualization');
    expect(JSON.stringify(message.blocks)).toContain('· Maya Ortiz');
  });

  it('finishes what it is working on before it closes', async () => {
    const slack = await standIn();
    let release: () => void = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const chat = await running(
      slack,
      handlers(async () => {
        await held;
        return { report: REPORT, visibility: 'channel' };
      }),
    );
    await slack.runCommand({ userId: MAYA, channelId: SALES, command: '/churn-risk', text: '' });
    const stopping = chat.stop();
    release();
    await stopping;
    expect(slack.messages(SALES).some((message) => message.blocks.length > 0)).toBe(true);
    await expect.poll(() => slack.connections()).toBe(0);
  });

  it('turns away what comes on top of a hundred requests, in a sentence and without asking the store, and answers the hundred', async () => {
    const slack = await standIn();
    let release: () => void = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const asked: string[] = [];
    const given = handlers(async () => {
      await held;
      return { report: REPORT, visibility: 'only-you' };
    });
    await running(slack, given, { firstTime: async (id) => asked.push(id) > 0 });
    const ask = (text: string) =>
      slack.runCommand({ userId: MAYA, channelId: SALES, command: '/churn-risk', text: `no. ${text}` });
    for (let i = 1; i <= MOST_AT_ONCE; i++) await ask(String(i));
    const saidOf = (text: string) =>
      slack.messages(SALES).find(({ cause }) => cause?.text === `/churn-risk no. ${text}`)?.text ?? '';
    expect((await ask('more')).outcome).toBe('acknowledged');
    await expect.poll(() => saidOf('more')).toMatch(/as many questions as it can.*Ask again in a minute/);
    const words = `<@${slack.botUserId}> who is at risk?`;
    await slack.postAsUser({ userId: WEI, channelId: SALES, text: words });
    await slack.waitForMessage(({ ephemeralFor, text }) => ephemeralFor === WEI && /as many|已达上限/.test(text));
    await slack.openHome(MAYA);
    expect(asked).toHaveLength(MOST_AT_ONCE);
    expect(slack.home(MAYA)).toBeNull();
    release();
    const answered = () => slack.messages(SALES).filter(({ blocks }) => blocks.length > 0);
    await expect.poll(() => answered().length, { timeout: 10_000 }).toBe(MOST_AT_ONCE);
    // A Home is drawn as soon as there is room: nobody can be told in it to ask again.
    await expect.poll(() => slack.home(MAYA)).not.toBeNull();
    await ask('again');
    await expect.poll(() => answered().length).toBe(MOST_AT_ONCE + 1);
  });

  it('goes on over a new connection after Slack asked to reconnect', async () => {
    const slack = await standIn();
    await running(slack, handlers({ report: REPORT, visibility: 'only-you' }));
    slack.requestReconnect();
    await expect.poll(() => slack.calls('apps.connections.open'), { timeout: 20_000 }).toBe(2);
    await slack.waitForConnection(20_000);
    await expect
      .poll(
        async () =>
          (await slack.runCommand({ userId: MAYA, channelId: SALES, command: '/churn-risk', text: '' })).outcome,
        { timeout: 20_000 },
      )
      .toBe('acknowledged');
    await slack.waitForMessage((candidate) => candidate.blocks.length > 0);
  }, 60_000);

  it('answers in a direct message once the way back to the command has expired', async () => {
    let late = 0;
    const slack = await standIn({ now: () => Date.now() + late });
    await running(
      slack,
      handlers(async () => {
        late = 31 * 60_000;
        return { report: REPORT, visibility: 'only-you' };
      }),
    );
    await slack.runCommand({ userId: MAYA, channelId: SALES, command: '/churn-risk', text: '' });
    const message = await slack.waitForMessage((candidate) => candidate.blocks.length > 0);
    expect(message.channel).toBe(slack.directMessageId(MAYA));
  });

  it('acknowledges without waiting for the store, and answers even when it stays silent', async () => {
    const slack = await standIn();
    await running(slack, handlers({ report: REPORT, visibility: 'only-you' }), {
      firstTime: () => new Promise(() => {}),
    });
    const ack = await slack.runCommand({ userId: MAYA, channelId: SALES, command: '/churn-risk', text: '' });
    expect(ack).toMatchObject({ outcome: 'acknowledged' });
    expect(slack.messages(SALES).filter((message) => message.blocks.length > 0)).toEqual([]);
    await slack.waitForMessage((candidate) => candidate.blocks.length > 0);
  });

  it('does not answer again what an earlier process had, and says so in place of the acknowledgement', async () => {
    const slack = await standIn();
    let answers = 0;
    const given = handlers(async () => {
      answers += 1;
      return { report: REPORT, visibility: 'only-you' };
    });
    await running(slack, given, { firstTime: async () => false });
    await slack.runCommand({ userId: MAYA, channelId: SALES, command: '/churn-risk', text: '' });
    const told = await slack.waitForMessage((candidate) => candidate.text.includes('was restarted'));
    expect([told.ephemeralFor, answers, slack.messages(SALES).length]).toEqual([MAYA, 0, 1]);
  });

  it('does not assume a channel to be its own while Slack does not say', async () => {
    const slack = await standIn();
    let answers = 0;
    await running(
      slack,
      handlers(async () => {
        answers += 1;
        return { report: REPORT, visibility: 'channel' };
      }),
    );
    slack.setFault({ kind: 'failed-500', method: 'conversations.info' });
    await slack.runCommand({ userId: MAYA, channelId: SHARED, command: '/churn-risk', text: '' });
    const message = await slack.waitForMessage((candidate) => candidate.text.includes('shared with another company'));
    expect([message.ephemeralFor, answers]).toEqual([MAYA, 0]);
  });

  it('refuses to start with a wrong token, or where Slack is not, in one clear sentence', async () => {
    const slack = await standIn();
    const start = (more: object) => chatOf(slack, more).start(handlers({ report: REPORT, visibility: 'channel' }));
    await expect(start({ botToken: 'xoxb-wrong' })).rejects.toMatchObject({
      code: 'chat-auth',
      message: expect.stringContaining('SLACK_BOT_TOKEN (invalid_auth)'),
    });
    await expect(start({ appToken: 'xapp-wrong' })).rejects.toMatchObject({
      code: 'chat-auth',
      message: expect.stringContaining('SLACK_APP_TOKEN'),
    });
    await expect(start({ apiUrl: await nowhere() })).rejects.toMatchObject({ code: 'chat-unreachable' });
    await expect(start({ appToken: '' })).rejects.toMatchObject({ code: 'chat-auth' });
  });
});
