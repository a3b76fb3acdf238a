import { randomBytes, randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { ApiMethod } from './api-method.ts';
import { isObject, type JsonObject } from './checker.ts';
import { type Envelope, redeliveries, type Transport } from './delivery.ts';
import type { Faults } from './faults.ts';
import type { Acknowledgement } from './stand-in-types.ts';
import type { Workspace } from './workspace.ts';

const PING_EVERY_MS = 10_000;
const GOODBYE_MS = 500;

interface Pending {
  readonly envelope: Envelope;
  readonly id: string;
  readonly sentAt: number;
  attempt: number;
  timer: NodeJS.Timeout | null;
  settle: ((ack: Acknowledgement) => void) | null;
}

export interface SocketMode extends Transport {
  readonly method: ApiMethod;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  connections(): number;
  /** Asks every connected client to connect anew, as Slack does when it moves connections. */
  requestReconnect(): void;
  /** Says goodbye to every client and waits until they went. */
  close(): Promise<void>;
}

/** Socket Mode as https://docs.slack.dev/apis/events-api/using-socket-mode describes it: hello, envelopes, acknowledgements. */
export function createSocketMode(workspace: Workspace, faults: Faults, ackWithinMs: number): SocketMode {
  const server = new WebSocketServer({ noServer: true });
  const tickets = new Set<string>();
  const sockets: WebSocket[] = [];
  const pending = new Map<string, Pending>();
  let turn = 0;

  const send = (item: Pending): boolean => {
    const socket = sockets[turn++ % sockets.length];
    if (socket === undefined) return false;
    const frame = JSON.stringify({
      envelope_id: item.id,
      type: item.envelope.type,
      payload: item.envelope.payload,
      accepts_response_payload: item.envelope.type !== 'events_api',
      retry_attempt: item.attempt,
      retry_reason: item.attempt === 0 ? '' : 'timeout',
    });
    socket.send(frame);
    if (faults.forDelivery('duplicate-delivery')) socket.send(frame);
    item.timer = setTimeout(() => late(item), ackWithinMs);
    return true;
  };

  const late = (item: Pending): void => {
    item.settle?.({ outcome: 'timed-out', afterMs: performance.now() - item.sentAt, response: null });
    item.settle = null;
    item.attempt += 1;
    if (item.attempt > redeliveries(item.envelope) || !send(item)) pending.delete(item.id);
  };

  const acknowledge = (data: string): void => {
    const ack = parseAck(data);
    const item = ack === null ? undefined : pending.get(ack.id);
    if (ack === null || item === undefined) return;
    if (faults.forDelivery('late-acknowledgement')) return;
    pending.delete(item.id);
    if (item.timer !== null) clearTimeout(item.timer);
    item.settle?.({ outcome: 'acknowledged', afterMs: performance.now() - item.sentAt, response: ack.payload });
  };

  const connect = (socket: WebSocket): void => {
    sockets.push(socket);
    const ping = setInterval(() => socket.ping(), PING_EVERY_MS);
    socket.on('message', (data) => acknowledge(String(data)));
    socket.on('error', () => socket.terminate());
    socket.on('close', () => {
      clearInterval(ping);
      sockets.splice(sockets.indexOf(socket), 1);
      workspace.tell({ kind: 'connections', count: sockets.length });
    });
    socket.send(
      JSON.stringify({
        type: 'hello',
        num_connections: sockets.length,
        connection_info: { app_id: workspace.app.id },
        debug_info: { host: 'stand-in', build_number: 1, approximate_connection_time: 18_060 },
      }),
    );
    workspace.tell({ kind: 'connections', count: sockets.length });
  };

  return {
    method: {
      scope: 'connections:write',
      token: 'app',
      run({ baseUrl }) {
        const ticket = randomBytes(16).toString('hex');
        tickets.add(ticket);
        return {
          ok: true,
          url: `${baseUrl().replace(/^http/, 'ws')}/link/?ticket=${ticket}&app_id=${workspace.app.id}`,
        };
      },
    },
    upgrade(request, socket, head) {
      const url = new URL(request.url ?? '/', 'http://localhost');
      // A ticket opens one connection.
      if (url.pathname !== '/link/' || !tickets.delete(url.searchParams.get('ticket') ?? '')) {
        socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n');
        return;
      }
      server.handleUpgrade(request, socket, head, connect);
    },
    connections: () => sockets.length,
    deliver(envelope) {
      const item: Pending = {
        envelope,
        id: randomUUID(),
        sentAt: performance.now(),
        attempt: 0,
        timer: null,
        settle: null,
      };
      return new Promise((resolve) => {
        item.settle = resolve;
        pending.set(item.id, item);
        if (send(item)) return;
        pending.delete(item.id);
        resolve({ outcome: 'not-connected', afterMs: 0, response: null });
      });
    },
    requestReconnect() {
      for (const socket of sockets)
        socket.send(
          JSON.stringify({ type: 'disconnect', reason: 'refresh_requested', debug_info: { host: 'stand-in' } }),
        );
    },
    async close() {
      for (const item of pending.values()) if (item.timer !== null) clearTimeout(item.timer);
      pending.clear();
      await Promise.all(sockets.map(goodbye));
      server.close();
    },
  };
}

function goodbye(socket: WebSocket): Promise<void> {
  return new Promise((resolve) => {
    const guard = setTimeout(() => socket.terminate(), GOODBYE_MS);
    socket.once('close', () => {
      clearTimeout(guard);
      resolve();
    });
    socket.close(1001);
  });
}

function parseAck(data: string): { id: string; payload: JsonObject | null } | null {
  try {
    const frame: unknown = JSON.parse(data);
    if (!isObject(frame) || typeof frame.envelope_id !== 'string') return null;
    return { id: frame.envelope_id, payload: isObject(frame.payload) ? frame.payload : null };
  } catch {
    return null;
  }
}
