/**
 * What may stand where one writes: commands after a slash, names after an at sign. `from` is where the completed part
 * begins; each item brings what to insert there.
 */
export function completionsFor(text, caret, page) {
  const before = text.slice(0, caret);
  if (/^\/\S*$/.test(before) && before === text) {
    const items = page.data.commands
      .filter(({ command }) => command.startsWith(before))
      .map(({ command, usageHint, description }) => ({
        title: command,
        code: usageHint,
        about: description,
        insert: `${command} `,
      }));
    return { from: 0, items };
  }
  const at = /(?:^|\s)@([^\s@]*)$/.exec(before);
  if (at === null) return { from: caret, items: [] };
  const wanted = at[1].toLowerCase();
  const { app, users } = page.data;
  const names = [
    { name: app.name, about: page.texts.askTheApp },
    ...users.map(({ realName, role }) => ({ name: realName, about: role })),
  ];
  const items = names
    .filter(({ name }) =>
      name
        .toLowerCase()
        .split(' ')
        .some((word) => word.startsWith(wanted)),
    )
    .map(({ name, about }) => ({ title: `@${name}`, code: '', about, insert: `@${name} ` }));
  return { from: caret - at[1].length - 1, items };
}

/** The command that is typed already, whose arguments come next; null when none is. */
export function typedCommand(text, page) {
  return page.data.commands.find(({ command }) => text.split(/\s/)[0] === command) ?? null;
}
