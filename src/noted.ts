import type { Asker, Workspace } from './kith.ts';
import { auditHash } from './ledger/audit-hash.ts';
import { KithError } from './lib/errors.ts';
import { type Language, say } from './lib/text.ts';
import type { Fresh } from './ports/chat.ts';
import type { CustomersRead } from './privacy/watched-reader.ts';
import type { Report } from './report/report.ts';
import type { Stamp } from './store/erasure-gate.ts';

/** Of how many customers the audit keeps keyed hashes; of more, their number. */
const NAMED = 20;

/** What the audit says of a request. The words of a question are kept apart, under the request's id, for a few days. */
export interface Asked {
  /** A chat's user id, or `command line: NAME`. */
  readonly actor: string;
  readonly act: 'asked' | 'clicked' | 'exported';
  readonly subject: string;
  /** The chat's own id; absent at a terminal. */
  readonly request?: string;
  readonly channel?: string;
  /** Keyed hashes; '' for nothing. */
  readonly text?: string;
  readonly value?: string;
  readonly parts?: string;
  /** Where what was read is written to. */
  readonly directory?: string;
}

/** How to answer a request. */
export interface Answering<Who, Result> {
  readonly work: (asker: Who) => Promise<Result>;
  /**
   * What is answered in place of what was made while somebody was forgotten, who may be named in it; absent for what only reads and is
   * made again then.
   */
  readonly withheld?: () => Result;
  /** What is kept of the question; not where somebody was forgotten meanwhile, whom it may name. */
  readonly keep?: () => Promise<void>;
  /** Told when what is answered was made, for what is said of it later. */
  readonly stamped?: (since: Stamp) => void;
  /** Whether anything was done, where nobody's row was read. */
  readonly isDone?: (result: Result) => boolean;
}

/** Answers a request for whoever asks, and notes it. */
export type Noted = <Result, Who extends Asker>(
  asker: Who,
  asked: Asked,
  answering: Answering<Who, Result>,
) => Promise<Result>;

/**
 * Answers a request and writes to the audit log who asked what, of whom something was read for it, and why it was refused where it
 * was: in a chat and at a terminal alike. Nothing is written where nothing was done and nobody's row was read. What it answers
 * names nobody who was forgotten while it was made.
 */
export function createNoted({ portal, audit }: Pick<Workspace, 'portal' | 'audit'>): Noted {
  return async (asker, { actor, act, subject, ...details }, { work, withheld, keep, stamped, isDone = () => true }) => {
    const customers = new Set<string>();
    const runs = new Set<string>();
    const read: CustomersRead = (customerIds, runId) => {
      for (const id of customerIds) customers.add(id);
      if (runId !== null && customerIds.length > 0) runs.add(runId);
    };
    let times = 0;
    const make = () => {
      times += 1;
      return work({ ...asker, read });
    };
    const note = async (outcome: { readonly refused?: string }): Promise<void> => {
      const first = [...customers].slice(0, NAMED);
      const ofWhom = {
        customers: customers.size,
        first: await Promise.all(first.map((id) => auditHash(portal, id))),
        runs: [...runs],
      };
      const told = { ...details, ...outcome, ...(customers.size === 0 ? {} : ofWhom) };
      await audit.append({ actor, act, subject, details: told });
    };
    const answered = async (): ReturnType<typeof make> => {
      if (withheld === undefined) {
        return portal.erasures.fresh(make, async (made, since) => {
          stamped?.(since);
          if (times === 1) await keep?.();
          return made;
        });
      }
      const { made, isStale, since } = await portal.erasures.once(make);
      stamped?.(since);
      return isStale ? withheld() : made;
    };
    let result: Awaited<ReturnType<typeof make>>;
    try {
      result = await answered();
    } catch (error) {
      await note({ refused: error instanceof KithError ? error.code : 'error' });
      throw error;
    }
    if (isDone(result) || customers.size > 0) await note({});
    return result;
  };
}

/** A keyed hash of what was typed, which may name a person; '' for nothing. */
export async function hashOfText({ portal }: Pick<Workspace, 'portal'>, text: string): Promise<string> {
  return text === '' ? '' : auditHash(portal, text);
}

/** Between its making and its telling an answer waits for pictures and for the chat: somebody may be forgotten meanwhile. */
export function createFreshness(
  { erasures }: Pick<Workspace['portal'], 'erasures'>,
  instead: Report,
): { readonly fresh: Fresh; readonly stamped: (since: Stamp) => void } {
  let made: Stamp | null = null;
  return {
    stamped(since) {
      made = since;
    },
    fresh: { instead, tell: async (call) => (made === null ? null : erasures.telling(made, call)) },
  };
}

/** In place of an answer that only reads, and was made before somebody was forgotten whom it may name. */
export function outdatedReport(language: Language): Report {
  return {
    language,
    headline: say(language, {
      en: 'Somebody was forgotten while this was answered, so the answer is not shown: ask again',
      zh: '回答期间有人的数据被删除，因此不显示该回答：请重新提问',
    }),
    parts: [],
    trust: '',
  };
}

/** In place of an answer that was made while somebody was forgotten, and that cannot be made again. */
export function withheldReport(language: Language): Report {
  return {
    language,
    headline: say(language, {
      en: 'Somebody was forgotten while this was answered, so the answer is not shown: what you asked for was done; look at it again to see how it stands',
      zh: '回答期间有人的数据被删除，因此不显示该回答：您的操作已完成；请重新查看以了解当前情况',
    }),
    parts: [],
    trust: '',
  };
}
