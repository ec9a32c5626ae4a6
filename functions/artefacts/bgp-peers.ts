import { ASCII, defineArtefact, found, missing, type Parsed, type Strength } from './define.ts';

/** A neighbour that routes are exchanged with. */
export interface BgpPeer {
  readonly line: number;
  /** Its address; BIRD alone names the protocol instead. */
  readonly name: string;
  readonly isEstablished: boolean;
  /** Nobody wants the session: `Idle (Admin)`, or down without a word. */
  readonly isDisabled: boolean;
  /** How far it is, in the tool's words: `Active Socket: Connection refused`. */
  readonly state: string;
}

interface BgpPeers {
  readonly peers: readonly BgpPeer[];
  /** The line by which calicoctl says that it finds no process of Felix, Calico's agent. */
  readonly stopped: number | null;
}

/**
 * `calicoctl node status` (calicoctl/calicoctl/commands/node/status.go), `birdc show protocols` of BIRD 1.6 and 2 (nest/proto.c) and
 * `vtysh -c 'show bgp summary'` of FRR and Quagga (bgpd/bgp_vty.c).
 */
export const bgpPeers = defineArtefact({
  kind: 'bgp-peers',
  title: 'calicoctl node status, birdc, vtysh',
  ask: 'sudo calicoctl node status',
  hint: /\bcalicoctl\s+node\s+status\b|\bbirdc6?\s|\bvtysh\s.*\bbgp\b/,
  first: ASCII,
  recognise,
  continues: (line) => FURNITURE.test(line.trim()) || isRest(line),
  parse,
  size: ({ peers }) => ({ count: peers.length, unit: 'neighbours' }),
  facts: {
    down: {
      type: 'label',
      is: 'the first peer whose session does not stand though it is wanted',
      of: ({ peers }) => {
        const down = peers.find(({ isEstablished, isDisabled }) => !isEstablished && !isDisabled);
        return down === undefined
          ? missing('every session that is shown stands')
          : found(down.name, [down.line]);
      },
    },
  },
});

const ADDRESS = String.raw`(?:\d{1,3}(?:\.\d{1,3}){3}|[\da-fA-F]{1,4}:[\da-fA-F:]{1,38}(?:%\S{1,20})?)`;
/** `| 10.0.0.2 | node-to-node mesh | up | 08:30:00 | Established |`, with or without the strokes at its ends. */
const CALICO = new RegExp(
  String.raw`^\|?\s*(${ADDRESS}(?:\.port\.\d{1,5})?)\s*\|\s*(?:node-to-node mesh|node specific|global)\s*\|\s*([a-z]+)\s*\|\s*[\d:-]{5,19}\s*\|\s*([^|]{0,60}?)\s*\|?$`,
);
/** The state goes on below where its cell is narrow. */
const CALICO_REST = /^\|?(?:\s*\|){3,4}\s*([A-Za-z][^|]{0,40}?)\s*\|?$/;
const CALICO_HEAD = /^\|?\s*PEER ADDRESS\s*\|\s*PEER TYPE\s*\|\s*STATE\s*\|/i;
/** `peer1      BGP        ---        start  10:02:30.910  Connect`. */
const BIRD =
  /^([A-Za-z_]\S{0,60})\s+BGP\s+\S{1,40}\s+(up|start|down|stop|flush)\s+\d[\d:.-]{4,12}(?: \d\d:\d\d:\d\d(?:\.\d+)?)?(?:\s+(\S.{0,80}?))?\s*$/;
const BIRD_HEAD = /^[Nn]ame\s+[Pp]roto\s+[Tt]able\s+[Ss]tate\s+[Ss]ince\s+[Ii]nfo$/;
const BIRD_OTHER =
  /^[A-Za-z_]\S{0,60}\s+(?:Device|Kernel|Static|Direct|Pipe|OSPF|RIP|BFD|RAdv|Babel|RPKI)\s+\S{1,40}\s+(?:up|start|down|stop|flush)\s+\d[\d:.-]{4,12}(?: \d\d:\d\d:\d\d)?(?:\s+\S.{0,80})?$/;
/** `10.0.0.9  4  65001  0  0  0  0  0  never  Active  0 N/A`; a number in the state's place counts the routes of a session that stands. */
const FRR =
  /^(\S{1,60})\s+4\s+\d{1,10}(?:\.\d{1,5})?\s+\d{1,10}\s+\d{1,10}\s+\d{1,10}\s+\d{1,8}\s+\d{1,8}\s+(?:never|[\dwdhm:]{3,12})\s+(Idle(?: \([A-Za-z]{2,6}\))?|Connect|Active|OpenSent|OpenConfirm|Clearing|NoNeg|\(Policy\)|\d{1,9})(?:\s+\S.{0,80})?$/;
const FRR_HEAD = /^Neighbor\s+V\s+AS\s+MsgRcvd\s+MsgSent\s+TblVer\s/;
const STOPPED = /^Calico process is not running\.?$/;
const RUNNING = /^Calico process is running\.?$/;
const FURNITURE =
  /^(?:\+-{3,80})+\+$|^IPv[46] BGP status$|^No IPv[46] peers found\.?$|^INFO: BIRDv[46] process: 'bird6?' is not running\.$|^None of the BGP backend processes \(BIRD or GoBGP\) are running\.$|^BIRD \d[\w.-]{1,12} ready\.$|^Access restricted$|^(?:IPv[46]|L2VPN) (?:Unicast|EVPN) Summary(?: \(VRF \S+\))?:$|^BGP router identifier |^BGP table version \d|^RIB entries \d|^Peers \d|^Peer groups \d|^Total number of neighbors \d|^Displayed neighbors? \d|^Hello, this is (?:FRRouting|Quagga)/;

function recognise(line: string): Strength {
  const text = line.trim();
  if (text.length > 240) return 'none';
  if (CALICO.test(text) || CALICO_HEAD.test(text) || STOPPED.test(text)) return 'strong';
  if (RUNNING.test(text)) return 'strong';
  if (BIRD.test(text) || BIRD_HEAD.test(text) || FRR.test(text) || FRR_HEAD.test(text))
    return 'strong';
  return FURNITURE.test(text) || BIRD_OTHER.test(text) ? 'weak' : 'none';
}

function isRest(line: string): boolean {
  return CALICO_REST.test(line.trim());
}

function parse(lines: readonly string[]): Parsed<BgpPeers> | undefined {
  const peers: BgpPeer[] = [];
  const unread: number[] = [];
  let understood = 0;
  let stopped: number | null = null;
  for (const [index, raw] of lines.entries()) {
    const text = raw.trim();
    const line = index + 1;
    if (text === '') continue;
    const peer = peerIn(text, line);
    const rest: string | undefined = CALICO_REST.exec(text)?.[1];
    const last = peers.at(-1);
    if (peer !== undefined) peers.push(peer);
    else if (rest !== undefined && last !== undefined)
      peers[peers.length - 1] = { ...last, state: `${last.state} ${rest}` };
    else if (STOPPED.test(text)) stopped = line;
    else if (!isHead(text)) {
      unread.push(line);
      continue;
    }
    understood += 1;
  }
  return understood === 0 ? undefined : { content: { peers, stopped }, unread };
}

function isHead(text: string): boolean {
  return [CALICO_HEAD, RUNNING, BIRD_HEAD, BIRD_OTHER, FRR_HEAD, FURNITURE].some((one) =>
    one.test(text),
  );
}

function peerIn(text: string, line: number): BgpPeer | undefined {
  const [, address, how = '', info = ''] = CALICO.exec(text) ?? [];
  if (address !== undefined) {
    const isEstablished = how === 'up' && /^Established/.test(info);
    return { line, name: address, isEstablished, isDisabled: false, state: info || how };
  }
  const [, protocol, stage = '', said = ''] = BIRD.exec(text) ?? [];
  if (protocol !== undefined) {
    const isEstablished = stage === 'up' && /^Established/.test(said);
    const isDisabled = stage === 'down' && said === '';
    return { line, name: protocol, isEstablished, isDisabled, state: said || stage };
  }
  const [, neighbour, state = ''] = FRR.exec(text) ?? [];
  if (neighbour === undefined) return undefined;
  const isEstablished = /^(?:\d+|NoNeg|\(Policy\))$/.test(state);
  return { line, name: neighbour, isEstablished, isDisabled: state === 'Idle (Admin)', state };
}
