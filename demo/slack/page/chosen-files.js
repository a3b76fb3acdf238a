import { sizeOf } from './attachments.js';
import { h } from './dom.js';
import { icon } from './icons.js';

const MOST_FILES = 10;
const MOST_BYTES = 20_000_000;

/**
 * The files that go with the next message: chosen with a button, dropped on the composer or pasted into it. `changed()` is
 * called whenever there are others. Returns `button`, `list`, `count()`, `set(page)` and `take()`.
 */
export function createChosenFiles(form, input, changed) {
  let files = [];
  let page = null;
  const picker = h('input', { type: 'file', multiple: true, hidden: true, tabindex: '-1' });
  const button = h('button', { type: 'button', class: 'icon-button attach' }, icon('clip'));
  const list = h('ul', { class: 'chosen-files', hidden: true });
  const problem = h('p', { class: 'problem', role: 'alert' });

  const draw = () => {
    list.hidden = files.length === 0;
    list.replaceChildren(
      ...files.map((file) =>
        h(
          'li',
          {},
          icon('file'),
          h('span', { class: 'chosen-name' }, file.name),
          h('span', { class: 'quiet' }, sizeOf(file.size, page.locale)),
          h(
            'button',
            {
              type: 'button',
              class: 'icon-button',
              'aria-label': `${page.texts.removeFile}: ${file.name}`,
              on: { click: () => change(files.filter((other) => other !== file)) },
            },
            icon('close'),
          ),
        ),
      ),
    );
    changed();
  };
  const change = (next) => {
    problem.textContent = '';
    files = next;
    draw();
    input.focus();
  };
  const add = (more) => {
    const next = [...files, ...more];
    const bytes = next.reduce((sum, file) => sum + file.size, 0);
    if (next.length > MOST_FILES || bytes > MOST_BYTES) problem.textContent = page.texts.tooManyFiles;
    else change(next);
  };
  const filesOf = (transfer) => [...(transfer?.files ?? [])];

  button.addEventListener('click', () => picker.click());
  picker.addEventListener('change', () => {
    add(picker.files);
    picker.value = '';
  });
  input.addEventListener('paste', (event) => {
    const pasted = filesOf(event.clipboardData);
    if (pasted.length === 0) return;
    event.preventDefault();
    add(pasted);
  });
  form.addEventListener('dragover', (event) => event.preventDefault());
  form.addEventListener('drop', (event) => {
    event.preventDefault();
    add(filesOf(event.dataTransfer));
  });

  return {
    button: [button, picker],
    list: [list, problem],
    count: () => files.length,
    set(nextPage) {
      page = nextPage;
      button.setAttribute('aria-label', page.texts.attach);
      button.title = page.texts.attach;
    },
    /** The files as the server takes them; none are left. */
    async take() {
      const taken = files;
      change([]);
      return Promise.all(taken.map(async (file) => ({ name: file.name, data: await base64(file) })));
    },
  };
}

function base64(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener('load', () => resolve(reader.result.slice(reader.result.indexOf(',') + 1)));
    reader.addEventListener('error', () => reject(reader.error));
    reader.readAsDataURL(file);
  });
}
