import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as pathOf } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readCaptureFile } from '../functions/artefacts/pcap/capture-file.ts';
import { tcpdump } from '../functions/artefacts/tcpdump/index.ts';
import type { Capture, Packet } from '../functions/artefacts/tcpdump/packet.ts';
import { scenes } from './fixtures/pcap/scenes.ts';

const fixtures = pathOf(import.meta.dirname, 'fixtures/pcap');
/** The ways of printing whose text is kept: how much `-v` there is, and whether `-e` shows the link header. */
const printings = [
  { options: '-nn', verbose: 0, link: false },
  { options: '-nn -v', verbose: 1, link: false },
  { options: '-nn -vv', verbose: 2, link: false },
  { options: '-nn -e -vv', verbose: 2, link: true },
] as const;
type Printing = (typeof printings)[number];

function fixtureOf(name: string, { options }: Printing): string {
  return pathOf(fixtures, `${name}.${options.replaceAll(' ', '').replace('-', '')}.txt`);
}

if (process.env['UPDATE_TCPDUMP'] !== undefined) printAnew();

/** Writes the fixtures with the tcpdump of this machine: the one thing that CI does not do. */
function printAnew(): void {
  const folder = mkdtempSync(pathOf(tmpdir(), 'scenes-'));
  for (const { name, bytes } of scenes) {
    const file = pathOf(folder, `${name}.pcap`);
    writeFileSync(file, bytes);
    for (const printing of printings) {
      const text = execFileSync('tcpdump', ['-r', file, ...printing.options.split(' ')], {
        env: { ...process.env, TZ: 'UTC' },
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      writeFileSync(fixtureOf(name, printing), text);
    }
  }
  rmSync(folder, { recursive: true });
}

function capture(bytes: Uint8Array): Capture {
  const file = readCaptureFile(bytes);
  if (file === undefined) throw new Error('no capture file');
  return file.capture;
}

function textCapture(name: string, printing: Printing): Capture {
  const parsed = tcpdump.parse(readFileSync(fixtureOf(name, printing), 'utf8').split('\n'));
  if (parsed === undefined) throw new Error('no capture in the text');
  return parsed.content;
}

const DAY_US = 86_400_000_000;

/**
 * What a printing shows of a packet read from bytes: the list of fields that differ by nature.
 * - `line`, `lastLine`: packet numbers here, lines of text there; `time`: since 1970 here, since midnight there.
 * - No `-v`: no TTL, IP id, flags, lengths, whole fragments, checksums, quoted packets.
 * - No `-e`: no MACs, and of cooked captures of the first version no direction.
 * - Interface numbers of the second version are names of the reading host in the text.
 */
function asShown(packet: Packet, { verbose, link }: Printing, linkType: number): object {
  const shown = innerAsShown(packet, verbose, link);
  return {
    ...shown,
    time: packet.time === null ? null : packet.time % DAY_US,
    interface: linkType === 276 ? 'lo' : packet.interface,
    direction: linkType === 113 && !link ? null : packet.direction,
  };
}

function innerAsShown(packet: Packet, verbose: number, link: boolean): object {
  const { dns, tcp, icmp, tunnel, fragment, protocol, payload } = packet;
  const { line: _line, lastLine: _lastLine, ...rest } = packet;
  const isIp4 = !packet.source.host.includes(':') && protocol !== 'arp';
  const header = verbose > 0 ? {} : { ttl: null, ipId: null, dontFragment: null, ipLength: null };
  return {
    ...rest,
    ...header,
    // Before it tcpdump 4.99.3 leaves out the comma that other versions print.
    ...(isIp6(packet) ? { ipLength: null } : {}),
    ...(link ? {} : { sourceMac: null, destinationMac: null }),
    fragment: verbose > 0 || !isIp4 ? asPrinted(fragment, isIp4) : null,
    protocol:
      fragment !== null && fragment.offset > 0 && (verbose === 0 || !isIp4) ? 'other' : protocol,
    checksum:
      verbose > 1 || (verbose === 1 && (protocol !== 'udp' || !isIp4)) ? packet.checksum : null,
    payload: payloadAsShown(packet, verbose, payload),
    dns: dns && dnsAsShown(dns, verbose),
    tcp: tcp && {
      ...tcp,
      seq: verbose > 1 || payload !== 0 || /[SFR]/.test(tcp.flags) ? tcp.seq : null,
    },
    icmp: icmp && {
      ...icmp,
      message: verbose > 0 ? icmp.message.replace(/^(neighbor \w+), .*/, '$1') : icmp.message,
      // tcpdump quotes no packet of IPv6.
      quoted:
        icmp.quoted && verbose > 0 && protocol === 'icmp'
          ? innerAsShown(icmp.quoted, verbose, link)
          : null,
    },
    tunnel: tunnel && {
      ...tunnel,
      inner: tunnel.inner && innerAsShown(tunnel.inner, verbose, link),
    },
  };
}

// An IPv6 fragment header is printed without the bit that tells whether more follow.
function asPrinted(fragment: Packet['fragment'], isIp4: boolean): Packet['fragment'] {
  return fragment === null || isIp4 ? fragment : { ...fragment, more: fragment.offset === 0 };
}

// With -v ICMPv6 ends without its length, but for neighbours; a message that was cut has no length at its end.
function payloadAsShown(
  { icmp, protocol, truncated, source, destination }: Packet,
  verbose: number,
  payload: number | null,
) {
  const isNeighbour = icmp?.message.startsWith('neighbor') ?? false;
  if (protocol === 'icmp6' && verbose > 0 && !isNeighbour) return null;
  return truncated && (source.port === 53 || destination.port === 53) ? null : payload;
}

function dnsAsShown(dns: NonNullable<Packet['dns']>, verbose: number): object {
  return {
    ...dns,
    ...(dns.response && verbose < 2 ? { qtype: null, qname: null } : {}),
    answers: verbose > 0 ? dns.answers : dns.answers.map(withoutName),
  };
}

// Without -v a record stands without its name, and a zone's authority without its content.
function withoutName(answer: string): string {
  return answer.slice(answer.indexOf(' ') + 1).replace(/^SOA .*/, 'SOA');
}

/** The text's side: what only the text can show, and what versions of tcpdump print in different ways. */
function printedPacket(packet: Packet): object {
  const { line: _line, lastLine: _lastLine, ...rest } = packet;
  const { icmp, tunnel } = packet;
  return {
    ...rest,
    ipLength: isIp6(packet) ? null : packet.ipLength,
    icmp: icmp && {
      ...icmp,
      message: icmp.message.replace(/ \[gaddr .*/, ''),
      quoted: icmp.quoted && printedPacket(icmp.quoted),
    },
    tunnel: tunnel && { ...tunnel, inner: tunnel.inner && printedPacket(tunnel.inner) },
  };
}

function isIp6({ source }: Packet): boolean {
  return source.host.includes(':');
}

describe.each(printings)(
  'packets from bytes are those that tcpdump $options printed',
  (printing) => {
    it.each(scenes)('$name', ({ name, bytes, linkType }) => {
      const { packets } = capture(bytes);
      const printed = textCapture(name, printing).packets;
      expect(packets.map((packet) => asShown(packet, printing, linkType))).toEqual(
        printed.map(printedPacket),
      );
    });
  },
);
