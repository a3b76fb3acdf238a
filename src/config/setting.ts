import { z } from 'zod';

/** One environment variable: what it means, in `.env.example`'s words. */
export interface Setting<Name extends string = string> {
  readonly name: Name;
  readonly description: string;
  readonly secret: boolean;
}

/** Settings that belong together: what each may be, and what it means, in the order of `.env.example`. */
export interface SettingGroup<Shape extends z.ZodRawShape> {
  readonly title: string;
  readonly shape: Shape;
  readonly settings: readonly Setting<keyof Shape & string>[];
}

export const text = z.string().trim();
export const flag = z.enum(['on', 'off']).default('off');
export const address = z.url({ protocol: /^https?$/ });

export function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '');
}
