import type { App } from '@slack/bolt';
import { listenToClicks } from './listen-to-clicks.ts';
import { listenToCommands } from './listen-to-commands.ts';
import { listenToForms } from './listen-to-forms.ts';
import { listenToWords } from './listen-to-words.ts';
import type { Listening } from './listening.ts';

/** Registers what Slack may send. Every listener acknowledges first and answers then. */
export function listen(app: App, listening: Listening): void {
  listenToCommands(app, listening);
  listenToClicks(app, listening);
  listenToForms(app, listening);
  listenToWords(app, listening);
  listenToHome(app, listening);
  listenToRemoval(app, listening);
}

function listenToHome(app: App, { homeTeamId, claim, refreshHome, isStopping }: Listening): void {
  app.event('app_home_opened', async ({ event, body }) => {
    if (event.tab !== 'home' || isStopping() || claim(`event:${body.event_id}`).isRepeat) return;
    const { user: userId } = event;
    const { event_id: key, team_id: teamId } = body;
    refreshHome({ key, teamId, homeTeamId, userId, channelId: userId, channelName: '' });
  });
}

function listenToRemoval(app: App, { removed }: Listening): void {
  app.event('app_uninstalled', async () => removed());
  app.event('tokens_revoked', async ({ event }) => {
    // A person's own token is none of Kith's.
    if ((event.tokens.bot ?? []).length > 0) removed();
  });
}
