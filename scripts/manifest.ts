import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { commands } from '../commands/index.ts';
import { buildManifest } from '../integrations/slack/manifest.ts';

/** Writes manifest.yml (Socket Mode); run it after a change of the commands. */
writeFileSync(fileURLToPath(new URL('../manifest.yml', import.meta.url)), buildManifest(commands, { mode: 'socket' }));
