import { randomBytes } from 'node:crypto';
import { KithError } from '../../src/lib/errors.ts';
import { listenToMessages, tellOfJoining, tellOfMention, tellOfMessage, tellOfRemoval } from './app-events.ts';
import { deliverAction } from './block-actions.ts';
import { type CommandInput, deliverCommand, slackbot } from './deliver-command.ts';
import { deliverEvent, type InteractionParts, placeOf } from './envelopes.ts';
import { mimetypeOf } from './file-methods.ts';
import type { ClickInput } from './find-element.ts';
import { runShortcut, type ShortcutInput } from './shortcuts.ts';
import type { Acknowledgement, StandInMessage } from './stand-in-types.ts';
import { closeModal, type Submission, type SubmitInput, submitModal } from './submissions.ts';
import type { Workspace } from './workspace.ts';

export interface PostInput {
  readonly userId: string;
  readonly channelId: string;
  readonly text: string;
  readonly threadTs?: string;
  /** What comes with the words. */
  readonly files?: readonly { readonly name: string; readonly bytes: Buffer }[];
}

/** One of a person's own messages. */
export interface OwnMessageInput {
  readonly userId: string;
  readonly channelId: string;
  readonly ts: string;
}

/** What people of the workspace do, turned into what the app is told. */
export interface Interactions {
  runCommand(input: CommandInput): Promise<Acknowledgement>;
  /** A button, or with `chosen` a select, a date picker, checkboxes; in a message, the Home or a modal. */
  clickButton(input: ClickInput): Promise<Acknowledgement>;
  submitModal(input: SubmitInput): Promise<Submission>;
  /** Cancels the modal that the person sees; with `all`, everything below it too. */
  closeModal(userId: string, all?: boolean): Promise<void>;
  runShortcut(input: ShortcutInput): Promise<Acknowledgement>;
  /** A plain message; the app hears of it when it is mentioned or written to directly. */
  postAsUser(input: PostInput): Promise<StandInMessage>;
  /** Gives one's own message other words. A mention in it is told to the app anew. */
  editAsUser(input: OwnMessageInput & { readonly text: string }): Promise<StandInMessage>;
  /** Takes one's own message away, or its words where others answered it. */
  deleteAsUser(input: OwnMessageInput): Promise<void>;
  openHome(userId: string, tab?: 'home' | 'messages'): Promise<Acknowledgement>;
  /** Puts the app, or a person, into a channel. */
  invite(channelId: string, userId: string, inviter: string): Promise<void>;
  /** What the app hears when it is taken out of the workspace; calls are refused elsewhere. */
  tellOfRemoval(kind: 'uninstalled' | 'revoked'): Promise<readonly Acknowledgement[]>;
}

export function createInteractions(parts: InteractionParts): Interactions {
  const { workspace } = parts;
  listenToMessages(parts);

  const invite: Interactions['invite'] = async (channelId, userId, inviter) => {
    const place = placeOf(parts, inviter, channelId);
    place.members.add(userId);
    workspace.tell({ kind: 'place', channel: place.id });
    await tellOfJoining(parts, place, userId, inviter);
  };

  return {
    async runCommand(input) {
      const place = placeOf(parts, input.userId, input.channelId);
      if (workspace.commands.some((known) => known.command === input.command))
        return deliverCommand(parts, input, place);
      if (input.command === '/invite' && place.kind === 'channel') {
        await invite(place.id, workspace.app.userId, input.userId);
        slackbot(workspace, place.id, input.userId, `${workspace.app.name} was added to #${place.name}.`);
        return { outcome: 'acknowledged', afterMs: 0, response: null };
      }
      slackbot(
        workspace,
        place.id,
        input.userId,
        `\`${input.command}\` is not a valid command. In Slack, all messages that start with the "/" character are interpreted as commands.`,
      );
      return { outcome: 'unknown-command', afterMs: 0, response: null };
    },
    clickButton: async (input) => deliverAction(parts, input),
    submitModal: (input) => submitModal(parts, input),
    closeModal: (userId, all = false) => closeModal(parts, userId, all),
    runShortcut: async (input) => runShortcut(parts, input),
    invite,
    tellOfRemoval: (kind) => tellOfRemoval(parts, kind),

    async postAsUser(input) {
      const place = placeOf(parts, input.userId, input.channelId);
      const root = input.threadTs === undefined ? undefined : workspace.find(place.id, input.threadTs);
      const message = workspace.add({
        channel: place.id,
        user: input.userId,
        text: input.text,
        blocks: [],
        threadTs: root?.threadTs ?? input.threadTs ?? null,
        ephemeralFor: null,
        files: (input.files ?? []).map((file) => keepFile(workspace, input.userId, file)),
        cause: null,
        responsePath: null,
      });
      await tellOfMessage(parts, place, message);
      return message;
    },

    async editAsUser(input) {
      const place = placeOf(parts, input.userId, input.channelId);
      const message = ownMessage(parts, input);
      if (message.text === input.text) return message;
      const changed = workspace.change(message, { text: input.text, blocks: [] });
      await tellOfMention(parts, place, changed);
      return changed;
    },

    async deleteAsUser(input) {
      placeOf(parts, input.userId, input.channelId);
      workspace.remove(ownMessage(parts, input), true);
    },

    openHome(userId, tab = 'home') {
      const channel = placeOf(parts, userId, workspace.directMessage(userId).id).id;
      const view = workspace.homes.get(userId);
      return deliverEvent(parts, {
        type: 'app_home_opened',
        user: userId,
        channel,
        tab,
        event_ts: String(parts.now() / 1000),
        ...(view === undefined ? {} : { view: { id: view.id, hash: view.hash, ...view.definition } }),
      });
    },
  };
}

function ownMessage({ workspace }: InteractionParts, { userId, channelId, ts }: OwnMessageInput): StandInMessage {
  const message = workspace.find(channelId, ts);
  if (message === undefined) throw new KithError('usage', `no message ${ts} in ${channelId}`);
  if (message.user !== userId)
    throw new KithError('not-allowed', `the message ${ts} was written by ${message.user}, not by ${userId}`);
  return message;
}

/** A person's file is ready as soon as it is there. Returns its id. */
function keepFile(workspace: Workspace, user: string, { name, bytes }: { name: string; bytes: Buffer }): string {
  const id = `F${randomBytes(5).toString('hex').toUpperCase()}`;
  const file = { id, user, name, title: name, altText: '', bytes, mimetype: mimetypeOf(name), ready: true };
  workspace.files.set(id, file);
  return id;
}
