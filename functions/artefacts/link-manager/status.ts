/** What a line of `nmcli device show` or `networkctl status` tells of a device. */
export type StatusField =
  | { readonly is: 'device'; readonly name: string }
  /** `routable configured`, `30 (disconnected)` as the tables have it. */
  | { readonly is: 'networkd' | 'manager'; readonly state: string };

/** `● 2: eth0`; an asterisk where the terminal has no such sign. */
const NAMED = /^[●○*]\s*\d{1,6}: (\S{1,40})$/;
const OF_ALL = /^[●○*]\s*(?:Interfaces: \d|State: )/;
const STATE = /^(?:[●○*]\s*)?State: ([a-z-]{2,16}) \(([a-z]{5,12})\)$/;
const GENERAL =
  /^GENERAL\.(DEVICE|STATE): {1,60}(?:\d{1,3} \()?([^()]{1,60}(?:\([^()]{1,60}\))?)\)?$/;
const FIELD =
  /^(?:GENERAL|IP[46]|DHCP[46]|WIRED-PROPERTIES|CAPABILITIES|INTERFACE-FLAGS|CONNECTIONS|WIFI-PROPERTIES|BRIDGE|VLAN|BOND)\.[A-Z0-9.-]{1,40}(?:\[\d{1,3}\])?:(?: {1,60}\S.{0,300})?$/;
const NETWORKD_FIELD =
  /^(?:Link File|Network File|State|Online state|Type|Kind|Path|Driver|Vendor|Model|Alternative Names|(?:Permanent )?H(?:W|ardware) Address|MTU|QDisc|IPv6 Address Generation Mode|Number of Queues \(Tx\/Rx\)|Queue Length \(Tx\/Rx\)|Auto negotiation|Speed|Duplex|Port|Address|Gateway|DNS|NTP|Search Domains|Route Domains|Activation Policy|Required For Online|DHCP4 Client ID|DHCP6 Client (?:IAID|DUID)|DHCP6 IAID|Offered DHCP leases|Connected To|Master|Carrier Bound To|Carrier Bound By|Online state): \S.{0,300}$/;
/** A second address, server or domain stands alone below the first. */
const MORE =
  /^(?:[\da-fA-F.:]{3,45}(?:%\S{1,20})?(?: \([^()]{1,120}\))?(?: on \S{1,40})?|(?=[\w-]{1,63}\.)[\w.-]{3,253})$/;

/** How sure a line is of being of these listings. */
export function statusStrength(text: string): 'strong' | 'weak' | 'none' {
  if (NAMED.test(text) || OF_ALL.test(text) || STATE.test(text) || FIELD.test(text))
    return 'strong';
  return OWN.test(text) ? 'weak' : 'none';
}

const OWN =
  /^(?:Link File|Network File|Online state|IPv6 Address Generation Mode|Number of Queues \(Tx\/Rx\)|Queue Length \(Tx\/Rx\)|Auto negotiation|HW Address|QDisc|Activation Policy|Required For Online): \S/;

/** Whether a line may stand in such a listing. */
export function isStatusPart(text: string): boolean {
  return [NAMED, OF_ALL, STATE, FIELD, NETWORKD_FIELD, MORE].some((shape) => shape.test(text));
}

export function statusField(text: string): StatusField | undefined {
  const name: string | undefined = NAMED.exec(text)?.[1];
  if (name !== undefined) return { is: 'device', name };
  const [, operational, setup] = STATE.exec(text) ?? [];
  if (operational !== undefined) return { is: 'networkd', state: `${operational} ${setup}` };
  const [, field, value = ''] = GENERAL.exec(text) ?? [];
  if (field === 'DEVICE') return { is: 'device', name: value };
  return field === 'STATE' ? { is: 'manager', state: value } : undefined;
}
