import { ASCII, defineArtefact, type Parsed, type Strength } from './define.ts';

/** One device of a bond. */
interface BondPort {
  /** Where it begins. */
  readonly line: number;
  readonly device: string;
  /** `up`, `down`, `going down`, `going back` (drivers/net/bonding/bond_main.c: bond_slave_link_status); null where not shown. */
  readonly status: string | null;
  readonly statusLine: number;
  /** How often its link went away since it is in the bond. */
  readonly failures: number | null;
  readonly duplex: string | null;
  readonly duplexLine: number;
}

interface Bond {
  readonly mode: string | null;
  /** Of the bond itself. */
  readonly status: string | null;
  readonly statusLine: number;
  readonly active: string | null;
  readonly ports: readonly BondPort[];
}

/** /proc/net/bonding/NAME: drivers/net/bonding/bond_procfs.c (bond_info_show_master, bond_info_show_slave), 2.6.30 to 6.12. */
export const bonding = defineArtefact({
  kind: 'bonding',
  title: '/proc/net/bonding',
  ask: 'cat /proc/net/bonding/*',
  hint: /\/proc\/net\/bonding\//,
  first: ASCII,
  recognise,
  continues: (line) => isInside(line.trim()),
  begins: (line) => VERSION.test(line.trim()),
  parse,
  size: ({ ports }) => ({ count: ports.length, unit: 'interfaces' }),
  facts: {},
});

const VERSION = /^Ethernet Channel Bonding Driver: v\d/;
const STRONG =
  /^(?:Ethernet Channel Bonding Driver: v\d|Bonding Mode: |Slave Interface: \S+$|MII Polling Interval \(ms\): \d|Currently Active Slave: |Slave queue ID: \d|Link Failure Count: \d|Permanent HW addr: |Aggregator ID: |LACP (?:rate|active): |(?:Actor|Partner) (?:Mac Address|Churn State|Churned Count): |Transmit Hash Policy: |802\.3ad info$|Active Aggregator Info:$|details (?:actor|partner) lacp pdu:$)/;
const INSIDE =
  /^(?:MII Status: |(?:Up|Down|Peer Notification) Delay \(ms\): |Speed: |Duplex: |Primary Slave: |Min links: |Aggregator |System (?:priority|MAC address): |Number of ports: |(?:Actor|Partner) Key: |ARP (?:Polling Interval|IP target|Missed|IPv6)|NS IPv6 target|(?:system|port) (?:priority|mac address|number|state): |(?:oper )?key: |port key: |oper key: |bond \S+ has no active aggregator$)/;
const NAMED = /^Slave Interface: (\S{1,40})$/;

function recognise(line: string): Strength {
  const text = line.trim();
  if (STRONG.test(text)) return 'strong';
  return INSIDE.test(text) ? 'weak' : 'none';
}

function isInside(text: string): boolean {
  return STRONG.test(text) || INSIDE.test(text);
}

const EMPTY_PORT = {
  status: null,
  statusLine: 0,
  failures: null,
  duplex: null,
  duplexLine: 0,
} as const;

function parse(lines: readonly string[]): Parsed<Bond> | undefined {
  const unread: number[] = [];
  const ports: BondPort[] = [];
  let bond: Omit<Bond, 'ports'> = { mode: null, status: null, statusLine: 0, active: null };
  let understood = 0;
  for (const [index, raw] of lines.entries()) {
    const text = raw.trim();
    const line = index + 1;
    if (text === '') continue;
    const device: string | undefined = NAMED.exec(text)?.[1];
    if (device === undefined && !isInside(text)) {
      unread.push(line);
      continue;
    }
    understood += 1;
    if (device !== undefined) ports.push({ ...EMPTY_PORT, line, device });
    else {
      const last = ports.pop();
      const own = ofBond(text, line);
      if (last !== undefined) ports.push({ ...last, ...ofPort(text, line) });
      // What a search found may be of a device: nothing says of which.
      else if (own.status !== undefined && bond.mode === null) unread.push(line);
      else bond = { ...bond, ...own };
    }
  }
  return understood === 0 ? undefined : { content: { ...bond, ports }, unread };
}

function ofBond(text: string, line: number): Partial<Bond> {
  const { mode, status, active } =
    /^(?:Bonding Mode: (?<mode>.{1,80})|MII Status: (?<status>[a-z ]{2,20})|Currently Active Slave: (?<active>\S{1,40}))$/.exec(
      text,
    )?.groups ?? {};
  if (mode !== undefined) return { mode };
  if (status !== undefined) return { status, statusLine: line };
  return active === undefined ? {} : { active };
}

function ofPort(text: string, line: number): Partial<BondPort> {
  const { status, failures, duplex } =
    /^(?:MII Status: (?<status>[a-z ]{2,20})|Link Failure Count: (?<failures>\d{1,10})|Duplex: (?<duplex>\w{2,10}))$/.exec(
      text,
    )?.groups ?? {};
  if (status !== undefined) return { status, statusLine: line };
  if (failures !== undefined) return { failures: Number(failures) };
  return duplex === undefined ? {} : { duplex, duplexLine: line };
}
