/** The words of print-domain.c (ns_resp, ns_type2str) of tcpdump 4.99; a type without a word of its own is `Type65`. */
const RCODES: readonly string[] = [
  ...['NoError', 'FormErr', 'ServFail', 'NXDomain', 'NotImp', 'Refused', 'YXDomain', 'YXRRSet'],
  ...['NXRRSet', 'NotAuth', 'NotZone', 'Resp11', 'Resp12', 'Resp13', 'Resp14', 'NoChange'],
  ...['BadVers', 'Resp17', 'Resp18', 'Resp19', 'Resp20', 'Resp21', 'Resp22', 'BadCookie'],
];
/** Types 1 to 48 in the order of their numbers. */
const FIRST_TYPES =
  'A NS MD MF CNAME SOA MB MG MR NULL WKS PTR HINFO MINFO MX TXT RP AFSDB X25 ISDN RT NSAP NSAP_PTR SIG KEY PX GPOS AAAA LOC NXT EID NIMLOC SRV ATMA NAPTR KX CERT A6 DNAME SINK OPT APL DS SSHFP IPSECKEY RRSIG NSEC DNSKEY'.split(
    ' ',
  );
const LATER_TYPES: Readonly<Record<number, string>> = {
  99: 'SPF',
  100: 'UINFO',
  101: 'UID',
  102: 'GID',
  103: 'UNSPEC',
  104: 'UNSPECA',
  249: 'TKEY',
  250: 'TSIG',
  251: 'IXFR',
  252: 'AXFR',
  253: 'MAILB',
  254: 'MAILA',
  255: 'ANY',
  256: 'URI',
};
const CLASSES: Readonly<Record<number, string>> = { 3: 'CHAOS', 4: 'HS', 255: 'ANY' };

export function rcodeName(code: number): string {
  return RCODES[code] ?? `Resp${code}`;
}

export function typeName(type: number): string {
  return FIRST_TYPES[type - 1] ?? LATER_TYPES[type] ?? `Type${type}`;
}

export function className(number: number): string {
  return CLASSES[number] ?? `(Class ${number})`;
}
