import { cpSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import ts from 'typescript';

const ROOTS = ['src', 'integrations', 'commands', 'demo', 'test'];

/** All sources as JavaScript in a folder outside of the repository. Types are checked elsewhere; here they are only taken out. */
export function compile(outDir: string): void {
  const { compilerOptions } = JSON.parse(readFileSync('tsconfig.json', 'utf8'));
  const { options } = ts.convertCompilerOptionsFromJson(compilerOptions, '.');
  const rootNames = ROOTS.flatMap((root) =>
    readdirSync(root, { recursive: true, encoding: 'utf8' }).map((path) => join(root, path)),
  ).filter((path) => path.endsWith('.ts') && !/\.(?:d|test)\.ts$/.test(path));
  const only = { noEmit: false, noCheck: true, noLib: true, noResolve: true, types: [], rootDir: '.', outDir };
  ts.createProgram({ rootNames, options: { ...options, ...only } }).emit();
  cpSync('package.json', join(outDir, 'package.json'));
  cpSync('demo/slack/page', join(outDir, 'demo/slack/page'), { recursive: true });
  symlinkSync(resolve('node_modules'), join(outDir, 'node_modules'));
}
