import { writeFileSync } from 'node:fs';

/**
 * Writes a pcap file (Ethernet, microseconds) of DNS questions and answers between pods and a cluster DNS server: every
 * lookup asks A and AAAA from one port, every answer follows. The same count gives the same bytes.
 */
export function writeCapture(path: string, packets: number): void {
  const parts: Buffer[] = [fileHeader()];
  for (let at = 0, time = 36_000_000_000; at < packets / 4; at += 1) {
    const lookup = {
      client: at % 250,
      port: 1024 + ((at * 7) % 60_000),
      name: `svc-${at % 5000}.example.com.svc.cluster.local`,
    };
    const ids = [(at * 31) % 65_536, (at * 31 + 300) % 65_536] as const;
    for (const [which, id] of ids.entries()) {
      time += 40;
      parts.push(record(time, question({ ...lookup, id, type: which === 0 ? 1 : 28 })));
    }
    for (const [which, id] of ids.entries()) {
      time += 300;
      parts.push(record(time, answer({ ...lookup, id, type: which === 0 ? 1 : 28 })));
    }
  }
  writeFileSync(path, Buffer.concat(parts));
}

interface Asked {
  readonly client: number;
  readonly port: number;
  readonly name: string;
  readonly id: number;
  readonly type: number;
}

function fileHeader(): Buffer {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(262_144, 16);
  header.writeUInt32LE(1, 20);
  return header;
}

function record(time: number, frame: Buffer): Buffer {
  const header = Buffer.alloc(16);
  header.writeUInt32LE(Math.floor(time / 1e6), 0);
  header.writeUInt32LE(time % 1e6, 4);
  header.writeUInt32LE(frame.length, 8);
  header.writeUInt32LE(frame.length, 12);
  return Buffer.concat([header, frame]);
}

function question(asked: Asked): Buffer {
  return frame(asked, true, dns(asked, 0x0100, 0));
}

function answer(asked: Asked): Buffer {
  return frame(
    asked,
    false,
    dns(asked, asked.type === 1 ? 0x8580 : 0x8583, asked.type === 1 ? 1 : 0),
  );
}

function dns({ name, id, type }: Asked, flags: number, answers: number): Buffer {
  const header = Buffer.alloc(12);
  header.writeUInt16BE(id, 0);
  header.writeUInt16BE(flags, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(answers, 6);
  const labels = name
    .split('.')
    .flatMap((label) => [Buffer.from([label.length]), Buffer.from(label)]);
  const tail = Buffer.from([0, 0, type, 0, 1]);
  const address = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 30, 0, 4, 198, 51, 100, 7]);
  return Buffer.concat([header, ...labels, tail, ...(answers === 1 ? [address] : [])]);
}

function frame({ client, port, id }: Asked, toServer: boolean, payload: Buffer): Buffer {
  const head = Buffer.alloc(42);
  head.writeUInt16BE(0x0800, 12);
  head[14] = 0x45;
  head.writeUInt16BE(28 + payload.length, 16);
  head.writeUInt16BE(id, 18);
  head.writeUInt16BE(0x4000, 20);
  head[22] = toServer ? 64 : 62;
  head[23] = 17;
  const [pod, server] = [Buffer.from([10, 42, 2, client]), Buffer.from([10, 43, 0, 10])];
  (toServer ? pod : server).copy(head, 26);
  (toServer ? server : pod).copy(head, 30);
  head.writeUInt16BE(headerSum(head.subarray(14, 34)), 24);
  head.writeUInt16BE(toServer ? port : 53, 34);
  head.writeUInt16BE(toServer ? 53 : port, 36);
  head.writeUInt16BE(8 + payload.length, 38);
  return Buffer.concat([head, payload]);
}

function headerSum(header: Buffer): number {
  let sum = 0;
  for (let at = 0; at < header.length; at += 2) sum += header.readUInt16BE(at);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  return ~sum & 0xffff;
}
