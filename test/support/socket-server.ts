import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';

/** Slack's end of Socket Mode: `apps.connections.open` and the WebSocket it leads to (RFC 6455). */
export interface SocketServer {
  readonly apiUrl: string;
  /** Sends an envelope and resolves with what the app acknowledged it with. */
  readonly deliver: (type: string, payload: unknown) => Promise<Readonly<Record<string, unknown>>>;
  readonly stop: () => Promise<void>;
}

export async function startSockets(): Promise<SocketServer> {
  const waiting = new Map<string, (answer: Readonly<Record<string, unknown>>) => void>();
  let socket: Duplex | undefined;
  let sent = 0;
  const server = createServer((request, response) => {
    const known = request.headers.authorization === 'Bearer xapp-not-a-token';
    const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/link`;
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(known ? { ok: true, url } : { ok: false, error: 'invalid_auth' }));
  });
  server.on('upgrade', (request, stream: Duplex) => {
    const key = `${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
    const accept = createHash('sha1').update(key).digest('base64');
    const head = ['HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade'];
    stream.write([...head, `Sec-WebSocket-Accept: ${accept}`, '', ''].join('\r\n'));
    stream.write(frame({ type: 'hello', num_connections: 1 }));
    stream.on('error', () => undefined);
    let held = Buffer.alloc(0);
    stream.on('data', (chunk: Buffer) => {
      held = Buffer.concat([held, chunk]);
      for (let next = unframed(held); next !== null; next = unframed(held)) {
        held = held.subarray(next.length);
        if (next.text === null) continue;
        const answer = JSON.parse(next.text) as { readonly envelope_id: string };
        waiting.get(answer.envelope_id)?.(answer);
      }
    });
    socket = stream;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    apiUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/`,
    deliver: (type, payload) => {
      sent += 1;
      const id = `envelope-${sent}`;
      const envelope = { envelope_id: id, type, payload, accepts_response_payload: true };
      return new Promise((resolve) => {
        waiting.set(id, resolve);
        socket?.write(frame(envelope));
      });
    },
    stop: () => {
      socket?.destroy();
      return new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

/** One unmasked text frame, as a server sends it. */
function frame(value: unknown): Buffer {
  const body = Buffer.from(JSON.stringify(value));
  const head = Buffer.from([0x81, 126, 0, 0]);
  if (body.length < 126) return Buffer.concat([Buffer.from([0x81, body.length]), body]);
  head.writeUInt16BE(body.length, 2);
  return Buffer.concat([head, body]);
}

/** The first whole frame of a client, which masks them; `text` null where it is none of text. */
function unframed(bytes: Buffer): { readonly length: number; readonly text: string | null } | null {
  const [first = 0, second = 0] = bytes;
  const short = second & 0x7f;
  const start = short === 126 ? 4 : 2;
  if (bytes.length < start + 4) return null;
  const size = short === 126 ? bytes.readUInt16BE(2) : short;
  if (bytes.length < start + 4 + size) return null;
  const mask = bytes.subarray(start, start + 4);
  const body = bytes.subarray(start + 4, start + 4 + size);
  const plain = Buffer.from(body.map((byte, index) => byte ^ (mask[index % 4] ?? 0)));
  const text = (first & 0x0f) === 1 ? plain.toString('utf8') : null;
  return { length: start + 4 + size, text };
}
