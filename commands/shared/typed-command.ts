import type { CommandListing } from '../../src/ports/command.ts';
import { isKithText, kithOnlyReads } from './kith-reports.ts';
import type { ReadQuestion } from './named-questions.ts';
import { bareQuestion, oneLine } from './question-intents.ts';

/**
 * A command that somebody typed among plain words: `/churn-risk me`, `churn-risk me`, `kith status`. A sentence that only begins
 * like one ("value of Acme", "service is slow today") is none.
 */
export function readTyped(commands: readonly CommandListing[], text: string): ReadQuestion | null {
  const [whole, bare] = [oneLine(text), bareQuestion(text)];
  // "Kith, status": its name greets, and says what is meant.
  const greeting = whole.slice(0, whole.length - bare.length);
  if (bare !== '' && /\bkith\b/iu.test(greeting) && kithOnlyReads(bare)) return { command: 'kith', text: bare };
  for (const line of [whole, bare]) {
    const [first = '', ...words] = line.split(' ');
    const rest = words.join(' ');
    const command = commands.find(({ name }) => name === first.replace(/^\//u, '').toLowerCase());
    if (command === undefined) continue;
    const isMeant =
      first.startsWith('/') ||
      rest === '' ||
      (command.name === 'kith' ? isKithText(rest) : command.usage !== '' && !isSentence(rest));
    if (isMeant) return { command: command.name, text: rest };
  }
  return null;
}

/** Whether words after a command's name go on as a sentence does. Names begin with capitals, which these words do not. */
function isSentence(rest: string): boolean {
  return GOES_ON.test(rest) || HAS_A_VERB.test(rest);
}

const GOES_ON =
  /^(?:of|who|whom|whose|which|that|is|are|was|were|be|has|have|had|for|with|without|in|on|at|to|from|by|about|as|will|would|can|could|may|might|should|do|does|did|and|or|but|if|when|than|not|a|an|the|this|these|those|some|any|we|our|i|you|they|it|me .+|my .+|something|anything|looks?|seems?|goes|went|needs?|wants?)(?: |$)|^(?:是|的|有|怎么|如何|为什么|什么)/u;
const HAS_A_VERB =
  / (?:is|are|was|were|has|have|had|will|would|does|did|bought|buys|ordered|orders|today|yesterday)(?: |$)/u;
