import type { Text } from '../lib/text.ts';
import type { Report } from '../report/report.ts';

/**
 * A slash command. `Context` is what commands/ builds for a viewer; the port does not know it, so that integrations can list
 * commands without being able to run one.
 */
export interface Command<Context> {
  /** Without the slash: 'churn-risk'. */
  readonly name: string;
  /** One line for the help and the manifest. */
  readonly summary: Text;
  /** What may follow the name: '[owner|segment|customer]'; '' when nothing may. */
  readonly usage: string;
  /** `text` is what the person typed after the name, trimmed. */
  run(context: Context, text: string): Promise<Report>;
}

/** A button's action. `value` is the opaque id that the button carried. */
export interface Action<Context> {
  readonly name: string;
  run(context: Context, value: string): Promise<Report>;
}

/** What a chat shows of a command before anybody runs it. */
export interface CommandListing {
  readonly name: string;
  readonly summary: Text;
  readonly usage: string;
}
