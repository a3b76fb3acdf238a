import type { HttpListener } from './kith.ts';

/** The same listener, which tells whether it is open: whoever waits for a browser uses the one that listens already. */
export function noteListening(listener: HttpListener, note: (isListening: boolean) => void): HttpListener {
  return {
    mount: listener.mount,
    async open() {
      const port = await listener.open();
      note(true);
      return port;
    },
    async close() {
      note(false);
      await listener.close();
    },
  };
}
