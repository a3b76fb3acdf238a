import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vitest/config';

/** What the package holds; tests and their helpers stay TypeScript. */
const SOURCES = /^(?:src|integrations|commands|demo)\//;

/**
 * Has tests import sources from the folder of what was compiled, which Node loads by itself, as what is installed is: a test file's
 * imports then take an eighth of the time. `files` matches what lies there.
 */
export function fromCompiled(folder: string): { readonly plugin: Plugin; readonly files: RegExp } {
  return {
    files: new RegExp(`^(?:file://)?${folder.replace(/[^\w/]/g, '\\$&')}/`),
    plugin: {
      name: 'from-compiled',
      enforce: 'pre',
      resolveId(source, importer = '') {
        if (!/^(?:\.|\/|file:).*\.ts$/.test(source)) return null;
        const file = source.startsWith('file:') ? fileURLToPath(source) : resolve(dirname(importer), source);
        const path = relative(process.cwd(), file);
        return SOURCES.test(path) ? { id: join(folder, path.replace(/\.ts$/, '.js')), external: true } : null;
      },
    },
  };
}
