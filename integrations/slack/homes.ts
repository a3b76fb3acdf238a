import { WebAPIPlatformError, type WebClient } from '@slack/web-api';
import type { Logger } from '../../src/lib/logger.ts';
import type { Told } from '../../src/ports/chat.ts';
import { plainText } from '../../src/report/plain-text.ts';
import type { Report } from '../../src/report/report.ts';
import { LIMITS, viewProblems } from './block-limits.ts';
import type { HomeView } from './block-types.ts';
import { plain } from './escape.ts';
import { blocksRefused } from './reply.ts';
import { Outdated, tellFresh } from './tell-fresh.ts';
import { toBlocks } from './to-blocks.ts';

export interface Homes {
  /** Draws a person's Home: what `make` tells, one after the other, so that what is shown last was also made last. */
  show(userId: string, make: () => Promise<Told<Report>>): Promise<void>;
}

export function createHomes(client: WebClient, logger: Logger): Homes {
  const last = new Map<string, Promise<void>>();

  /** With its structure; as plain text where that is refused, since a page that is not drawn helps nobody. */
  const publish = async (userId: string, { fresh, ...page }: Told<Report>): Promise<void> => {
    const drawn: HomeView = { type: 'home', blocks: toBlocks(page, { rung: 'words', surface: 'home' }).blocks };
    const problems = viewProblems(drawn);
    if (problems.length > 0) logger.error('a Home broke a limit of Slack’s and is shown as plain text', { problems });
    else {
      try {
        await tellFresh(fresh, () => client.views.publish({ user_id: userId, view: asHome(drawn) }));
        return;
      } catch (error) {
        if (!viewRefused(error)) throw error;
        logger.warn('Slack did not take a Home as it was; it is shown as plain text', { user: userId });
      }
    }
    const text = plain(plainText(page, { width: 80 }), LIMITS.section);
    const view = asHome({ type: 'home', blocks: [{ type: 'section', text }] });
    await tellFresh(fresh, () => client.views.publish({ user_id: userId, view }));
  };

  /** A page that may name somebody who was forgotten since it was made is made again. */
  const draw = async (userId: string, make: () => Promise<Told<Report>>): Promise<void> => {
    for (;;) {
      try {
        return await publish(userId, await make());
      } catch (error) {
        if (!(error instanceof Outdated)) throw error;
      }
    }
  };

  return {
    show(userId, make) {
      const before = last.get(userId) ?? Promise.resolve();
      const shown = before.catch(() => undefined).then(() => draw(userId, make));
      last.set(userId, shown);
      const forget = () => {
        if (last.get(userId) === shown) last.delete(userId);
      };
      shown.then(forget, forget);
      return shown;
    },
  };
}

/** The SDK's own type of a view knows fewer blocks than Slack does: one cast stands here. */
function asHome(view: HomeView) {
  return view as unknown as { type: 'home'; blocks: [] };
}

/** Slack names a view's faults differently from a message's. */
function viewRefused(error: unknown): boolean {
  if (blocksRefused(error)) return true;
  return error instanceof WebAPIPlatformError && ['invalid_arguments', 'view_too_large'].includes(error.data.error);
}
