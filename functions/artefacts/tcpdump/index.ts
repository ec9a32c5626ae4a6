import { linesOf } from '../../primitives/lines.ts';
import { ASCII, defineArtefact } from '../define.ts';
import { countOf } from '../digest.ts';
import { readCapture } from './capture.ts';
import { readNotice } from './notice.ts';
import { continuesCapture, recogniseLine } from './recognise.ts';
import { ordinaryRun } from './scan.ts';

/** Packets as tcpdump prints them, in any of its forms; versions 3.9 to 4.99 were read against the print-*.c of its source. */
export const tcpdump = defineArtefact({
  kind: 'tcpdump',
  title: 'tcpdump',
  ask: "sudo timeout 60 tcpdump -i any -nn -tttt -vv -c 2000 'port {traffic.port|53} or icmp'",
  hint: /\btcpdump\b/,
  first: ASCII,
  recognise: recogniseLine,
  continues: continuesCapture,
  begins: (line) => !isTimed(line) && readNotice(line)?.place === 'banner',
  ends: (line) => !isTimed(line) && readNotice(line)?.place === 'trailer',
  run: ordinaryRun,
  parse: (lines) => readCapture(linesOf(lines.join('\n'))),
  parseLines: readCapture,
  size: (capture) => ({ count: countOf(capture), unit: 'packets' }),
  place: ({ listeningOn }) =>
    listeningOn === null || listeningOn === 'any' ? {} : { interface: listeningOn },
  facts: {},
});

/** A packet's first line by its clock, at the price of two characters: asked of every line of a long capture. */
function isTimed(line: string): boolean {
  return line.charCodeAt(2) === COLON && line.charCodeAt(5) === COLON;
}

const COLON = 58;
