import type { Fresh } from '../../src/ports/chat.ts';
import type { Report } from '../../src/report/report.ts';

/** What was to be told may name somebody who was forgotten since it was made. */
export class Outdated extends Error {
  readonly instead: Report;

  constructor(instead: Report) {
    super('somebody was forgotten since it was made');
    this.instead = instead;
  }
}

/** Makes one call to Slack with what was made; throws `Outdated`, and makes none, where somebody was forgotten since. */
export async function tellFresh<Result>(fresh: Fresh | undefined, call: () => Promise<Result>): Promise<Result> {
  if (fresh === undefined) return call();
  const done = await fresh.tell(call);
  if (done === null) throw new Outdated(fresh.instead);
  return done.told;
}
