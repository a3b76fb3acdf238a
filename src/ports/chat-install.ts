import type { RequestListener } from 'node:http';
import type { ChatInstallation } from '../domain/chat-installation.ts';
import type { Text } from '../lib/text.ts';

/** Who decides about an installation that the chat has granted. */
export interface InstallDesk {
  /** Stores it. KithError with what a person is told when it is not taken. */
  keep(installation: ChatInstallation): Promise<'new' | 'renewed'>;
  /** Whether Kith serves a workspace already, so that no other is taken. */
  isBound(): Promise<boolean>;
  /** Whether another tenant of the same app has the workspace: the app is not taken out of it then, whoever is refused. */
  isElsewhere?(teamId: string): Promise<boolean>;
  /** What is left to do after an installation that was kept; null for nothing. */
  next?(installation: ChatInstallation): NextStep | null;
}

export interface NextStep {
  readonly text: Text;
  readonly href: string;
  readonly label: Text;
  /** That the browser brings along to it. */
  readonly cookie: string;
}

/** A chat's side of an installation by OAuth. */
export interface ChatInstaller {
  /** The page with the button. */
  readonly installUrl: string;
  /** Where the chat sends people back to. */
  readonly redirectUrl: string;
  readonly optionalScopes: readonly string[];
  /** The pages of an installation, by path. */
  pages(desk: InstallDesk): Readonly<Record<string, RequestListener>>;
  /** Whether the chat still takes the token; null when it does not tell. */
  isGood(botToken: string): Promise<boolean | null>;
  /** Takes the app out of the workspace. */
  uninstall(botToken: string): Promise<void>;
}
