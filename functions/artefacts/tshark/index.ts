import { linesOf } from '../../primitives/lines.ts';
import { defineArtefact, type Strength } from '../define.ts';
import { readCapture } from './capture.ts';
import { beginsRow, rowIn } from './line.ts';
import { readNotice } from './notice.ts';

/** Packets as tshark prints them one a line, Wireshark's default columns; other columns (`-T fields`) are nobody's. */
export const tshark = defineArtefact({
  kind: 'tshark',
  as: 'tcpdump',
  title: 'tshark',
  ask: "sudo timeout 60 tshark -n -t ad -i any -c 2000 -f 'port {traffic.port|53} or icmp'",
  hint: /\btshark\b/,
  first: '0123456789CRt*',
  recognise,
  continues: (line) => beginsRow(line) || readNotice(line) !== undefined,
  begins: (line) => /^\s*Capturing on /.test(line),
  parse: (lines) => readCapture(linesOf(lines.join('\n'))),
  parseLines: readCapture,
  size: ({ packets }) => ({ count: packets.length, unit: 'packets' }),
  place: ({ listeningOn }) =>
    listeningOn === null || listeningOn === 'any' || listeningOn.includes(' ')
      ? {}
      : { interface: listeningOn },
  facts: {},
});

function recognise(line: string): Strength {
  if (rowIn(line) !== undefined) return 'strong';
  const notice = readNotice(line);
  if (notice === undefined) return 'none';
  return notice.listeningOn === null ? 'weak' : 'strong';
}
