import { parseAddress } from '../../primitives/address.ts';
import { elapsedMsOf, isTimeFurniture } from '../../primitives/elapsed.ts';
import { plainName } from './arguments.ts';
import { DIG_FORMS } from './dig-forms.ts';
import type { LookupEvent } from './event.ts';
import { type Form, NONE } from './form.ts';
import { PLAIN_FORMS } from './plain-forms.ts';
import { WINDOWS_FORMS } from './windows-forms.ts';

const RECORD = /^(\S+)\s+(?:(\d{1,10})\s+)?(IN|CH|HS)\s+([A-Z][A-Z0-9]{0,9})\s+(\S.*)$/;
/** Long enough for any record that a person pastes. */
const LONGEST = 2000;

/** What a line tells, and how sure it is of being these tools'; undefined when it is none of theirs. */
export function lookupLine(
  line: string,
): { readonly strength: 'strong' | 'weak'; readonly event: LookupEvent } | undefined {
  const text = line.trim();
  if (text === '' || text.length > LONGEST) return undefined;
  if (text.startsWith(';')) return formed(DIG_FORMS, text);
  return (
    recordIn(text) ??
    formed(WINDOWS_FORMS, text) ??
    formed(PLAIN_FORMS, text) ??
    timed(text) ??
    short(text)
  );
}

function formed(forms: readonly Form[], text: string) {
  for (const { word, shape, strength, event } of forms) {
    if (!text.includes(word)) continue;
    const match = shape.exec(text);
    const told = match === null ? undefined : event(match.groups ?? {});
    if (told !== undefined) return { strength, event: told };
  }
  return undefined;
}

/** `name. 30 IN A 10.0.0.1`: dig prints absolute names, a zone file rarely does. */
function recordIn(text: string) {
  if (!/\s(?:IN|CH|HS)\s/.test(text)) return undefined;
  const [, owner = '', , , type = '', data = ''] = RECORD.exec(text) ?? [];
  if (!owner.endsWith('.')) return undefined;
  return {
    strength: 'strong' as const,
    event: { is: 'record' as const, owner: plainName(owner), type, data },
  };
}

function timed(text: string) {
  const ms = elapsedMsOf(text);
  if (ms !== undefined) return { strength: 'weak' as const, event: { is: 'elapsed' as const, ms } };
  return isTimeFurniture(text) ? { strength: 'weak' as const, event: NONE } : undefined;
}

/** `dig +short` prints the data alone. */
function short(text: string) {
  const isData = parseAddress(text) !== undefined || /^(?:[\w-]+\.)+$/.test(text);
  return isData
    ? { strength: 'weak' as const, event: { is: 'short' as const, data: text } }
    : undefined;
}
