import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Packet } from '../functions/artefacts/packet.ts';
import { fileContent } from '../functions/intake/file-content.ts';
import type { Source } from '../functions/intake/paste.ts';
import { read } from '../functions/intake/read.ts';
import { examine, foundingFiles, root } from './support/examples.ts';
import { type Captured, dns, ethernet, ip4Packet, pcapFile, udp } from './support/pcap-writer.ts';

const TYPES: Readonly<Record<string, number>> = { A: 1, AAAA: 28, PTR: 12 };
const MAC = '02:00:00:00:00:01';
/** 2026-03-04 00:00:00 UTC. */
const MIDNIGHT = 1_772_582_400;

/** A UDP packet as its text tells it, on the wire again. */
function frameOf(packet: Packet): Captured['frame'] {
  const { dns: message, source, destination, ttl, ipId, dontFragment } = packet;
  if (message === null || source.port === null || destination.port === null || packet.tcp !== null)
    throw new Error(`line ${packet.line} is no DNS message over UDP`);
  const { id, qname, qtype, response } = message;
  const question =
    qname === null || qtype === null
      ? {}
      : { question: { name: qname, type: TYPES[qtype] ?? 255 } };
  const flags = response ? 0x8180 + (message.rcode === 'NXDomain' ? 3 : 0) : 0x0100;
  const datagram = udp(source.port, destination.port, dns({ id, flags, ...question }));
  const more = { ttl: ttl ?? 64, id: ipId ?? 0, dontFragment: dontFragment ?? false };
  return ethernet(MAC, MAC, 0x0800, ip4Packet(source.host, destination.host, datagram, more));
}

/** The capture as a pcap file, named as `tcpdump -w HOST.INTERFACE.pcap` would be. */
function asCaptureFile(source: Source): Source {
  const [evidence] = read([source]).evidence;
  if (evidence?.artefact.kind !== 'tcpdump') throw new Error(`${source.name} is no capture`);
  const { packets } = evidence.content as { readonly packets: readonly Packet[] };
  const records = packets.map((packet) => ({
    seconds: MIDNIGHT + Math.floor((packet.time ?? 0) / 1_000_000),
    fraction: Math.round((packet.time ?? 0) % 1_000_000),
    frame: frameOf(packet),
  }));
  const content = fileContent(pcapFile(records, { linkType: 1, little: true }));
  if (!content.ok) throw new Error('the file is not recognised');
  return { name: source.name?.replace('.tcpdump.txt', '.pcap') ?? null, ...content.value };
}

const files = foundingFiles.map((source) =>
  source.name?.includes('.tcpdump.') ? asCaptureFile(source) : source,
);

test('the founding incident with its captures as pcap files gives the same report', async () => {
  const [text, binary] = [await examine(foundingFiles), await examine(files)];
  expect(files.filter(({ capture }) => capture !== undefined)).toHaveLength(4);
  expect(binary.headline).toBe(text.headline);
  expect(
    binary.findings.map(({ cause, confidence, where }) => ({ cause, confidence, where })),
  ).toEqual(text.findings.map(({ cause, confidence, where }) => ({ cause, confidence, where })));
  expect(binary.vanished).toEqual(text.vanished);
  expect(binary.clocks).toEqual(text.clocks);
});

test('a quoted packet of a file is worded as tcpdump words it', async () => {
  const { findings, artefacts } = await examine(files);
  const captures = artefacts.filter(({ kind }) => kind === 'tcpdump').map(({ id }) => id);
  const quotes = findings
    .flatMap(({ evidence }) => evidence)
    .filter(({ artefact }) => captures.includes(artefact))
    .map(({ quote }) => quote);
  expect(quotes.length).toBeGreaterThan(3);
  for (const quote of quotes)
    expect(quote).toMatch(
      /^\d\d:\d\d:\d\d\.\d{6} IP \(ttl \d+, id \d+, .* > [\d.]+: .* A(?:AAA)?\? /,
    );
});

test('every packet counts as a line, and what nobody can read is listed', async () => {
  const frame = files.flatMap(({ capture }) => (capture === undefined ? [] : [capture]))[0];
  if (frame === undefined) throw new Error('no capture');
  const empty = pcapFile([{ seconds: MIDNIGHT, fraction: 0, frame: [] }], { linkType: 1 });
  const report = await examine([
    { name: 'a.eth0.pcap', text: '', capture: frame },
    { name: 'b.eth0.pcap', text: '', capture: empty },
    { name: 'c.eth0.pcap', text: '', capture: frame.slice(0, 20) },
  ]);
  expect(report.artefacts.map(({ kind, host, interface: device }) => [kind, host, device])).toEqual(
    [
      ['tcpdump', 'a', 'eth0'],
      ['tcpdump', 'b', 'eth0'],
    ],
  );
  expect(report.coverage.unread.map(({ source, line }) => [source, line])).toEqual([
    ['b.eth0.pcap', 1],
    ['c.eth0.pcap', 1],
  ]);
});

test('the command line reads capture files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'netdx-'));
  try {
    const paths = files.map(({ name, text, capture }) => {
      const path = join(folder, name ?? 'x');
      writeFileSync(path, capture ?? text);
      return path;
    });
    const out = execFileSync(
      process.execPath,
      [join(root, 'functions/cli.ts'), '--format', 'json', ...paths],
      { encoding: 'utf8' },
    );
    expect(JSON.parse(out).findings[0]).toMatchObject({
      cause: 'conntrack-race-plain',
      confidence: 'confirmed',
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
