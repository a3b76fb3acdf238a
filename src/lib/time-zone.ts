/** Whether a text is the name of a time zone that dates can be told in. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en-GB', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** An instant as clocks in a zone show it: the day `YYYY-MM-DD` and the time `HH:MM`. */
export function localTime(instant: number, timeZone: string): { readonly day: string; readonly time: string } {
  // The Swedish locale writes ISO dates.
  const stamp = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' }).format(instant);
  const [day = '', time = ''] = stamp.split(' ');
  return { day, time };
}
