import { existsSync, readFileSync } from 'node:fs';
import { countOf } from '../../functions/artefacts/digest.ts';
import { fileContent } from '../../functions/intake/file-content.ts';
import { read } from '../../functions/intake/read.ts';
import { tell } from '../../functions/report/report.ts';
import { catalogue } from '../support/examples.ts';

/** What one process measured of one file: milliseconds from its first byte, and the most memory it held, in megabytes. */
export interface Measured {
  readonly packets: number;
  /** To the evidence. */
  readonly read: number;
  /** To the finished report. */
  readonly whole: number;
  readonly memory: number;
}

const [path = ''] = process.argv.slice(2);
const started = performance.now();
const content = fileContent(readFileSync(path));
if (!content.ok) throw new Error(`${path} is neither text nor a capture file`);
const sources = [{ name: 'a.eth0.pcap', ...content.value }];
const reading = read(sources);
const readAt = performance.now();
await tell(reading, sources, catalogue, { language: 'en', runbookBase: null });
const toldAt = performance.now();
const measured: Measured = {
  packets: reading.evidence.reduce(
    (sum, { content: held }) => sum + ('clock' in held ? countOf(held) : 0),
    0,
  ),
  read: readAt - started,
  whole: toldAt - started,
  memory: peakMegabytes(),
};
process.stdout.write(JSON.stringify(measured));

/** The most memory held at once: of this process alone where Linux tells, for `maxRSS` starts from its parent's. */
function peakMegabytes(): number {
  const status = '/proc/self/status';
  const kilobytes = existsSync(status)
    ? /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(status, 'utf8'))?.[1]
    : undefined;
  return Number(kilobytes ?? process.resourceUsage().maxRSS) / 1024;
}
