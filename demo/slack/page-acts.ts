import { z } from 'zod';
import { KithError } from '../../src/lib/errors.ts';
import type { Interactions } from './interactions.ts';
import type { Workspace } from './workspace.ts';

const Id = z.string().min(1).max(255);
const Value = z.union([z.string().max(12_000), z.array(z.string()).max(100), z.null()]);
const Entered = z.record(z.string(), z.record(z.string(), Value));

const MOST_FILES = 10;
/** As base64: about 20 MB in all are read with one act. */
const Files = z
  .array(z.object({ name: z.string().min(1).max(255), data: z.base64() }))
  .max(MOST_FILES)
  .default([]);

const Act = z.discriminatedUnion('act', [
  z.object({ act: z.literal('command'), user: Id, channel: Id, command: z.string(), text: z.string() }),
  z.object({
    act: z.literal('message'),
    user: Id,
    channel: Id,
    text: z.string(),
    threadTs: Id.optional(),
    files: Files,
  }),
  z.object({ act: z.literal('edit'), user: Id, channel: Id, ts: Id, text: z.string().trim().min(1) }),
  z.object({ act: z.literal('delete'), user: Id, channel: Id, ts: Id }),
  z.object({
    act: z.literal('click'),
    user: Id,
    surface: z.enum(['message', 'home', 'modal']),
    channel: Id.optional(),
    ts: Id.optional(),
    blockId: Id.optional(),
    actionId: Id,
    chosen: Value.optional(),
    entered: Entered.optional(),
  }),
  z.object({ act: z.literal('submit'), user: Id, entered: Entered }),
  z.object({ act: z.literal('close'), user: Id, all: z.boolean() }),
  z.object({ act: z.literal('shortcut'), user: Id, callbackId: Id, channel: Id.optional(), ts: Id.optional() }),
  z.object({ act: z.literal('home'), user: Id, tab: z.enum(['home', 'messages']) }),
]);

/** Does what the page's person did; the answer for the page. Throws when the act makes no sense. */
export async function carryOutAct(workspace: Workspace, interactions: Interactions, body: unknown): Promise<object> {
  const input = Act.parse(body);
  const userId = input.user;
  switch (input.act) {
    case 'command':
      return interactions.runCommand({ ...input, userId, channelId: input.channel });
    case 'message':
      if (input.text.trim() === '' && input.files.length === 0) throw new KithError('usage', 'an empty message');
      return interactions.postAsUser({
        userId,
        channelId: input.channel,
        text: asTyped(workspace, input.text),
        ...(input.threadTs === undefined ? {} : { threadTs: input.threadTs }),
        files: input.files.map(({ name, data }) => ({ name, bytes: Buffer.from(data, 'base64') })),
      });
    case 'edit':
      return interactions.editAsUser({
        userId,
        channelId: input.channel,
        ts: input.ts,
        text: asTyped(workspace, input.text),
      });
    case 'delete':
      await interactions.deleteAsUser({ userId, channelId: input.channel, ts: input.ts });
      return {};
    case 'click':
      return interactions.clickButton({
        userId,
        surface: input.surface,
        actionId: input.actionId,
        ...(input.channel === undefined ? {} : { channelId: input.channel }),
        ...(input.ts === undefined ? {} : { ts: input.ts }),
        ...(input.blockId === undefined ? {} : { blockId: input.blockId }),
        ...(input.chosen === undefined ? {} : { chosen: input.chosen }),
        ...(input.entered === undefined ? {} : { entered: input.entered }),
      });
    case 'submit':
      return interactions.submitModal({ userId, entered: input.entered });
    case 'close':
      await interactions.closeModal(userId, input.all);
      return {};
    case 'shortcut':
      return interactions.runShortcut({
        userId,
        callbackId: input.callbackId,
        ...(input.channel === undefined ? {} : { channelId: input.channel }),
        ...(input.ts === undefined ? {} : { ts: input.ts }),
      });
    case 'home':
      return interactions.openHome(userId, input.tab);
  }
}

/** As Slack does with what somebody types: three characters are escaped, and names after an at sign become mentions. */
function asTyped(workspace: Workspace, text: string): string {
  let typed = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const people = [...workspace.users.values()].map((user) => ({ id: user.id, name: user.realName }));
  for (const { id, name } of [{ id: workspace.app.userId, name: workspace.app.name }, ...people])
    typed = typed.replaceAll(`@${name}`, `<@${id}>`);
  return typed;
}
