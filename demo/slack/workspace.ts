import { randomBytes } from 'node:crypto';
import type {
  Block,
  StandInChannel,
  StandInCommand,
  StandInFile,
  StandInMessage,
  StandInUser,
  WorkspaceDefinition,
} from './stand-in-types.ts';

/** A place where messages are: a channel, or the direct conversation of one person with the app. */
export interface Conversation {
  readonly id: string;
  readonly name: string;
  readonly purpose: string;
  readonly kind: 'channel' | 'direct';
  readonly isPrivate: boolean;
  readonly isExtShared: boolean;
  readonly members: Set<string>;
}

export interface View {
  readonly id: string;
  readonly hash: string;
  readonly user: string;
  readonly definition: Readonly<Record<string, unknown>>;
}

/** What happened, for the page and for whoever waits. */
export type WorkspaceEvent =
  | { readonly kind: 'added' | 'changed' | 'removed'; readonly message: StandInMessage }
  | { readonly kind: 'home' | 'modal'; readonly view: View }
  | { readonly kind: 'connections'; readonly count: number };

export const SLACKBOT = 'USLACKBOT';

/** Everything the made-up workspace holds, in memory, and one way to hear of its changes. */
export interface Workspace {
  readonly team: { readonly id: string; readonly name: string; readonly domain: string };
  readonly app: { readonly id: string; readonly userId: string; readonly botId: string; readonly name: string };
  readonly users: ReadonlyMap<string, StandInUser>;
  readonly commands: readonly StandInCommand[];
  readonly conversations: ReadonlyMap<string, Conversation>;
  readonly messages: readonly StandInMessage[];
  readonly files: Map<string, StandInFile>;
  readonly homes: Map<string, View>;
  readonly modals: Map<string, View>;
  directMessage(userId: string): Conversation;
  add(message: Omit<StandInMessage, 'ts' | 'edited'>): StandInMessage;
  find(channel: string, ts: string): StandInMessage | undefined;
  change(message: StandInMessage, content: Pick<StandInMessage, 'text' | 'blocks'>): StandInMessage;
  remove(message: StandInMessage): void;
  tell(event: WorkspaceEvent): void;
  /** Returns the function that stops listening. */
  listen(listener: (event: WorkspaceEvent) => void): () => void;
}

export function createWorkspace(definition: WorkspaceDefinition, now: () => number): Workspace {
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
  const name = definition.name ?? 'Acme';

  return {
    team: { id: 'T0KITHDEMO', name, domain: name.toLowerCase().replace(/[^a-z0-9]+/g, '-') },
    app,
    users: new Map(definition.users.map((user) => [user.id, user])),
    commands: definition.commands,
    conversations,
    messages,
    files: new Map(),
    homes: new Map(),
    modals: new Map(),
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
        members: new Set([userId, app.userId]),
      };
      conversations.set(id, opened);
      return opened;
    },
    add(content) {
      const message = { ...content, blocks: withIds(content.blocks), ts: nextTs(), edited: false };
      messages.push(message);
      tell({ kind: 'added', message });
      return message;
    },
    find: (channel, ts) => messages.find((message) => message.channel === channel && message.ts === ts),
    change(message, content) {
      const changed = { ...message, ...content, blocks: withIds(content.blocks), edited: true };
      messages[messages.indexOf(message)] = changed;
      tell({ kind: 'changed', message: changed });
      return changed;
    },
    remove(message) {
      messages.splice(messages.indexOf(message), 1);
      tell({ kind: 'removed', message });
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
    members,
  };
}

/** Slack names every block and every element that came without a name. */
function withIds(blocks: readonly Block[]): readonly Block[] {
  const shortId = (): string => randomBytes(4).toString('base64url');
  return blocks.map((block) => {
    const named = { ...block, block_id: block.block_id ?? shortId() };
    if (block.type !== 'actions' || !Array.isArray(block.elements)) return named;
    return { ...named, elements: block.elements.map((element: object) => ({ action_id: shortId(), ...element })) };
  });
}
