import { isObject, type JsonObject } from './checker.ts';
import type { Block } from './stand-in-types.ts';
import { type Surface, validateBlocks } from './validate-blocks.ts';
import type { Workspace } from './workspace.ts';

/** What a Web API method works with. */
export interface ApiContext {
  readonly workspace: Workspace;
  /** 'http://127.0.0.1:1234', for the addresses that answers carry. */
  readonly baseUrl: () => string;
  readonly now: () => number;
  readonly triggers: TriggerBook;
}

export interface TriggerBook {
  /** `view`: the modal in which the person acted, on which another may be put. */
  issue(userId: string, view?: string | null): string;
  /** Spends the trigger: the user it belongs to and their modal, or Slack's name of the refusal. */
  spend(trigger: unknown): { readonly user: string; readonly view: string | null } | { readonly error: string };
}

export type ApiAnswer = JsonObject & { readonly ok: boolean };

export interface ApiMethod {
  /** The scope without which Slack answers `missing_scope`; '' when none is needed. */
  readonly scope: string;
  readonly token: 'bot' | 'app';
  run(context: ApiContext, args: JsonObject): ApiAnswer;
}

/** Slack's refusal of a call, by the name that Slack gives it. */
export class ApiRefusal extends Error {
  readonly answer: ApiAnswer;

  constructor(error: string, details: JsonObject = {}) {
    super(error);
    this.answer = { ok: false, error, ...details };
  }
}

/** An argument as text; '' when absent. */
export function text(args: JsonObject, key: string): string {
  const value = args[key];
  return value === undefined || value === null ? '' : String(value);
}

export function isTrue(args: JsonObject, key: string): boolean {
  return text(args, key) === 'true' || text(args, key) === '1';
}

const MOST_TEXT = 12_000;

/** The `text` and `blocks` of a message after every check; throws Slack's refusal. */
export function messageContent(
  workspace: Workspace,
  args: JsonObject,
  surface: Surface,
): { text: string; blocks: readonly Block[] } {
  const words = text(args, 'text');
  const given = args.blocks === '' ? undefined : (args.blocks ?? undefined);
  if (given !== undefined) {
    const problems = validateBlocks(given, surface, (id) => workspace.files.get(id)?.ready === true);
    if (problems.error !== null) {
      throw new ApiRefusal(problems.error, {
        errors: problems.messages.map((message) => message.replace(/^\[ERROR\] /, '')),
        response_metadata: { messages: problems.messages },
      });
    }
  }
  const blocks: readonly Block[] = Array.isArray(given) ? given.filter(isObject).map((block) => block as Block) : [];
  if (words === '' && blocks.length === 0) throw new ApiRefusal('no_text');
  if (words.length > MOST_TEXT) throw new ApiRefusal('msg_too_long');
  return { text: words, blocks };
}
