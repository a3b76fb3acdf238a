import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { exampleEnvironment, loadConfig, SETTINGS } from '../../src/config.ts';
import { textOf } from '../../src/lib/errors.ts';
import type { Text } from '../../src/lib/text.ts';

function textOfError(environment: Record<string, string>): Text {
  try {
    loadConfig(environment);
  } catch (error) {
    return textOf(error);
  }
  throw new Error('This environment is fine');
}

describe('the configuration', () => {
  test('needs nothing: every setting has a default or may be absent', () => {
    const config = loadConfig({});
    expect(config.hubspot).toEqual({
      accessToken: null,
      clientId: null,
      clientSecret: null,
      baseUrl: 'https://api.hubapi.com',
      engagements: false,
    });
    expect(config.slack.mode).toBe('socket');
    expect(Object.isFrozen(config)).toBe(true);
  });

  test('tells every problem at once, each with its variable and the value seen', () => {
    const broken = { SLACK_MODE: 'carrier-pigeon', KITH_HTTP_PORT: '99999', KITH_HORIZON_DAYS: 'soon' };
    expect(() => loadConfig(broken)).toThrow(
      /SLACK_MODE: 'carrier-pigeon' is not one of socket, http; KITH_HTTP_PORT: '99999' is too large: 65535 is the most; KITH_HORIZON_DAYS: 'soon' is not a whole number$/,
    );
    const odd = { KITH_HORIZON_DAYS: '1.5', KITH_SYNC_LAG_MINUTES: '-1', KITH_PUBLIC_URL: 'kith.example.com' };
    expect(() => loadConfig(odd)).toThrow(
      /KITH_PUBLIC_URL: 'kith.example.com' is not an address such as https:\/\/kith.example.com; KITH_SYNC_LAG_MINUTES: '-1' is too small: 0 is the least; KITH_HORIZON_DAYS: '1.5' is not a whole number$/,
    );
  });

  test('tells them in Chinese too', () => {
    const broken = { SLACK_MODE: 'pigeon', KITH_HTTP_PORT: '99999', KITH_PUBLIC_URL: 'kith.example.com' };
    expect(textOfError(broken).zh).toBe(
      "环境变量有问题：SLACK_MODE：'pigeon'不是 socket、http 之一；KITH_HTTP_PORT：'99999'过大：最大为 65535；KITH_PUBLIC_URL：'kith.example.com'不是 https://kith.example.com 这样的地址",
    );
    const secret = textOfError({ SLACK_BOT_TOKEN: 'hunter2-is-my-token' });
    expect(secret.zh).toContain('SLACK_BOT_TOKEN：其值');
    expect(secret.zh).not.toContain('hunter2');
    expect(textOfError({ HUBSPOT_CLIENT_ID: 'id' }).zh).toContain('未设置 HUBSPOT_CLIENT_SECRET');
    expect(textOfError({ KITH_TENANT: 'acme' }).zh).toContain('未设置 KITH_TENANTS_DIR');
  });

  test('never repeats a secret in an error', () => {
    try {
      loadConfig({ SLACK_BOT_TOKEN: 'hunter2-is-my-token' });
      expect.unreachable();
    } catch (error) {
      expect(String(error)).toContain('SLACK_BOT_TOKEN');
      expect(String(error)).not.toContain('hunter2');
    }
  });

  test('takes a trailing slash off the address that the HubSpot client would double', () => {
    expect(loadConfig({ HUBSPOT_BASE_URL: 'http://127.0.0.1:8080/' }).hubspot.baseUrl).toBe('http://127.0.0.1:8080');
  });

  test('takes a token or an app, and says what to remove or to add when they are mixed', () => {
    const app = { HUBSPOT_CLIENT_ID: 'id', HUBSPOT_CLIENT_SECRET: 'hunter2' };
    expect(loadConfig(app).hubspot).toMatchObject({ accessToken: null, clientId: 'id', clientSecret: 'hunter2' });
    expect(() => loadConfig({ ...app, HUBSPOT_ACCESS_TOKEN: 'pat-hunter3' })).toThrow(
      /^(?!.*hunter).*HUBSPOT_ACCESS_TOKEN and HUBSPOT_CLIENT_ID are both set.*keep the token, or remove it/,
    );
    expect(() => loadConfig({ HUBSPOT_CLIENT_ID: 'id' })).toThrow(/HUBSPOT_CLIENT_SECRET is not: copy/);
    // A private app's webhooks are signed with its secret.
    const webhooks = loadConfig({ HUBSPOT_ACCESS_TOKEN: 'pat', HUBSPOT_CLIENT_SECRET: 'x' });
    expect(webhooks.hubspot.accessToken).toBe('pat');
  });

  test('takes a bot token or an app in Slack, whose people must be able to come back', () => {
    const app = { SLACK_CLIENT_ID: 'id', SLACK_CLIENT_SECRET: 'hunter2', KITH_PUBLIC_URL: 'https://kith.example.com' };
    expect(loadConfig(app).slack).toMatchObject({ botToken: null, clientId: 'id', clientSecret: 'hunter2' });
    expect(() => loadConfig({ ...app, SLACK_BOT_TOKEN: 'xoxb-hunter3' })).toThrow(
      /^(?!.*hunter).*SLACK_BOT_TOKEN and SLACK_CLIENT_ID are both set.*keep the token, or remove it/,
    );
    expect(() => loadConfig({ SLACK_CLIENT_ID: 'id' })).toThrow(
      /problems:.*SLACK_CLIENT_SECRET is not: copy.*KITH_PUBLIC_URL is not: Slack sends people back/,
    );
  });

  test('is what .env.example describes', () => {
    expect(readFileSync('.env.example', 'utf8')).toBe(exampleEnvironment());
    for (const { name } of SETTINGS) expect(exampleEnvironment()).toContain(`${name}=`);
  });
});
