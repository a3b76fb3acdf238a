import { act } from './server.js';

const WAIT_FOR_ANSWER_MS = 60_000;

/**
 * What the person does, handed to the server, and the signs of it on the page: a command that is worked on, a button that
 * turns until the app says something. `shows` brings `page()`, `redraw()` and `tell(words)`.
 */
export function createActs(shows) {
  const waiting = new Set();
  const where = () => ({ user: shows.page().data.user, channel: shows.page().channel });

  const stopWorking = () => {
    const page = shows.page();
    if (page.working === null) return;
    clearTimeout(page.working.timer);
    page.working = null;
    shows.redraw();
  };
  const startWorking = (thread) => {
    stopWorking();
    shows.page().working = { timer: setTimeout(stopWorking, WAIT_FOR_ANSWER_MS), thread };
    shows.redraw();
  };
  const rest = (control) => {
    control.removeAttribute('aria-busy');
    waiting.delete(control);
  };
  const report = (answer) => {
    if (answer.error !== undefined) shows.tell(`${shows.page().texts.failed}: ${answer.error}`);
    return answer;
  };

  return {
    stopWorking,
    /** Whether the person waits for an answer. */
    isWaiting: () => waiting.size > 0 || shows.page().working !== null,
    /** The app said something: nothing turns any more. */
    answered() {
      stopWorking();
      for (const control of [...waiting]) rest(control);
    },
    async send(text, thread = null, files = []) {
      const { data, channel } = shows.page();
      const isCommand = text.startsWith('/') && thread === null;
      const asks = channel === data.direct || text.includes(`@${data.app.name}`);
      if (isCommand || asks) startWorking(thread);
      const answer = isCommand
        ? await act({ act: 'command', ...where(), ...commandOf(text) })
        : await act({ act: 'message', ...where(), text, files, ...(thread === null ? {} : { threadTs: thread }) });
      report(answer);
      if (answer.error !== undefined || (isCommand && answer.outcome !== 'acknowledged')) stopWorking();
    },
    /** A click, or a choice: `action` names the element and its place, `entered` what stands around it. */
    async click({ control, ...action }, entered) {
      const isButton = control.tagName === 'BUTTON' || control.tagName === 'A';
      if (isButton) {
        control.setAttribute('aria-busy', 'true');
        waiting.add(control);
      }
      const input = { act: 'click', user: shows.page().data.user, ...action, ...(entered ? { entered } : {}) };
      const answer = report(await act(input));
      if (isButton) setTimeout(() => rest(control), answer.outcome === 'acknowledged' ? WAIT_FOR_ANSWER_MS : 0);
    },
    async shortcut(callbackId, message) {
      const place = message === undefined ? {} : { channel: message.channel, ts: message.ts };
      if (message !== undefined) startWorking(message.threadTs);
      const answer = report(await act({ act: 'shortcut', user: shows.page().data.user, callbackId, ...place }));
      if (answer.outcome !== 'acknowledged') stopWorking();
    },
    edit: async ({ channel, ts }, text) =>
      report(await act({ act: 'edit', user: shows.page().data.user, channel, ts, text })),
    remove: async ({ channel, ts }) => report(await act({ act: 'delete', user: shows.page().data.user, channel, ts })),
    submit: (entered) => act({ act: 'submit', user: shows.page().data.user, entered }),
    closeModal: (all) => act({ act: 'close', user: shows.page().data.user, all }),
    openHome: (tab) => act({ act: 'home', user: shows.page().data.user, tab }),
  };
}

function commandOf(line) {
  const [, command, text] = /^(\S+)\s*([\s\S]*)$/.exec(line);
  return { command, text };
}
