import { expect, it } from 'vitest';
import { createLogger, withLogScope } from '../../../src/lib/logger.ts';

const SECRETS = {
  bot: 'xoxb-1234567890-abcdefABCDEF',
  app: 'xapp-1-A0123-456-abcdef0123',
  hubspot: 'pat-eu1-0f0f0f0f-1111-2222-3333-444444444444',
  signing: '8f742231b10e8888abcd99yyyzzz85a5',
  client: 'client-secret-of-an-app',
  identity: Buffer.alloc(32, 9).toString('base64'),
  server: 'https://default:hunter2-hunter2@clickhouse.example:8443',
};

function lines(): { stream: { write(line: string): void }; text(): string } {
  let text = '';
  return {
    stream: {
      write(line) {
        text += line;
      },
    },
    text: () => text,
  };
}

it('no secret is in a line, wherever it was: message, field, error, header, nested object', () => {
  const { stream, text } = lines();
  const given = [SECRETS.signing, SECRETS.client, SECRETS.identity];
  const logger = createLogger('debug', stream, given);
  const error = Object.assign(new Error(`HTTP 401 for Bearer ${SECRETS.hubspot}: ${SECRETS.signing}`), {
    code: SECRETS.client,
  });
  for (const level of ['debug', 'info', 'warn', 'error'] as const) {
    logger[level](`said ${Object.values(SECRETS).join(' and ')}`, {
      error,
      config: { headers: { Authorization: `Bearer ${SECRETS.hubspot}`, cookie: 'd=whatever' } },
      list: [{ botToken: SECRETS.bot }, `token=${SECRETS.client}`],
      key: `k1234abcd:${SECRETS.identity}`,
      url: SECRETS.server,
    });
  }
  const whole = text();
  for (const secret of [...Object.values(SECRETS), 'hunter2-hunter2', 'd=whatever'])
    expect(whole).not.toContain(secret);
  expect(whole.trim().split('\n')).toHaveLength(4);
  expect(whole).toContain('clickhouse.example');
});

it('an object that holds itself, and one that is very deep, are logged and end', () => {
  const { stream, text } = lines();
  const round: Record<string, unknown> = { name: 'round' };
  round.self = round;
  let deep: object = {};
  for (let n = 0; n < 50; n++) deep = { deep };
  createLogger('info', stream).info('odd', { round, deep, big: 12n, bytes: Buffer.alloc(9) });
  expect(JSON.parse(text())).toMatchObject({
    msg: 'odd',
    round: { name: 'round', self: '…' },
    big: '12',
    bytes: '9 bytes',
  });
});

it('a line names the job, its run and the request that it was logged for, also after a wait', async () => {
  const { stream, text } = lines();
  const logger = createLogger('info', stream);
  await withLogScope({ job: 'sync', run: 'sync-1' }, async () => {
    await Promise.resolve();
    await withLogScope({ request: 'r1' }, async () => logger.info('inner'));
    logger.info('outer');
  });
  logger.info('after');
  const [inner, outer, after] = text()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(inner).toMatchObject({ job: 'sync', run: 'sync-1', request: 'r1' });
  expect([outer.run, outer.request, after.run]).toEqual(['sync-1', undefined, undefined]);
});
