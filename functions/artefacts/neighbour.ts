import { defineArtefact, found, type Local, type Strength } from './define.ts';
import {
  arpByName,
  arpRow,
  ipNeighbour,
  isArpFrame,
  isUnanswered,
  type Neighbour,
  type Neighbours,
} from './neighbour/read.ts';

/** `ip neigh`, `arp` in its forms and /proc/net/arp: which MAC the kernel believes an address to have. */
export const neighbour = defineArtefact({
  kind: 'neighbour',
  title: 'ip neigh',
  ask: 'ip -s neigh',
  hint: /\bip(?:\s+-(?:n|netns|f|family)\s+[^\s-]\S*|\s+-\S+){0,6}\s+n(?:e|ei|eig|eigh|eighb?ou?r?)?(?:\s+(?:s|sh|sho|show|l|ls|list|dev|nud|to|proxy)\b|\s*(?:$|[|;&>]))|(?:^|[\s/;&|])arp(?:\s+-[a-zA-Z]+|\s*(?:$|[|;&>]))|\/proc\/net\/arp\b/,
  recognise,
  parse,
  size: ({ neighbours }) => ({ count: neighbours.length, unit: 'neighbours' }),
  facts: {
    entries: {
      type: 'count',
      is: 'entries in the table shown',
      of: ({ neighbours }) => found(neighbours.length, firstLines(neighbours)),
    },
    unanswered: {
      type: 'list',
      is: 'addresses that nobody answered for: FAILED or INCOMPLETE',
      of: unanswered,
    },
  },
});

function recognise(line: string): Strength {
  const text = line.trim();
  if (/^[\da-fA-FxX*]/.test(text) && (/ lladdr /.test(text) || / [A-Z]{5,}\s*$/.test(text))) {
    const one = ipNeighbour(text, 1);
    if (one !== undefined) return one.state === null && one.device === null ? 'weak' : 'strong';
  }
  if (isArpFrame(text)) return 'strong';
  if (text.includes(') at ') && arpByName(text, 1) !== undefined) return 'strong';
  return arpRow(text, 1) === undefined ? 'none' : 'strong';
}

function parse(lines: readonly string[]) {
  const neighbours: Neighbour[] = [];
  const unread: number[] = [];
  for (const [index, line] of lines.entries()) {
    const text = line.trim();
    if (text === '' || isArpFrame(text)) continue;
    const at = index + 1;
    const one = ipNeighbour(text, at) ?? arpByName(text, at) ?? arpRow(text, at);
    if (one === undefined) unread.push(at);
    else neighbours.push(one);
  }
  return neighbours.length === 0 ? undefined : { content: { neighbours }, unread };
}

function unanswered({ neighbours }: Neighbours): Local<readonly string[]> {
  const silent = neighbours.filter(isUnanswered);
  const names = silent.map(({ address }) => address);
  return found(names, silent.length > 0 ? silent.map(({ line }) => line) : firstLines(neighbours));
}

function firstLines(neighbours: readonly Neighbour[]): number[] {
  return neighbours.slice(0, 4).map(({ line }) => line);
}
