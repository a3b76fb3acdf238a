import { request as call, createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { PASSED_ON, passOn } from '../../../integrations/http/pass-on.ts';

let url = '';
const reached: string[] = [];
const owner = createServer((request, response) => {
  reached.push(`${request.method} ${request.url} ${request.headers[PASSED_ON]}`);
  response.end('here');
});

beforeAll(async () => {
  await new Promise<void>((resolve) => owner.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(owner.address() as AddressInfo).port}`;
});
afterAll(() => {
  owner.closeAllConnections();
  owner.close();
});

/** A request as a server sees one with this in its first line. */
async function arrived(target: string): Promise<IncomingMessage> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const seen = new Promise<IncomingMessage>((resolve) => {
    server.on('request', (request, response) => {
      response.end();
      resolve(request);
    });
  });
  const { port } = server.address() as AddressInfo;
  call({ port, path: target, agent: false }).end();
  const request = await seen;
  server.close();
  return request;
}

it.each([
  { target: '/acme/readyz?a=%7E', path: '/acme/readyz?a=%7E' },
  { target: '//elsewhere.example/x', path: '//elsewhere.example/x' },
  { target: 'http://elsewhere.example/x', path: '/' },
])('passes $target on to the owner and to no other host, with its path as it came', async ({ target, path }) => {
  const request = await arrived(target);
  expect(request.url).toBe(target);
  const answer = await passOn({ request, body: Buffer.alloc(0) }, url, { from: 1, withinMs: 5_000 });
  expect([answer.status, answer.body.toString()]).toEqual([200, 'here']);
  expect(reached.pop()).toBe(`GET ${path} 1`);
});
