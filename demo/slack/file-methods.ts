import { randomBytes } from 'node:crypto';
import { type ApiContext, type ApiMethod, ApiRefusal, messageContent, text } from './api-method.ts';
import { threadOf, writableConversation } from './chat-methods.ts';
import { isObject, type JsonObject } from './checker.ts';
import type { Faults } from './faults.ts';
import type { StandInFile } from './stand-in-types.ts';

/** How many times `files.info` answers without a mimetype first, as Slack does while it looks at a file. */
const PROCESSING_ANSWERS = 1;

interface Upload {
  readonly id: string;
  readonly name: string;
  readonly length: number;
  readonly altText: string;
  bytes: Buffer | null;
  infosLeft: number;
}

/** Uploads on their way from `files.getUploadURLExternal` to a file that may be shown. */
export interface Uploads {
  readonly methods: Readonly<Record<string, ApiMethod>>;
  /** Takes the bytes for a ticket; the HTTP status and the text to answer. */
  receive(ticket: string, bytes: Buffer): { readonly status: number; readonly text: string };
}

export function createUploads(faults: Faults): Uploads {
  const byTicket = new Map<string, Upload>();
  const byId = new Map<string, Upload>();

  const getUploadUrl: ApiMethod = {
    scope: 'files:write',
    token: 'bot',
    run({ baseUrl }, args) {
      const length = Number(text(args, 'length'));
      if (text(args, 'filename') === '' || !Number.isInteger(length) || length <= 0) {
        throw new ApiRefusal('invalid_arguments', {
          response_metadata: { messages: ['[ERROR] filename and a positive length are required'] },
        });
      }
      if (text(args, 'alt_text').length > 2000 || text(args, 'alt_txt').length > 2000)
        throw new ApiRefusal('alt_txt_too_large');
      const ticket = randomBytes(12).toString('hex');
      const id = `F${randomBytes(5).toString('hex').toUpperCase()}`;
      const altText = text(args, 'alt_txt') || text(args, 'alt_text');
      const upload: Upload = {
        id,
        name: text(args, 'filename'),
        length,
        altText,
        bytes: null,
        infosLeft: faults.forFile() ? Number.POSITIVE_INFINITY : PROCESSING_ANSWERS,
      };
      byTicket.set(ticket, upload);
      byId.set(id, upload);
      return { ok: true, upload_url: `${baseUrl()}/upload/v1/${ticket}`, file_id: id };
    },
  };

  const complete: ApiMethod = {
    scope: 'files:write',
    token: 'bot',
    run(context, args) {
      const files = args.files;
      if (!Array.isArray(files) || files.length === 0) throw new ApiRefusal('invalid_arguments');
      const uploads = files.map((file: unknown) => {
        const upload = isObject(file) ? byId.get(text(file, 'id')) : undefined;
        if (upload === undefined || upload.bytes === null) throw new ApiRefusal('file_not_found');
        return { upload, bytes: upload.bytes, title: isObject(file) ? text(file, 'title') : '' };
      });
      // The channel is checked before anything is kept, so that a refused call leaves nothing behind.
      const channel = text(args, 'channel_id');
      const conversation = channel === '' ? null : writableConversation(context, channel);
      const threadTs = conversation === null ? null : threadOf(context, conversation, args);
      for (const { upload, bytes, title } of uploads) {
        context.workspace.files.set(upload.id, {
          id: upload.id,
          user: context.workspace.app.userId,
          name: upload.name,
          title: title || upload.name,
          altText: upload.altText,
          bytes,
          mimetype: mimetypeOf(upload.name),
          ready: false,
        });
      }
      if (conversation !== null)
        share(
          context,
          args,
          { channel: conversation.id, threadTs },
          uploads.map(({ upload }) => upload.id),
        );
      return { ok: true, files: uploads.map(({ upload, title }) => ({ id: upload.id, title: title || upload.name })) };
    },
  };

  const info: ApiMethod = {
    scope: 'files:read',
    token: 'bot',
    run(context, args) {
      const id = text(args, 'file');
      const file = context.workspace.files.get(id);
      const upload = byId.get(id);
      if (file === undefined) throw new ApiRefusal('file_not_found');
      // What a person uploaded was looked at before the app heard of it.
      if (upload !== undefined && upload.infosLeft > 0) {
        upload.infosLeft -= 1;
        return { ok: true, file: describeFile(context, file, false) };
      }
      context.workspace.files.set(id, { ...file, ready: true });
      byId.delete(id);
      return { ok: true, file: describeFile(context, file, true) };
    },
  };

  const remove: ApiMethod = {
    scope: 'files:write',
    token: 'bot',
    run({ workspace }, args) {
      const id = text(args, 'file');
      const file = workspace.files.get(id);
      if (file === undefined) throw new ApiRefusal('file_not_found');
      if (file.user !== workspace.app.userId) throw new ApiRefusal('cant_delete_file');
      workspace.files.delete(id);
      byId.delete(id);
      for (const message of workspace.messages.filter(({ files }) => files.includes(id)))
        workspace.forgetFile(message, id);
      return { ok: true };
    },
  };

  return {
    methods: {
      'files.getUploadURLExternal': getUploadUrl,
      'files.completeUploadExternal': complete,
      'files.info': info,
      'files.delete': remove,
    },
    receive(ticket, bytes) {
      const upload = byTicket.get(ticket);
      if (upload === undefined) return { status: 404, text: 'no such upload' };
      if (bytes.length !== upload.length) {
        return {
          status: 400,
          text: `the upload has ${bytes.length} bytes, not the ${upload.length} that were announced`,
        };
      }
      upload.bytes = bytes;
      byTicket.delete(ticket);
      return { status: 200, text: `OK - ${bytes.length}` };
    },
  };
}

function share(
  context: ApiContext,
  args: JsonObject,
  place: { readonly channel: string; readonly threadTs: string | null },
  files: readonly string[],
): void {
  const hasWords = text(args, 'initial_comment') !== '' || args.blocks !== undefined;
  const content = hasWords
    ? messageContent(context.workspace, { text: text(args, 'initial_comment'), blocks: args.blocks }, 'message')
    : { text: '', blocks: [] };
  const user = context.workspace.app.userId;
  context.workspace.add({ ...content, ...place, user, ephemeralFor: null, files, cause: null, responsePath: null });
}

const MIMETYPES: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  webp: 'image/webp',
  gif: 'image/gif',
  csv: 'text/csv',
  txt: 'text/plain',
  pdf: 'application/pdf',
};

/** By the end of its name; whatever is not known is only taken away, never shown. */
export function mimetypeOf(name: string): string {
  return MIMETYPES[name.split('.').at(-1)!.toLowerCase()] ?? 'application/octet-stream';
}

/** A file as Slack tells of it; before it was looked at, nobody knows its kind. */
export function describeFile(
  { baseUrl, now }: Pick<ApiContext, 'baseUrl' | 'now'>,
  file: StandInFile,
  processed: boolean,
): JsonObject {
  return {
    id: file.id,
    name: file.name,
    title: file.title,
    user: file.user,
    created: Math.floor(now() / 1000),
    size: file.bytes.length,
    mimetype: processed ? file.mimetype : '',
    filetype: processed ? file.name.split('.').at(-1) : '',
    url_private: `${baseUrl()}/page-api/files/${file.id}`,
    ...(file.altText === '' ? {} : { alt_txt: file.altText }),
  };
}
