import { defineArtefact, found, type Local, type Strength } from './define.ts';
import { asPrinted, isJsonField, jsonStrength } from './ip-json.ts';
import {
  arpByName,
  arpRow,
  ipNeighbour,
  isArpFrame,
  isUnanswered,
  type Neighbour,
  type Neighbours,
} from './neighbour/read.ts';

/** `ip neigh` as text or JSON, `arp` in its forms and /proc/net/arp: which MAC the kernel believes an address to have. */
export const neighbour = defineArtefact({
  kind: 'neighbour',
  title: 'ip neigh',
  ask: 'ip -s neigh',
  hint: /\bip(?:\s+-(?:n|netns|f|family)\s+[^\s-]\S*|\s+-\S+){0,6}\s+n(?:e|ei|eig|eigh|eighb?ou?r?)?(?:\s+(?:s|sh|sho|show|l|ls|list|dev|nud|to|proxy)\b|\s*(?:$|[|;&>]))|(?:^|[\s/;&|])arp(?:\s+-[a-zA-Z]+|\s*(?:$|[|;&>]))|\/proc\/net\/arp\b/,
  recognise,
  continues: isJsonField,
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
  if (/^[\da-fA-FxX*]/.test(text) && / (?:lladdr .*|[A-Z]{5,}|proxy)$/.test(text)) {
    const one = ipNeighbour(text, 1);
    if (one !== undefined) return one.state === null && one.device === null ? 'weak' : 'strong';
  }
  if (isArpFrame(text)) return 'strong';
  if (text.includes(') at ') && arpByName(text, 1) !== undefined) return 'strong';
  return arpRow(text, 1) === undefined ? jsonStrength(text, 'neighbour') : 'strong';
}

function parse(lines: readonly string[]) {
  const neighbours: Neighbour[] = [];
  const unread: number[] = [];
  for (const { line, text: printed } of asPrinted(lines)) {
    const text = printed.trim();
    if (text === '' || isArpFrame(text)) continue;
    const one = ipNeighbour(text, line) ?? arpByName(text, line) ?? arpRow(text, line);
    if (one === undefined) unread.push(line);
    else neighbours.push(one);
  }
  return neighbours.length === 0
    ? undefined
    : { content: { neighbours }, unread: [...new Set(unread)] };
}

function unanswered({ neighbours }: Neighbours): Local<readonly string[]> {
  const silent = neighbours.filter(isUnanswered);
  const names = silent.map(({ address }) => address);
  return found(names, silent.length > 0 ? silent.map(({ line }) => line) : firstLines(neighbours));
}

function firstLines(neighbours: readonly Neighbour[]): number[] {
  return neighbours.slice(0, 4).map(({ line }) => line);
}
