/** What Kith will be able to do, with the button that adds it to a workspace. */
export const INSTALL_PATH = '/slack/install';
/** Where Slack sends people back to; one of the app's redirect URLs. */
export const REDIRECT_PATH = '/slack/oauth_redirect';
