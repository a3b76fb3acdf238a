/** When each place was last read by each user, kept for as long as the browser's tab. */
export function createReadMarks() {
  const read = new Map(Object.entries(JSON.parse(sessionStorage.getItem('read') ?? '{}')));
  const key = (page, channel) => `${page.data.user} ${channel}`;
  const since = (page, channel) => Number(read.get(key(page, channel)) ?? 0);
  return {
    since,
    unread: (page, channel) =>
      page.data.messages.filter(
        (message) =>
          message.channel === channel && message.user !== page.data.user && Number(message.ts) > since(page, channel),
      ).length,
    /** What lies behind the Home is not read yet. */
    mark(page) {
      if (page.tab === 'home') return;
      const here = page.data.messages.filter((message) => message.channel === page.channel);
      read.set(key(page, page.channel), Math.max(0, ...here.map((message) => Number(message.ts))));
      sessionStorage.setItem('read', JSON.stringify(Object.fromEntries(read)));
    },
  };
}
