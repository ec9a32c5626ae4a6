import { cite, type Evidence, ofKind } from '../artefacts/evidence.ts';
import { type Exchange, sightedAt } from '../captures/exchanges.ts';
import type { Sighting } from '../captures/points.ts';
import { type Citation, known, type Reading, unknown } from '../primitives/reading.ts';
import { cLibraryIn } from './c-library.ts';
import { defineJoin, type JoinedFact, type View } from './define.ts';
import { citation } from './loss.ts';

/** glibc before 2.26 keeps so many domains and characters (MAXDNSRCH, NEWS of 2.26); Red Hat lifted it in 2.17-222. */
const OLD_DOMAINS = 6;
const OLD_CHARACTERS = 256;
const LIFTED = [2, 26] as const;
const RED_HAT = { version: '2.17', lifted: 222 };
/** musl reads lines of resolv.conf into 256 bytes, newline and end included, and passes over a longer one (resolvconf.c). */
const MUSL_LINE = 254;

/** Which domains of a search list the C library leaves out. */
export const searchList = defineJoin({
  question: 'search-list',
  needs: ['resolv-conf', 'libc', 'os-release', 'tcpdump'],
  facts: {
    untried: about(
      'label',
      'the first domain that was never tried, while the bare name was',
      untried,
      ({ domain }) => domain,
    ),
    untriedName: about('label', 'the name that was looked up', untried, ({ name }) => name),
    tried: about('count', 'domains that were tried for it', untried, ({ count }) => count),
    omitted: {
      type: 'count',
      is: 'domains at the end of the list that this glibc does not keep',
      of: omitted,
    },
    isDropped: {
      type: 'flag',
      is: 'the search line is longer than musl reads, so musl has no search list at all',
      of: isDropped,
    },
    bareOnly: {
      type: 'flag',
      is: 'a name of one label was asked as it stands, and before that with no domain of the list behind it',
      of: bareOnly,
    },
  },
});

type Conf = Evidence<'resolv-conf'>;

interface Untried {
  readonly name: string;
  readonly domain: string;
  readonly count: number;
  readonly at: readonly Citation[];
}

function about(
  type: 'label' | 'count',
  is: string,
  find: (view: View) => Untried | undefined,
  value: (found: Untried) => string | number,
): JoinedFact {
  const of = (view: View): Reading<string | number> => {
    const found = find(view);
    return found === undefined
      ? unknown('no lookup that went through a long search list was captured')
      : known(value(found), found.at);
  };
  return { type, is, of } as JoinedFact;
}

/** The files whose list may be too long for some C library; only for these are captures gone through. */
function longLists({ own }: View): readonly Conf[] {
  return ofKind(own, 'resolv-conf').filter(
    ({ content }) =>
      domainsOf(content).length > OLD_DOMAINS || lengthOf(domainsOf(content)) > MUSL_LINE,
  );
}

function domainsOf({ search }: Conf['content']): readonly string[] {
  return search?.domains ?? [];
}

/** The least that a line with these domains measures. */
function lengthOf(domains: readonly string[]): number {
  return `search ${domains.join(' ')}`.length;
}

/** How many domains an old glibc keeps. */
function keptBy(domains: readonly string[]): number {
  let characters = 0;
  let kept = 0;
  for (const domain of domains.slice(0, OLD_DOMAINS)) {
    characters += domain.length + 1;
    if (characters > OLD_CHARACTERS) break;
    kept += 1;
  }
  return kept;
}

interface Asked {
  readonly request: Sighting;
  readonly isNegative: boolean;
}

/** Every name asked in the captures, in lower case without its last dot. */
function namesAsked({ following }: View): ReadonlyMap<string, Asked> {
  const names = new Map<string, Asked>();
  for (const exchange of following.exchanges) {
    const name = exchange.dns?.qname.toLowerCase().replace(/\.$/, '');
    const request = firstRequest(exchange);
    if (name === undefined || request === undefined) continue;
    const isNegative = sightedAt(exchange).some(({ responses }) =>
      responses.some(({ packet }) => packet.dns?.rcode === 'NXDomain'),
    );
    if (!names.has(name)) names.set(name, { request, isNegative });
  }
  return names;
}

function firstRequest(exchange: Exchange): Sighting | undefined {
  return sightedAt(exchange).flatMap(({ requests }) => requests)[0];
}

/** The bare name comes last: where it is asked, every domain that the library knows was tried before. */
function untried(view: View): Untried | undefined {
  for (const { artefact, content } of longLists(view)) {
    const domains = domainsOf(content).map((domain) => domain.toLowerCase().replace(/\.$/, ''));
    const kept = keptBy(domains);
    const names = namesAsked(view);
    for (const [name, { request, isNegative }] of names) {
      if (!isNegative || !names.has(`${name}.${domains[0]}`)) continue;
      const count = domains.findIndex((domain) => !names.has(`${name}.${domain}`));
      if (count !== kept || domains.slice(count).some((domain) => names.has(`${name}.${domain}`)))
        continue;
      const last = names.get(`${name}.${domains[count - 1]}`);
      const lines = [...(last === undefined ? [] : [citation(last.request)]), citation(request)];
      const list = content.search === null ? [] : [cite(artefact, content.search.line)];
      return { name, domain: domains[count] ?? '', count, at: [...list, ...lines] };
    }
  }
  return undefined;
}

function omitted(view: View): Reading<number> {
  const [file] = ofKind(view.own, 'resolv-conf').filter(({ content }) => content.search !== null);
  if (file?.content.search == null) return unknown('no search list was pasted');
  const { search } = file.content;
  const libcs = ofKind(view.own, 'libc');
  const old = libcs.find(({ content }) => isOldGlibc(content) === true);
  if (old === undefined || libcs.some(({ content }) => isOldGlibc(content) !== true))
    return unknown('whether this C library has the limit is not shown');
  const left = search.domains.length - keptBy(search.domains);
  return known(left, [cite(file.artefact, search.line), cite(old.artefact, old.content.line)]);
}

/** Null where it cannot be told: Red Hat's 2.17 lifted the limit in a later build. */
function isOldGlibc({ name, version, release }: Evidence<'libc'>['content']): boolean | null {
  if (name !== 'glibc' || version === null) return name === 'musl' ? false : null;
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > LIFTED[0] || (major === LIFTED[0] && minor >= LIFTED[1])) return false;
  if (version !== RED_HAT.version) return true;
  const build = /^(\d{1,4})/.exec(release ?? '')?.[1];
  return build === undefined ? null : Number(build) < RED_HAT.lifted;
}

function isDropped(view: View): Reading<boolean> {
  const library = cLibraryIn(view);
  if (library?.name !== 'musl') return unknown('that the C library is musl is not shown');
  const file = ofKind(view.own, 'resolv-conf').find(({ content }) => content.search !== null);
  if (file?.content.search == null) return unknown('no search list was pasted');
  const { search } = file.content;
  return known(lengthOf(search.domains) > MUSL_LINE, [
    cite(file.artefact, search.line),
    ...library.at,
  ]);
}

function bareOnly(view: View): Reading<boolean> {
  for (const { content } of longLists(view)) {
    const names = namesAsked(view);
    for (const [name, { request, isNegative }] of names) {
      if (!isNegative || name === '' || name.includes('.')) continue;
      const isTried = domainsOf(content).some((domain) => {
        const step = names.get(`${name}.${domain.toLowerCase()}`);
        return step !== undefined && (step.request.time ?? 0) <= (request.time ?? 0);
      });
      if (!isTried) return known(true, [citation(request)]);
    }
  }
  return unknown('no such question was captured');
}
