import { addressInName, contains, parseAddress, parsePrefix } from '../../primitives/address.ts';
import type { Rule } from '../firewall-rule.ts';
import type { Packet } from '../packet.ts';

/** The interfaces by which a packet comes in and would go out; null where that is not known. */
export interface Way {
  readonly from: string | null;
  readonly to: string | null;
}

/** Whether a rule wants anything of a packet at all. */
export function isPicky({
  protocol,
  source,
  destination,
  sport,
  dport,
  inInterface,
  outInterface,
  fragments,
  length,
}: Rule): boolean {
  const wishes = [protocol, source, destination, sport, dport, inInterface, outInterface];
  return [...wishes, fragments, length].some((wish) => wish !== null);
}

/** Whether a packet fits a rule. Undefined: cannot be told. `ctstate` and what is not read may or may not hold. */
export function fits(rule: Rule, packet: Packet, { from, to }: Way): boolean | undefined {
  const wishes = [
    is(rule.protocol, (wanted) => wanted.split(',').includes(packet.protocol)),
    is(rule.source, (wanted) => inPrefix(wanted, packet.source.host)),
    is(rule.destination, (wanted) => inPrefix(wanted, packet.destination.host)),
    is(rule.sport, (wanted) => inPorts(wanted, packet.source.port)),
    is(rule.dport, (wanted) => inPorts(wanted, packet.destination.port)),
    is(rule.inInterface, (wanted) => device(wanted, from)),
    is(rule.outInterface, (wanted) => device(wanted, to)),
    isPart(rule.fragments, packet),
    is(rule.length, (wanted) => isLong(wanted, packet)),
    rule.ctstate === null && !rule.more ? true : undefined,
  ];
  if (wishes.includes(false)) return false;
  return wishes.includes(undefined) ? undefined : true;
}

/** TCP and small datagrams come in one piece; of others only `-v` tells. */
function isPart(wanted: Rule['fragments'], packet: Packet): boolean | undefined {
  if (wanted === null) return true;
  const { fragment, protocol, payload, dns } = packet;
  const isShort = protocol === 'tcp' || dns !== null || (payload ?? UNSPLIT) < UNSPLIT;
  const part = fragment ?? (isShort ? { offset: 0, more: false } : null);
  if (part === null) return undefined;
  const isLater = part.offset > 0;
  const fitting = wanted.endsWith('later') ? isLater : isLater || part.more;
  return fitting !== wanted.startsWith('not-');
}

/** Bytes of payload that every network in use carries whole; IPv6 asks for packets of 1280 (RFC 8200, 5). */
const UNSPLIT = 1200;

/** Without `-v` tcpdump tells what a packet carries: of TCP the header in between takes 20 to 60 bytes. */
function isLong(wanted: string, packet: Packet): boolean | undefined {
  const [low = 0, high = low] = wanted.split(':').map(Number);
  const [least, most] = sizeOf(packet);
  if (least >= low && most <= high) return true;
  return most < low || least > high ? false : undefined;
}

function sizeOf({ ipLength, payload, protocol, truncated, source }: Packet): [number, number] {
  if (ipLength !== null) return [ipLength, ipLength];
  if (payload === null || truncated || source.host.includes(':'))
    return [0, Number.POSITIVE_INFINITY];
  if (protocol === 'tcp') return [payload + 40, payload + 80];
  return protocol === 'udp' ? [payload + 28, payload + 28] : [0, Number.POSITIVE_INFINITY];
}

function is(
  wanted: string | null,
  test: (wanted: string) => boolean | undefined,
): boolean | undefined {
  if (wanted === null) return true;
  const negated = /^!\s*/.exec(wanted);
  const answer = test(negated === null ? wanted : wanted.slice(negated[0].length));
  return answer === undefined || negated === null ? answer : !answer;
}

/** One prefix, or several of which one is enough. */
function inPrefix(wanted: string, host: string): boolean | undefined {
  if (!wanted.includes(',')) return inOne(wanted, host);
  const answers = wanted.split(',').map((one) => inOne(one, host));
  return answers.includes(true) ? true : answers.includes(undefined) ? undefined : false;
}

function inOne(wanted: string, host: string): boolean | undefined {
  const prefix = parsePrefix(
    wanted.includes('/') ? wanted : `${wanted}/${wanted.includes(':') ? 128 : 32}`,
  );
  const address = parseAddress(addressInName(host));
  return prefix === undefined || address === undefined ? undefined : contains(prefix, address);
}

const SERVICES: ReadonlyMap<string, number> = new Map([
  ['domain', 53],
  ['ssh', 22],
  ['http', 80],
  ['https', 443],
]);

function inPorts(wanted: string, port: number | null): boolean | undefined {
  if (port === null) return undefined;
  return wanted.split(',').some((one) => {
    const [low = '', high = low] = one.split(':');
    const number = (text: string) => SERVICES.get(text) ?? Number(text);
    return port >= number(low) && port <= number(high);
  });
}

function device(wanted: string, name: string | null): boolean | undefined {
  // What goes from host to host never passes the loopback.
  if (name === null) return wanted === 'lo' ? false : undefined;
  return wanted
    .split(',')
    .some((one) => (one.endsWith('+') ? name.startsWith(one.slice(0, -1)) : one === name));
}
