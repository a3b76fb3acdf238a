export function instant(ts) {
  return new Date(Number(ts) * 1000);
}

/** The day of a message in the person's own zone and words: 'Today', 'Monday, 5 January'. */
export function dayOf(page, ts) {
  const format = (date, options) =>
    new Intl.DateTimeFormat(page.locale, { timeZone: page.zone, ...options }).format(date);
  const long = { weekday: 'long', month: 'long', day: 'numeric' };
  const day = format(instant(ts), long);
  if (day === format(new Date(), long)) return page.texts.today;
  if (day === format(new Date(Date.now() - 86_400_000), long)) return page.texts.yesterday;
  return day;
}
