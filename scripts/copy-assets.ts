import { cpSync } from 'node:fs';

/** What the compiler leaves out of `dist`: the stand-in Slack's page, which a browser reads as it is. */
cpSync('demo/slack/page', 'dist/demo/slack/page', { recursive: true });
