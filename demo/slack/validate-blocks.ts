import { checkChart, checkRichText, checkTable } from './check-data-blocks.ts';
import {
  ANY_TEXT,
  checkElement,
  checkImage,
  checkText,
  type FileIsReady,
  FOR_INPUT,
  INTERACTIVE,
  PLAIN,
} from './check-elements.ts';
import { type Checker, createChecker, isObject, type JsonObject } from './checker.ts';

export type Surface = 'message' | 'ephemeral' | 'modal' | 'home';

export interface BlockProblems {
  /** Slack's name of the refusal, or null when the blocks are fine. */
  readonly error: 'invalid_blocks' | 'invalid_blocks_format' | 'msg_blocks_too_long' | null;
  readonly messages: readonly string[];
}

/** Blocks that Slack shows in messages and nowhere else. */
const MESSAGES_ONLY = ['markdown', 'table', 'data_table', 'data_visualization'];
const ALL_TEXT = 12_000;
const CHARTS_PER_MESSAGE = 2;

/** Every limit of Block Kit that Slack documents, and a few that it only enforces; unknown fields are refused too. */
export function validateBlocks(blocks: unknown, surface: Surface, fileIsReady: FileIsReady): BlockProblems {
  if (!Array.isArray(blocks))
    return { error: 'invalid_blocks_format', messages: ['[ERROR] blocks must be an array [json-pointer:/blocks]'] };
  const check = createChecker();
  const most = surface === 'modal' || surface === 'home' ? 100 : 50;
  check.array(blocks, '/blocks', 0, most);
  const ready = surface === 'ephemeral' ? null : fileIsReady;
  const blockIds = new Set<string>();
  const isView = surface === 'modal' || surface === 'home';
  for (const [index, block] of blocks.entries()) {
    const at = `/blocks/${index}`;
    if (!check.object(block, at, Object.keys(block ?? {}))) continue;
    if (typeof block.block_id === 'string') {
      check.string(block.block_id, `${at}/block_id`, 1, 255);
      if (blockIds.has(block.block_id)) check.fail(`${at}/block_id`, `block_id already exists: ${block.block_id}`);
      blockIds.add(block.block_id);
    }
    if (isView && MESSAGES_ONLY.includes(String(block.type)))
      check.fail(`${at}/type`, `unsupported in a ${surface}: ${String(block.type)}`);
    checkBlock(check, block, at, ready);
  }
  const charts = blocks.filter((block) => isObject(block) && block.type === 'data_visualization').length;
  if (charts > CHARTS_PER_MESSAGE)
    check.fail('/blocks', `no more than ${CHARTS_PER_MESSAGE} data_visualization blocks allowed`);
  if (check.errors.length > 0) return { error: 'invalid_blocks', messages: check.errors };
  if (most === 50 && check.characters() > ALL_TEXT) {
    return {
      error: 'msg_blocks_too_long',
      messages: [`[ERROR] all text together must be less than ${ALL_TEXT + 1} characters`],
    };
  }
  return { error: null, messages: [] };
}

interface BlockKind {
  readonly fields: readonly string[];
  readonly check: (check: Checker, block: JsonObject, at: string, ready: FileIsReady | null) => void;
}

const KINDS: Readonly<Record<string, BlockKind>> = {
  header: {
    fields: ['text'],
    check: (check, block, at) => checkText(check, block.text, `${at}/text`, { kinds: PLAIN, max: 150 }),
  },
  section: { fields: ['text', 'fields', 'accessory', 'expand'], check: checkSection },
  context: { fields: ['elements'], check: checkContext },
  divider: { fields: [], check: () => {} },
  image: {
    fields: ['alt_text', 'title', 'image_url', 'slack_file'],
    check(check, block, at, ready) {
      checkImage(check, block, at, ready);
      if (block.title !== undefined) checkText(check, block.title, `${at}/title`, { kinds: PLAIN, max: 2000 });
    },
  },
  actions: { fields: ['elements'], check: checkActions },
  input: {
    fields: ['label', 'element', 'hint', 'optional', 'dispatch_action'],
    check(check, block, at) {
      checkText(check, block.label, `${at}/label`, { kinds: PLAIN, max: 2000 });
      if (block.hint !== undefined) checkText(check, block.hint, `${at}/hint`, { kinds: PLAIN, max: 2000 });
      checkElement(check, block.element, `${at}/element`, FOR_INPUT);
      for (const key of ['optional', 'dispatch_action'])
        if (block[key] !== undefined) check.oneOf(block[key], `${at}/${key}`, [true, false]);
    },
  },
  markdown: {
    fields: ['text'],
    check(check, block, at) {
      if (check.string(block.text, `${at}/text`, 1, ALL_TEXT)) check.count(block.text);
    },
  },
  rich_text: { fields: ['elements'], check: (check, block, at) => void checkRichText(check, block, at) },
  table: { fields: ['rows', 'column_settings'], check: checkTable },
  data_table: { fields: ['rows', 'caption', 'page_size', 'row_header_column_index'], check: checkTable },
  data_visualization: { fields: ['title', 'chart'], check: checkChart },
};

function checkBlock(check: Checker, block: JsonObject, at: string, ready: FileIsReady | null): void {
  const kind = KINDS[String(block.type)];
  if (kind === undefined) {
    check.fail(`${at}/type`, `unsupported type: ${String(block.type)}`);
    return;
  }
  check.object(block, at, ['type', 'block_id', ...kind.fields]);
  kind.check(check, block, at, ready);
}

function checkSection(check: Checker, block: JsonObject, at: string, ready: FileIsReady | null): void {
  if (block.text === undefined && block.fields === undefined) check.fail(at, 'must provide text or fields');
  if (block.text !== undefined) checkText(check, block.text, `${at}/text`, { kinds: ANY_TEXT, max: 3000 });
  if (block.fields !== undefined && check.array(block.fields, `${at}/fields`, 1, 10)) {
    block.fields.forEach((field, index) => {
      checkText(check, field, `${at}/fields/${index}`, { kinds: ANY_TEXT, max: 2000 });
    });
  }
  if (block.accessory === undefined) return;
  if (isObject(block.accessory) && block.accessory.type === 'image')
    checkImage(check, block.accessory, `${at}/accessory`, ready);
  else checkElement(check, block.accessory, `${at}/accessory`, INTERACTIVE);
}

function checkContext(check: Checker, block: JsonObject, at: string, ready: FileIsReady | null): void {
  if (!check.array(block.elements, `${at}/elements`, 1, 10)) return;
  block.elements.forEach((element, index) => {
    const here = `${at}/elements/${index}`;
    if (isObject(element) && element.type === 'image') checkImage(check, element, here, ready);
    else checkText(check, element, here, { kinds: ANY_TEXT, max: 2000 });
  });
}

function checkActions(check: Checker, block: JsonObject, at: string): void {
  if (!check.array(block.elements, `${at}/elements`, 1, 25)) return;
  const actionIds = new Set<unknown>();
  block.elements.forEach((element, index) => {
    const here = `${at}/elements/${index}`;
    checkElement(check, element, here, INTERACTIVE);
    const id = isObject(element) ? element.action_id : undefined;
    if (id !== undefined && actionIds.has(id)) check.fail(`${here}/action_id`, `action_id already exists: ${id}`);
    actionIds.add(id);
  });
}
