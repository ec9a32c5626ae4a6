import { parseAddress } from '../../primitives/address.ts';
import { plainName } from './arguments.ts';
import type { LookupEvent } from './event.ts';
import { type Form, failed, form, from, type Groups, NONE, none, outcomeOf } from './form.ts';

const ADDRESS = String.raw`(?<address>[\da-fA-F:.]{2,45})`;

/** nslookup of BIND, of BusyBox old and new (networking/nslookup.c), of Windows; host of BIND (bin/dig/host.c). */
export const PLAIN_FORMS: readonly Form[] = [
  form('strong', 'Server:', new RegExp(String.raw`^Server:\s+${ADDRESS}$`), ({ address = '' }) => ({
    is: 'named-server',
    text: address,
  })),
  form('weak', 'Server:', /^Server:\s+(?<text>\S+)$/, ({ text = '' }) => ({
    is: 'named-server',
    text,
  })),
  form(
    'strong',
    'Address',
    new RegExp(String.raw`^Address:\s+\[?${ADDRESS}\]?[#:]\d{1,5}$`),
    ({ address }) => addressOf(address, true),
  ),
  form(
    'strong',
    'Address',
    new RegExp(String.raw`^Address \d{1,3}:\s+${ADDRESS}(?:\s+\S+)?$`),
    ({ address }) => addressOf(address, false),
  ),
  form('weak', 'Address', new RegExp(String.raw`^Address(?:es)?:\s+${ADDRESS}$`), ({ address }) =>
    addressOf(address, false),
  ),
  form('weak', 'Name', /^Name:\s*(?<name>\S+)$/, ({ name = '' }) => ({
    is: 'name',
    name: plainName(name),
  })),
  form(
    'strong',
    'uthoritative answer',
    /^(?:Non-authoritative answer:|Authoritative answers can be found from:)$/,
    none,
  ),
  form('strong', "can't find ", /^\*\* server can't find (?<name>\S+): (?<said>.+)$/, cannot),
  form('strong', "an't find ", /^\*\*\* (?:\S+ c|C)an't find (?<name>\S+): (?<said>.+)$/, cannot),
  form(
    'strong',
    "can't resolve",
    /^nslookup: can't resolve '(?<name>[^']*)'(?:: (?<said>.+))?$/,
    ({ name = '', said }) =>
      // BusyBox could not name the server itself; the question has not been asked yet.
      name === '(null)' ? NONE : cannot({ name, said: said ?? '' }),
  ),
  form(
    'strong',
    'nslookup: ',
    /^nslookup: (?:write to|read from) '(?<server>[^']+)': (?<said>.+)$/,
    ({ server, said }) => failed(server?.replace(/^\[|\]?:\d+$/g, ''), said, false),
  ),
  form('strong', 'DNS request timed out', /^DNS request timed out\.$/, () =>
    failed(undefined, 'timed out', false),
  ),
  form('weak', 'timeout was', /^timeout was \d+ seconds?\.$/, none),
  form('strong', '*** Request to', /^\*\*\* Request to (?<name>\S+) timed-out$/, () => ({
    is: 'given-up',
  })),
  form(
    'strong',
    'canonical name = ',
    /^(?<name>\S+)\s+canonical name = (?<data>\S+)$/,
    answer('CNAME'),
  ),
  form('strong', 'name = ', /^(?<name>\S+\.arpa)\.?\s+name = (?<data>\S+)$/, answer('PTR')),
  form(
    'weak',
    ' = ',
    /^(?<name>[\w.-]+)\s+(?<kind>text|nameserver|mail exchanger|service) = (?<data>.+)$/,
    ({ name, kind, data }) => answer(KINDS[kind ?? ''] ?? 'TXT')({ name, data }),
  ),
  form(
    'strong',
    ' has address ',
    new RegExp(String.raw`^(?<name>\S+) has address ${ADDRESS}$`),
    answer('A'),
  ),
  form(
    'strong',
    ' has IPv6 address ',
    new RegExp(String.raw`^(?<name>\S+) has IPv6 address ${ADDRESS}$`),
    answer('AAAA'),
  ),
  form(
    'strong',
    ' is an alias for ',
    /^(?<name>\S+) is an alias for (?<data>\S+)\.$/,
    answer('CNAME'),
  ),
  form(
    'strong',
    ' domain name pointer ',
    /^(?<name>\S+) domain name pointer (?<data>\S+)\.$/,
    answer('PTR'),
  ),
  form(
    'strong',
    ' is handled by ',
    /^(?<name>\S+) mail is handled by (?<data>\d+ \S+)$/,
    answer('MX'),
  ),
  form(
    'strong',
    ' descriptive text ',
    /^(?<name>\S+) descriptive text (?<data>.+)$/,
    answer('TXT'),
  ),
  form('strong', ' name server ', /^(?<name>\S+) name server (?<data>\S+)\.$/, answer('NS')),
  form(
    'strong',
    ' record ',
    /^(?<name>\S+) has (?<type>[A-Z][A-Z0-9]{1,9}) record (?<data>.+)$/,
    ({ name, type = '', data }) => answer(type)({ name, data }),
  ),
  // `host -C` asks every name server of a zone.
  form('strong', 'Nameserver ', new RegExp(`^Nameserver ${ADDRESS}:$`), ({ address }) =>
    address === undefined || parseAddress(address) === undefined
      ? undefined
      : { is: 'named-server', text: address },
  ),
  form('strong', ' has ', /^(?<name>\S+) has no [A-Z0-9]+ record$/, ({ name }) =>
    cannot({ name, said: 'No answer' }),
  ),
  form(
    'strong',
    ' not found: ',
    /^Host (?<name>\S+) not found: (?<said>\d+\([A-Z0-9]+\))$/,
    cannot,
  ),
  form('strong', 'Using domain server', /^Using domain server:$/, none),
  form('weak', 'Aliases:', /^Aliases:\s*\S*$/, none),
  form('strong', 'Trying "', /^Trying "(?<name>[^"]+)"$/, none),
  form(
    'strong',
    ' bytes from ',
    /^Received \d+ bytes from (?<server>[^\s#]+)#\d+ in (?<ms>\d{1,7}) ms$/,
    from,
  ),
  form(
    'strong',
    "couldn't get address",
    /^(?:dig|host|nslookup|delv): couldn't get address for '(?<server>[^']+)': (?<said>.+)$/,
    ({ server }) => failed(server, 'no address', false),
  ),
];

const KINDS: Readonly<Record<string, string>> = {
  text: 'TXT',
  nameserver: 'NS',
  'mail exchanger': 'MX',
  service: 'SRV',
};

// "No answer" is an empty answer to BIND and to older BusyBox, and silence to BusyBox since 1.29: it tells neither.
function cannot({ name, said = '' }: Groups): LookupEvent {
  return {
    is: 'cannot',
    name: name === undefined ? null : plainName(name),
    outcome: outcomeOf(said) ?? null,
  };
}

function answer(type: string) {
  return ({ name, address, data }: Groups): LookupEvent => ({
    is: 'answer',
    name: name === undefined ? null : plainName(name),
    type,
    data: address ?? data ?? '',
  });
}

function addressOf(address: string | undefined, ofServer: boolean): LookupEvent | undefined {
  return address === undefined || parseAddress(address) === undefined
    ? undefined
    : { is: 'address', address, ofServer };
}
