const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** Minute, hour, day of the month, month, day of the week (7 is Sunday too), with the names that may stand for numbers. */
const FIELDS: readonly { readonly least: number; readonly most: number; readonly names: readonly string[] }[] = [
  { least: 0, most: 59, names: [] },
  { least: 0, most: 23, names: [] },
  { least: 1, most: 31, names: [] },
  { least: 1, most: 12, names: MONTHS },
  { least: 0, most: 7, names: DAYS },
];

/** Whether a text is a schedule of five cron fields: `30 5 * * 1-5`. */
export function isCron(text: string): boolean {
  const fields = text.split(' ');
  return (
    fields.length === FIELDS.length &&
    fields.every((field, at) => field.split(',').every((part) => isPart(part, FIELDS[at]!)))
  );
}

function isPart(part: string, { least, most, names }: (typeof FIELDS)[number]): boolean {
  const [range = '', step, ...more] = part.split('/');
  if (more.length > 0 || (step !== undefined && !/^[1-9]\d?$/.test(step))) return false;
  if (range === '*') return true;
  const bounds = range.split('-').map((bound) => {
    const named = names.indexOf(bound.toLowerCase());
    if (named >= 0) return named + least;
    return /^\d{1,2}$/.test(bound) ? Number(bound) : Number.NaN;
  });
  const [from = Number.NaN, to = from] = bounds;
  // A step needs something to step through.
  if (bounds.length > 2 || (step !== undefined && bounds.length < 2)) return false;
  return from >= least && to <= most && from <= to;
}
