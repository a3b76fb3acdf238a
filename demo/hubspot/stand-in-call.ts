import type { z } from 'zod';
import type { CrmObjectType } from '../portal/portal-data.ts';
import { objectTypeNamed } from './association-kinds.ts';
import type { LiveCrm } from './live-crm.ts';
import { invalid, notFound, Refusal } from './problems.ts';
import type { RateLimits } from './rate-limits.ts';

export interface StandInOptions {
  /** Targets per id that one association answer holds; the rest is paged. */
  readonly associationsPage: number;
  /** How long a change stays unseen by search. */
  readonly searchLagMs: number;
  /** Whether a merge keeps the primary's id or makes a new one. */
  readonly mergeKeepsPrimary: boolean;
  /** The status of a batch answer in which some inputs failed. */
  readonly partialStatus: 200 | 207;
  /** Whether the account's pages are the stand-in's own, for people to click on, or HubSpot's. */
  readonly hasOwnPages: boolean;
}

/** One call on its way through a route. */
export interface StandInCall {
  readonly crm: LiveCrm;
  readonly limits: RateLimits;
  readonly options: StandInOptions;
  readonly query: URLSearchParams;
  /** The parts of the path that the route names. */
  readonly parts: readonly string[];
  readonly body: unknown;
  readonly path: string;
  /** As the caller wrote it: '127.0.0.1:8080'. */
  readonly host: string;
}

/** What a route gives back: JSON text already, or a value to be made into it. */
export interface RouteAnswer {
  readonly status: number;
  readonly json: string | null;
}

export type ScopeRule = (call: { parts: readonly string[] }) => readonly string[];

export interface Route {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Its groups become `parts`. */
  readonly path: RegExp;
  readonly pool: 'general' | 'search' | 'exempt';
  /** Any one of these is enough; [] needs none. */
  readonly scopes: ScopeRule;
  run(call: StandInCall): RouteAnswer;
}

export const VERSION = '2026-09';

export function ok(value: unknown, status = 200): RouteAnswer {
  return { status, json: JSON.stringify(value) };
}

export function typeIn(path: string | undefined): CrmObjectType {
  const type = objectTypeNamed(path ?? '');
  if (type === null) throw new Refusal(400, 'VALIDATION_ERROR', `Unable to infer object type from: ${path}`);
  return type;
}

/** The body as a schema has it, refused in HubSpot's words where it is not. */
export function bodyAs<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.map((issue) => ({
    message: `${issue.path.join('.')}: ${issue.message}`,
    in: issue.path.join('.'),
  }));
  throw invalid(`Invalid input JSON: ${errors[0]?.message ?? 'it has the wrong shape'}`, { errors });
}

export function recordNotFound(type: CrmObjectType, id: string): Refusal {
  return notFound(`Object not found. No ${type} record has the id ${id}`);
}

/** A whole number of the query between 1 and `most`. */
export function limitIn(query: URLSearchParams, normal: number, most: number): number {
  const text = query.get('limit');
  if (text === null) return normal;
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1)
    throw invalid(`Invalid limit '${text}': it must be a whole number above zero`);
  if (limit > most) throw invalid(`Invalid limit ${limit}: the most that one page holds is ${most}`);
  return limit;
}

/** A list of names: repeated, or parted by commas. */
export function namesIn(query: URLSearchParams, key: string): string[] {
  return query
    .getAll(key)
    .flatMap((text) => text.split(','))
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

export function flagIn(query: URLSearchParams, key: string): boolean {
  return query.get(key) === 'true';
}
