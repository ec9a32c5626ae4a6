import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as pathOf } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readCaptureFile } from '../functions/artefacts/pcap/capture-file.ts';
import { tcpdump } from '../functions/artefacts/tcpdump/index.ts';
import type { Capture, Packet } from '../functions/artefacts/tcpdump/packet.ts';
import { scenes } from './fixtures/pcap/scenes.ts';

const fixtures = pathOf(import.meta.dirname, 'fixtures/pcap');
/** The ways of printing whose text is kept: how much `-v` there is, and whether `-e` shows the link header. */
const printings = [
  { options: '-nn', verbose: 0, link: false },
  { options: '-nn -v', verbose: 1, link: false },
  { options: '-nn -vv', verbose: 2, link: false },
  { options: '-nn -e -vv', verbose: 2, link: true },
] as const;
type Printing = (typeof printings)[number];

function fixtureOf(name: string, { options }: Printing): string {
  return pathOf(fixtures, `${name}.${options.replaceAll(' ', '').replace('-', '')}.txt`);
}

if (process.env['UPDATE_TCPDUMP'] !== undefined) printAnew();

/** Writes the fixtures with the tcpdump of this machine: the one thing that CI does not do. */
function printAnew(): void {
  const folder = mkdtempSync(pathOf(tmpdir(), 'scenes-'));
  for (const { name, bytes } of scenes) {
    const file = pathOf(folder, `${name}.pcap`);
    writeFileSync(file, bytes);
    for (const printing of printings) {
      const text = execFileSync('tcpdump', ['-r', file, ...printing.options.split(' ')], {
        env: { ...process.env, TZ: 'UTC' },
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      writeFileSync(fixtureOf(name, printing), text);
    }
  }
  rmSync(folder, { recursive: true });
}
