import type { CopiedProperties, ObjectType } from '../../src/domain/crm.ts';
import { FORMATS } from './formats.ts';

/** Every kind of file that is copied, with the columns that are: those of its format and those that people named. */
export function copiedColumns(
  copied: CopiedProperties,
): { readonly object: string; readonly properties: readonly string[] }[] {
  return Object.keys(FORMATS).map((object) => {
    const type = object as ObjectType;
    const extra: Readonly<Partial<Record<ObjectType, readonly string[]>>> = copied;
    return { object, properties: [...new Set([...FORMATS[type].columns, ...(extra[type] ?? [])])] };
  });
}
