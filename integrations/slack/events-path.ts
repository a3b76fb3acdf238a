/** Where Slack's requests arrive in HTTP mode: commands, clicks and events alike. */
export const EVENTS_PATH = '/slack/events';
