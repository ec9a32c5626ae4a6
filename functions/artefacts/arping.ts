import { parseMac } from '../primitives/mac.ts';
import { ASCII, defineArtefact, type Parsed, type Strength } from './define.ts';

/** Who answered for an address. */
export interface ArpReply {
  readonly line: number;
  readonly address: string;
  readonly mac: string;
}

interface ArpQuestion {
  readonly line: number;
  readonly address: string;
  /** The asker's own address. */
  readonly from: string | null;
  readonly device: string | null;
  readonly isProbe: boolean;
}

interface Arping {
  readonly replies: readonly ArpReply[];
  /** What was asked for, and where; a probe before use (`-D`) asks from 0.0.0.0 and hopes for silence. */
  readonly asked: ArpQuestion | null;
  /** Probes sent, as the end says; null where it is cut. */
  readonly sent: number | null;
}

const MAC = String.raw`[\da-fA-F]{2}(?::[\da-fA-F]{2}){5}`;
const FORMS: readonly RegExp[] = [
  // iputils and BusyBox
  new RegExp(
    String.raw`^(?:Unicast|Broadcast) (?:reply|request) from (?<address>[\d.]{7,15}) \[(?<mac>${MAC})\]`,
  ),
  // Thomas Habets' arping
  new RegExp(
    String.raw`^\d{1,4} bytes from (?<mac>${MAC}) \((?<address>[\d.]{7,15})\): index=\d+ time=`,
  ),
];
const HEAD =
  /^ARPING (?<address>[\d.]{7,15})(?: from (?<from>[\d.]{7,15})(?: via)? (?<device>\S{1,16}))?$/;
const TAIL =
  /^(?:Sent \d+ probes?(?:\(s\))? \(\d+ broadcast\(s\)\)|Received \d+ responses?(?:\(s\))?(?: \(.{1,80}\))?|Timeout|\d+ packets transmitted, \d+ packets received, +\d+% unanswered.*|[!.]{1,100}\s+\d+% packet loss \(\d+ extra\)|rtt min\/avg\/max\/std-dev = .+|--- [\d.]{7,15} statistics ---)$/;

const SENT = /^(?:Sent (\d{1,6}) probe|(\d{1,6}) packets transmitted)/;

/** `arping` of iputils and BusyBox, with `-D` or without, and that of Thomas Habets: each answer with its hardware address. */
export const arping = defineArtefact({
  kind: 'arping',
  title: 'arping',
  ask: 'sudo arping -D -I NIC -c 3 {two-macs.address|ADDRESS}',
  hint: /\barping\s/,
  first: ASCII,
  recognise,
  continues: (line) => TAIL.test(line.trim()),
  parse,
  size: ({ replies }) => ({ count: replies.length, unit: 'entries' }),
  facts: {},
});

function recognise(line: string): Strength {
  const text = line.trim();
  if (HEAD.test(text) || replyIn(text, 0) !== undefined) return 'strong';
  return TAIL.test(text) ? 'weak' : 'none';
}

function replyIn(text: string, line: number): ArpReply | undefined {
  if (text.length > 200) return undefined;
  for (const form of FORMS) {
    const { address, mac } = form.exec(text)?.groups ?? {};
    const parsed = mac === undefined ? undefined : parseMac(mac);
    if (address !== undefined && parsed !== undefined) return { line, address, mac: parsed };
  }
  return undefined;
}

function questionIn(text: string, line: number): ArpQuestion | null {
  const { address, from, device } = HEAD.exec(text)?.groups ?? {};
  return address === undefined
    ? null
    : { line, address, from: from ?? null, device: device ?? null, isProbe: from === '0.0.0.0' };
}

function parse(lines: readonly string[]): Parsed<Arping> | undefined {
  const replies: ArpReply[] = [];
  const unread: number[] = [];
  let known = 0;
  let sent: number | null = null;
  let asked: ArpQuestion | null = null;
  for (const [index, raw] of lines.entries()) {
    const text = raw.trim();
    if (text === '') continue;
    const reply = replyIn(text, index + 1);
    const count = SENT.exec(text);
    if (reply !== undefined) replies.push(reply);
    asked ??= questionIn(text, index + 1);
    if (count !== null) sent = Number(count[1] ?? count[2]);
    if (reply !== undefined || HEAD.test(text) || TAIL.test(text)) known += 1;
    else unread.push(index + 1);
  }
  return known === 0 ? undefined : { content: { replies, asked, sent }, unread };
}
