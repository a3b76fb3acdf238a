import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { createListener } from '../../integrations/http/create-listener.ts';
import { languageOf, outcomePage, show } from '../../integrations/http/page.ts';
import { replayed } from '../../integrations/http/replayed.ts';
import { hubspotCallback } from '../../integrations/hubspot/oauth-callback.ts';
import { hubspotWebhooks } from '../../integrations/hubspot/webhook-handler.ts';
import { EVENTS_PATH } from '../../integrations/slack/events-path.ts';
import { REDIRECT_PATH } from '../../integrations/slack/install-paths.ts';
import { tenantIn } from '../../integrations/slack/install-states.ts';
import { createSharedSocket, type SharedSocket } from '../../integrations/slack/shared-socket.ts';
import { slackGateway } from '../../integrations/slack/slack-gateway.ts';
import type { Config } from '../config.ts';
import type { Instant } from '../domain/crm.ts';
import type { Readiness, SharedListener } from '../kith.ts';
import { messageOf } from '../lib/errors.ts';
import { instanceId } from '../lib/instance-id.ts';
import type { Logger } from '../lib/logger.ts';
import { readBody } from '../lib/read-body.ts';
import type { Text } from '../lib/text.ts';
import type { HandOver, ReadCall } from '../ports/gateway.ts';
import type { TakeEvents } from '../ports/webhooks.ts';
import { createTenantDirectory } from '../tenant-directory.ts';
import { isTenantName, type Tenants } from '../tenants.ts';
import { createForwarding, refuse } from './forwarding.ts';
import { createShare } from './share-webhooks.ts';
import { createSignUpPages, SIGN_UP_PATH } from './sign-up-pages.ts';

/** What the tenants of one process have of the world outside: one port, and one app's calls told apart. */
export interface Gateway {
  readonly listener: SharedListener;
  /** Null where each tenant has a Socket Mode connection of its own, or none. */
  readonly socket: SharedSocket | null;
  /** Whose a Slack workspace is, of those that have the app in common. */
  readonly tenantOf: (teamId: string) => Promise<string | null>;
  /** Called every few seconds. */
  readonly upkeep: () => void;
  /** Those who take webhooks now, by portal. */
  readonly webhooks: Map<string, TakeEvents>;
}

export interface GatewayOptions {
  readonly root: Config;
  readonly logger: Logger;
  readonly now: () => Instant;
  readonly ready: () => Readiness;
  /** As they are now. */
  readonly tenants: () => Tenants;
  /** A tenant is new, or was added to Slack anew. */
  readonly added: (name: string) => void;
}

/**
 * The process's own addresses, beside /NAME/… of each tenant: one for each call of an app that all have in common, from where it is
 * given to the tenant that it is for, here or in the process that has it.
 */
export function openGateway({ root, logger, now, ready, tenants, added }: GatewayOptions): Gateway {
  const { slack, hubspot, publicUrl } = root;
  const forwarding = createForwarding(root, logger);
  const webhooks = new Map<string, TakeEvents>();
  const directory = createTenantDirectory({
    dataDir: root.dataDir,
    now,
    *sharing(app) {
      for (const [name, config] of tenants().all) if (config.shared?.[app] === true) yield name;
    },
  });
  const listener = createListener({
    port: root.httpPort,
    logger,
    ready,
    instance: instanceId(root.dataDir),
    // Below the name of another process's tenant, be there one of that name or not.
    otherwise(prefix, request, response) {
      const owner = isTenantName(prefix) ? forwarding.ownerOf(prefix) : null;
      if (owner === null) return false;
      whole(request, response, (call) => forwarding.forward(owner, call, response));
      return true;
    },
  });

  /** Reads a request to its end before anything is done with it; what fails is one answer. */
  function whole(request: IncomingMessage, response: ServerResponse, act: (call: ReadCall) => Promise<void>): void {
    const acted = readBody(request).then((body) =>
      body === null ? refuse(response, 413, 'the request is too large') : act({ request, body }),
    );
    acted.catch((error: unknown) => {
      logger.error('A request failed', { reason: messageOf(error) });
      if (!response.headersSent) refuse(response, 500, 'internal error');
    });
  }

  async function hand(tenant: string, call: ReadCall, response: ServerResponse): Promise<HandOver> {
    const owner = forwarding.ownerOf(tenant);
    if (owner === null) return listener.hand(tenant, replayed(call), response) ? 'taken' : 'absent';
    await forwarding.forward(owner, call, response);
    return 'taken';
  }

  /** A way back of many: whose it is stands in the state, and is checked by its owner; '' is nobody's yet. */
  function wayBack(path: string, tenantOf: (state: string) => string | null, signUp: RequestListener | null): void {
    listener.mount(path, (request, response) => {
      const query = new URL(request.url ?? '/', 'http://kith').searchParams;
      const tenant = tenantOf(query.get('state') ?? '');
      if (tenant === '' && signUp !== null) return signUp(request, response);
      whole(request, response, async (call) => {
        const isKnown = tenant !== null && isTenantName(tenant);
        if (isKnown && (await hand(tenant, call, response)) === 'taken') return;
        const language = languageOf(request, '');
        show(response, 400, outcomePage(language, { isDone: false, title: LOST, texts: [NOT_OURS], link: null }));
      });
    });
  }

  const unknown = unknownWorkspace(root.signUp ? `${publicUrl ?? ''}${SIGN_UP_PATH}` : null);
  const signUp = createSignUpPages({
    root,
    directory,
    identityKeysOf: (name) => tenants().all.get(name)?.identityKeys ?? root.identityKeys,
    logger,
    now,
    added(name) {
      directory.renew();
      added(name);
    },
  });
  for (const [path, page] of Object.entries(signUp?.pages ?? {})) listener.mount(path, page);
  const onTrouble = (reason: string): void => logger.warn(reason);
  let socket: SharedSocket | null = null;
  if (slack.clientId !== null) {
    wayBack(REDIRECT_PATH, tenantIn, signUp?.backFromSlack ?? null);
    const { signingSecret, appToken, apiUrl } = slack;
    if (signingSecret !== null)
      listener.mount(
        EVENTS_PATH,
        slackGateway({ signingSecret, now, tenantOf: directory.ofTeam, hand, unknown, onTrouble }),
      );
    if (slack.mode === 'socket' && appToken !== null)
      socket = createSharedSocket({ appToken, apiUrl, logger, tenantOf: directory.ofTeam, unknown });
  }
  if (hubspot.clientId !== null && hubspot.clientSecret !== null) {
    wayBack(hubspotCallback.path, tenantOfState, signUp?.backFromHubspot ?? null);
    const share = createShare({ forwarding, tenantOf: directory.ofPortal, webhooks, logger });
    if (publicUrl !== null)
      listener.mount(
        hubspotWebhooks.path,
        hubspotWebhooks.gateway({ secret: hubspot.clientSecret, publicUrl, now, share, onTrouble }),
      );
  }
  return { listener, socket, tenantOf: directory.ofTeam, upkeep: () => signUp?.upkeep(), webhooks };
}

/** A tenant's name stands before its secret; nothing does before that of a sign-up. */
function tenantOfState(state: string): string | null {
  const end = state.indexOf('.');
  return end < 0 ? null : state.slice(0, end);
}

function unknownWorkspace(signUpUrl: string | null): Text {
  return signUpUrl === null
    ? {
        en: 'Kith is not set up for this workspace yet; ask whoever runs Kith to set it up',
        zh: '此工作区尚未设置 Kith；请联系 Kith 的运营方进行设置',
      }
    : {
        en: `Kith is not set up for this workspace yet; whoever may add apps here sets it up at ${signUpUrl}`,
        zh: `此工作区尚未设置 Kith；有权添加应用的人可在 ${signUpUrl} 进行设置`,
      };
}

const LOST: Text = { en: 'This link leads nowhere', zh: '此链接无效' };
const NOT_OURS: Text = {
  en: 'Kith is not waiting for this answer, and nothing was changed; start again where you began',
  zh: 'Kith 没有在等待此次返回，未做任何更改；请从开始的地方重新操作',
};
