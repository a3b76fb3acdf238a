import { AsyncResource } from 'node:async_hooks';
import type { App, ReceiverEvent } from '@slack/bolt';
import { KithError } from '../../src/lib/errors.ts';
import type { Logger } from '../../src/lib/logger.ts';
import type { Text } from '../../src/lib/text.ts';
import { type Connection, socketConnection } from './receivers.ts';
import { aloud, STARTING } from './slack-gateway.ts';
import { addressOf } from './team-of.ts';

/** One Socket Mode connection of one app for many workspaces. */
export interface SharedSocket {
  /** A part in it: open while it is wanted by anybody, and telling each only of their own workspace. */
  connection(): Connection;
}

export function createSharedSocket(options: {
  readonly appToken: string;
  readonly apiUrl: string;
  readonly logger: Logger;
  /** Whose workspace it is, of those that are not connected; null for nobody's. */
  readonly tenantOf: (teamId: string) => Promise<string | null>;
  /** What somebody is told whose workspace is nobody's. */
  readonly unknown: Text;
}): SharedSocket {
  const { logger, tenantOf, unknown } = options;
  const members = new Map<string, App['processEvent']>();
  let opened: Promise<Connection> | null = null;

  async function processEvent(event: ReceiverEvent): Promise<void> {
    const to = addressOf(event.body);
    const member = members.get(to?.teamId ?? '');
    if (member !== undefined) return member(event);
    const tenant = to === null || to.teamId === '' ? null : await tenantOf(to.teamId);
    if (tenant === null)
      logger.warn('A request of a Slack workspace that Kith is not set up for was refused', { team: to?.teamId });
    await (to?.kind === 'command' ? event.ack(aloud(tenant === null ? unknown : STARTING)) : event.ack());
  }

  async function open(): Promise<Connection> {
    const { appToken, apiUrl } = options;
    const removed = (): void => logger.error('Slack takes SLACK_APP_TOKEN no more; no workspace hears anything');
    const connection = socketConnection({ appToken, apiUrl, logger, removed });
    // Of an App, a receiver calls this one method.
    connection.receiver.init({ processEvent } as unknown as App);
    await connection.open('');
    return connection;
  }

  return {
    connection() {
      let app: App | null = null;
      let team = '';
      let own: App['processEvent'] | null = null;
      return {
        receiver: {
          init(given) {
            app = given;
          },
          start: async () => undefined,
          stop: async () => undefined,
        },
        async open(teamId) {
          if (app === null || teamId === '')
            throw new KithError('chat-auth', {
              en: 'Slack did not say whose bot token it is',
              zh: 'Slack 没有说明该机器人令牌属于哪个工作区',
            });
          team = teamId;
          // What comes is logged as this tenant's, whoever opened the connection.
          own = AsyncResource.bind(app.processEvent.bind(app));
          members.set(team, own);
          opened ??= open();
          try {
            await opened;
          } catch (error) {
            opened = null;
            members.delete(team);
            throw error;
          }
        },
        async close() {
          // Another part of the same workspace may have taken its place.
          if (members.get(team) === own) members.delete(team);
          if (members.size > 0) return;
          const last = opened;
          opened = null;
          await (await last?.catch(() => null))?.close();
        },
      };
    },
  };
}
