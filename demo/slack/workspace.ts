import { createModals, type Modals, type View } from './modals.ts';
import type {
  StandInChannel,
  StandInCommand,
  StandInFile,
  StandInMessage,
  StandInShortcut,
  StandInUser,
  WorkspaceDefinition,
} from './stand-in-types.ts';
import { withIds } from './with-ids.ts';

/** A place where messages are: a channel, or the direct conversation of one person with the app. */
export interface Conversation {
  readonly id: string;
  readonly name: string;
  readonly purpose: string;
  readonly kind: 'channel' | 'direct';
  readonly isPrivate: boolean;
  readonly isExtShared: boolean;
  readonly isArchived: boolean;
  readonly members: Set<string>;
}

/** What happened, for the page and for whoever waits. */
export type WorkspaceEvent =
  | { readonly kind: 'added' | 'removed'; readonly message: StandInMessage }
  | { readonly kind: 'changed'; readonly message: StandInMessage; readonly before: StandInMessage }
  | { readonly kind: 'home'; readonly view: View }
  /** The person's modals now, bottom first. */
  | { readonly kind: 'modals'; readonly user: string; readonly views: readonly View[] }
  | { readonly kind: 'place'; readonly channel: string }
  | { readonly kind: 'connections'; readonly count: number };

export const SLACKBOT = 'USLACKBOT';

/** What Slack leaves of a deleted message that others answered. */
const GONE = {
  user: SLACKBOT,
  text: 'This message was deleted.',
  blocks: [],
  files: [],
  edited: false,
  deleted: true,
} as const;

/** Everything the made-up workspace holds, in memory, and one way to hear of its changes. */
export interface Workspace {
  readonly team: { readonly id: string; readonly name: string; readonly domain: string };
  readonly app: { readonly id: string; readonly userId: string; readonly botId: string; readonly name: string };
  readonly users: ReadonlyMap<string, StandInUser>;
  readonly commands: readonly StandInCommand[];
  readonly shortcuts: readonly StandInShortcut[];
  readonly conversations: ReadonlyMap<string, Conversation>;
  readonly messages: readonly StandInMessage[];
  readonly files: Map<string, StandInFile>;
  readonly homes: Map<string, View>;
  readonly modals: Modals;
  directMessage(userId: string): Conversation;
  archive(channel: string): void;
  add(message: Omit<StandInMessage, 'ts' | 'edited' | 'deleted'>): StandInMessage;
  find(channel: string, ts: string): StandInMessage | undefined;
  change(message: StandInMessage, content: Pick<StandInMessage, 'text' | 'blocks'>): StandInMessage;
  /** Takes a message away; with `keepsPlace`, one with answers below becomes a line that says so, as in Slack. */
  remove(message: StandInMessage, keepsPlace?: boolean): void;
  /** Takes a file off a message that showed it; a message that was nothing else goes with it. */
  forgetFile(message: StandInMessage, id: string): void;
  tell(event: WorkspaceEvent): void;
  /** Returns the function that stops listening. */
  listen(listener: (event: WorkspaceEvent) => void): () => void;
}

/** `keeps`: so many messages and files at the most, the newest; all of them unless given. */
export function createWorkspace(
  definition: WorkspaceDefinition,
  now: () => number,
  keeps = Number.POSITIVE_INFINITY,
): Workspace {
  const app = { id: 'A0KITHDEMO', userId: 'U0KITHDEMO', botId: 'B0KITHDEMO', name: 'Kith' };
  const conversations = new Map<string, Conversation>();
  for (const channel of definition.channels) conversations.set(channel.id, openChannel(channel, app.userId));
  const messages: StandInMessage[] = [];
  const listeners = new Set<(event: WorkspaceEvent) => void>();
  let lastMicros = 0;

  /** Strictly increasing, whatever the clock does: it is the message's id. */
  const nextTs = (): string => {
    lastMicros = Math.max(lastMicros + 1, Math.floor(now()) * 1000);
    return `${Math.floor(lastMicros / 1e6)}.${String(lastMicros % 1e6).padStart(6, '0')}`;
  };
  const tell = (event: WorkspaceEvent): void => {
    for (const listener of [...listeners]) listener(event);
  };
  const replace = (before: StandInMessage, message: StandInMessage): StandInMessage => {
    messages[messages.indexOf(before)] = message;
    tell({ kind: 'changed', message, before });
    return message;
  };
  const isAnswered = ({ channel, ts }: StandInMessage): boolean =>
    messages.some((message) => message.channel === channel && message.threadTs === ts);
  const remove = (message: StandInMessage, keepsPlace = false): void => {
    if (keepsPlace && isAnswered(message)) {
      replace(message, { ...message, ...GONE });
      return;
    }
    messages.splice(messages.indexOf(message), 1);
    tell({ kind: 'removed', message });
  };
  const name = definition.name ?? 'Acme';
  const files = new Map<string, StandInFile>();
  const forgetOldest = (): void => {
    if (messages.length > keeps) messages.shift();
    for (const oldest of files.keys()) {
      if (files.size <= keeps) break;
      files.delete(oldest);
    }
  };

  return {
    team: { id: definition.teamId ?? 'T0KITHDEMO', name, domain: name.toLowerCase().replace(/[^a-z0-9]+/g, '-') },
    app,
    users: new Map(definition.users.map((user) => [user.id, user])),
    commands: definition.commands,
    shortcuts: definition.shortcuts ?? [],
    conversations,
    messages,
    files,
    homes: new Map(),
    modals: createModals((user, views) => tell({ kind: 'modals', user, views })),
    directMessage(userId) {
      const id = `D${userId.slice(1)}`;
      const known = conversations.get(id);
      if (known !== undefined) return known;
      const opened: Conversation = {
        id,
        name: 'directmessage',
        purpose: '',
        kind: 'direct',
        isPrivate: true,
        isExtShared: false,
        isArchived: false,
        members: new Set([userId, app.userId]),
      };
      conversations.set(id, opened);
      return opened;
    },
    archive(channel) {
      const known = conversations.get(channel);
      if (known === undefined) return;
      conversations.set(channel, { ...known, isArchived: true });
      tell({ kind: 'place', channel });
    },
    add(content) {
      const message = { ...content, blocks: withIds(content.blocks), ts: nextTs(), edited: false, deleted: false };
      messages.push(message);
      forgetOldest();
      tell({ kind: 'added', message });
      return message;
    },
    find: (channel, ts) => messages.find((message) => message.channel === channel && message.ts === ts),
    change: (message, content) =>
      replace(message, { ...message, ...content, blocks: withIds(content.blocks), edited: true }),
    remove,
    forgetFile(message, id) {
      const files = message.files.filter((file) => file !== id);
      if (files.length === 0 && message.text === '' && message.blocks.length === 0) remove(message);
      else replace(message, { ...message, files });
    },
    tell,
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function openChannel(channel: StandInChannel, appUserId: string): Conversation {
  const members = new Set(channel.members);
  if (channel.botIsMember !== false) members.add(appUserId);
  return {
    id: channel.id,
    name: channel.name,
    purpose: channel.purpose,
    kind: 'channel',
    isPrivate: channel.isPrivate ?? false,
    isExtShared: channel.isExtShared,
    isArchived: channel.isArchived ?? false,
    members,
  };
}
