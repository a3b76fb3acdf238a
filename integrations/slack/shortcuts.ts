/** Slack's names of Kith's shortcuts: in a message's menu, and anywhere. */
export const ASK_ABOUT_MESSAGE = 'ask_kith';
export const ASK_ANYTHING = 'ask_kith_anything';
