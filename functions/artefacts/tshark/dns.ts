import type { Dns } from '../packet.ts';

/** The words of packet-dns.c (rcode_vals), and those that stand for them here. */
const RCODES: Readonly<Record<string, string>> = {
  'Format error': 'FormErr',
  'Server failure': 'ServFail',
  'No such name': 'NXDomain',
  'Not implemented': 'NotImp',
  Refused: 'Refused',
  'Name exists': 'YXDomain',
  'RRset exists': 'YXRRSet',
  'RRset does not exist': 'NXRRSet',
  'Not authoritative': 'NotAuth',
  'Name out of zone': 'NotZone',
};
const MESSAGE = new RegExp(
  `^Standard query (response )?0x([0-9a-f]{4})(?: (${Object.keys(RCODES).join('|')}))?(?: (.*))?$`,
);
const TYPE = /^(?:[A-Z][A-Z0-9]*|Unknown)$/;
/** Records whose data ends in a name. */
const NAMING = /^(?:CNAME|DNAME|NS|PTR|MX|SRV|SOA)$/;

/**
 * Reads what packet-dns.c writes into the Info column: `Standard query 0x1a2b A example.com OPT`,
 * `Standard query response 0x1a2b No such name A example.com SOA ns1.example.com`. Whether an answer is cut short (TC) does not stand there.
 */
export function readDns(info: string): Dns | null {
  const [whole, response, id = '', rcode, rest = ''] = MESSAGE.exec(info) ?? [];
  if (whole === undefined) return null;
  const [qtype = null, name = null, ...words] = rest.split(' ').filter((word) => word !== '');
  const isAsked = qtype !== null && name !== null && TYPE.test(qtype);
  const records = response === undefined ? [] : recordsIn(words);
  return {
    id: Number.parseInt(id, 16),
    response: response !== undefined,
    qtype: isAsked ? qtype : null,
    qname: isAsked ? absolute(name.replace(/,$/, '')) : null,
    rcode: response === undefined ? null : (RCODES[rcode ?? ''] ?? 'NoError'),
    truncatedAnswer: false,
    counts: response === undefined ? null : countsOf(records, qtype),
    answers: answersIn(records, qtype).map((words) => words.join(' ')),
  };
}

/** Type and data of each record; a word in capitals alone begins the next. */
function recordsIn(words: readonly string[]): readonly (readonly string[])[] {
  const records: string[][] = [];
  for (const word of words) {
    const last = records.at(-1);
    if (TYPE.test(word)) records.push([word]);
    else if (last !== undefined && !word.startsWith('[')) last.push(word);
  }
  return records.map((record) => (NAMING.test(record[0] ?? '') ? named(record) : record));
}

function named(record: readonly string[]): readonly string[] {
  const name = record.at(-1);
  return name === undefined || record.length < 2
    ? record
    : [...record.slice(0, -1), absolute(name)];
}

/** The sections stand side by side without a mark: what answers ends where a zone is named, or at the pseudo-record of EDNS. */
function answersIn(records: readonly (readonly string[])[], qtype: string | null) {
  const end = records.findIndex(([type]) => isBehind(type, qtype));
  return records.slice(0, end < 0 ? records.length : end);
}

function isBehind(type: string | undefined, qtype: string | null): boolean {
  if (type === 'OPT' || type === 'TSIG') return true;
  return (type === 'SOA' || type === 'NS') && type !== qtype && qtype !== 'ANY';
}

function countsOf(
  records: readonly (readonly string[])[],
  qtype: string | null,
): readonly [number, number, number] {
  const answers = answersIn(records, qtype).length;
  const behind = records.slice(answers);
  const authority = behind.filter(([type]) => type === 'SOA' || type === 'NS').length;
  return [answers, authority, behind.length - authority];
}

/** Names end in the root's dot, as everywhere else. */
function absolute(name: string): string {
  if (name === '<Root>') return '.';
  return name.endsWith('.') ? name : `${name}.`;
}
