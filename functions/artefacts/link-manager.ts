import { ASCII, defineArtefact, type Parsed, type Strength } from './define.ts';
import { isStatusPart, statusField, statusStrength } from './link-manager/status.ts';

/** A device as NetworkManager or systemd-networkd sees it. */
export interface ManagedDevice {
  readonly line: number;
  readonly name: string;
  /** `ethernet`, `ether`, `wifi`, `bridge`. */
  readonly type: string;
  /** It is in use, and carries something. */
  readonly isUp: boolean;
  /** It waits for an address. */
  readonly isWaiting: boolean;
  /** Its configuration failed. */
  readonly isFailed: boolean;
  /** In the tool's words: `unavailable`, `no-carrier configuring`. */
  readonly state: string;
}

interface LinkManager {
  readonly devices: readonly ManagedDevice[];
  /** The heading is there: no device is left out. */
  readonly isWhole: boolean;
}

/**
 * `nmcli device status` and `show` (src/nmcli/devices.c; the states of nmc_device_state_to_string), `networkctl list` and
 * `status` (src/network/networkctl-list.c, networkctl-status-link.c; operational and setup states of network-util.c and networkd-link.c).
 */
export const linkManager = defineArtefact({
  kind: 'link-manager',
  title: 'nmcli device, networkctl',
  ask: 'nmcli device status; networkctl list',
  hint: /\bnmcli\s+(?:-\S+\s+){0,4}d(?:ev(?:ice)?)?(?:\s+(?:s|sh|show|status))?(?:\s+[\w.@-]{1,20})?(?=\s*(?:$|[|;&]))|\bnetworkctl(?:\s+-\S+){0,4}(?:\s+(?:list|status))?(?:\s+[\w.@-]{1,20})?(?=\s*(?:$|[|;&]))/,
  first: `${ASCII}●○`,
  recognise,
  continues: (line) => TAIL.test(line.trim()) || isStatusPart(line.trim()),
  parse,
  size: ({ devices }) => ({ count: devices.length, unit: 'interfaces' }),
  facts: {},
});

const NM_HEAD =
  /^DEVICE\s+TYPE\s+STATE(?:\s+(?:IP4-CONNECTIVITY\s+IP6-CONNECTIVITY\s+)?CONNECTION)?$/;
const NM_STATE =
  'unmanaged|unavailable|disconnected|connecting(?: \\([a-zA-Z ]{3,40}\\))?|connected(?: \\(externally\\))?|deactivating|connection failed|unknown';
const NM_TYPE =
  'ethernet|wifi|bridge|bond|team|vlan|vxlan|loopback|tun|veth|dummy|wireguard|infiniband|macvlan|ip-tunnel|gsm|wifi-p2p|ovs-(?:bridge|port|interface)|ppp|wpan|bt|iptunnel|generic|vrf|adsl|hsr';
const NM = new RegExp(
  String.raw`^(\S{1,40})\s+(${NM_TYPE})\s+(${NM_STATE})(?:\s{1,60}\S.{0,80})?$`,
);
const NETWORKD_HEAD = /^IDX\s+LINK\s+TYPE\s+OPERATIONAL\s+SETUP$/;
const OPERATIONAL =
  'missing|off|no-carrier|dormant|degraded-carrier|carrier|degraded|enslaved|routable|n\\/a';
const SETUP = 'pending|initialized|configuring|configured|unmanaged|failed|linger|n\\/a';
const NETWORKD = new RegExp(
  String.raw`^\d{1,6}\s+(\S{1,40})\s+([a-z0-9]{2,12})\s+(${OPERATIONAL})\s+(${SETUP})$`,
);
const TAIL = /^\d{1,6} links listed\.$/;

function recognise(line: string): Strength {
  const text = line.trim();
  if (text.length > 200) return 'none';
  const strength = statusStrength(text);
  if (strength !== 'none') return strength;
  if (NM_HEAD.test(text) || NETWORKD_HEAD.test(text) || NETWORKD.test(text)) return 'strong';
  return NM.test(text) || TAIL.test(text) ? 'weak' : 'none';
}

function parse(lines: readonly string[]): Parsed<LinkManager> | undefined {
  const devices: ManagedDevice[] = [];
  const unread: number[] = [];
  let isWhole = false;
  let shown = '';
  let understood = 0;
  for (const [index, raw] of lines.entries()) {
    const text = raw.trim();
    if (text === '') continue;
    const field = statusField(text);
    if (field?.is === 'device') shown = field.name;
    const device = deviceIn(text, index + 1) ?? (field && shownDevice(field, shown, index + 1));
    if (device !== undefined) devices.push(device);
    else if (NM_HEAD.test(text) || NETWORKD_HEAD.test(text)) isWhole = true;
    else if (!TAIL.test(text) && !isStatusPart(text)) {
      unread.push(index + 1);
      continue;
    }
    understood += 1;
  }
  return understood === 0 ? undefined : { content: { devices, isWhole }, unread };
}

/** `show` and `status` tell a device's state below its name. */
function shownDevice(
  field: NonNullable<ReturnType<typeof statusField>>,
  name: string,
  line: number,
): ManagedDevice | undefined {
  if (field.is === 'device' || name === '') return undefined;
  const device =
    field.is === 'networkd'
      ? deviceIn(`1 ${name} ether ${field.state}`, line)
      : deviceIn(`${name} ethernet ${field.state}`, line);
  return device === undefined ? undefined : { ...device, type: 'unknown' };
}

function deviceIn(text: string, line: number): ManagedDevice | undefined {
  const [, link, kind = '', operational = '', setup = ''] = NETWORKD.exec(text) ?? [];
  if (link !== undefined)
    return {
      line,
      name: link,
      type: kind,
      isUp: /^(?:routable|enslaved|degraded|carrier|degraded-carrier)$/.test(operational),
      isWaiting: setup === 'configuring' && /^(?:degraded|carrier)$/.test(operational),
      isFailed: setup === 'failed',
      state: `${operational} ${setup}`,
    };
  const [, device, type = '', state = ''] = NM.exec(text) ?? [];
  return device === undefined
    ? undefined
    : {
        line,
        name: device,
        type,
        isUp: /^(?:connect(?:ed|ing)|unmanaged)/.test(state),
        isWaiting: state === 'connecting (getting IP configuration)',
        isFailed: state === 'connection failed',
        state,
      };
}
