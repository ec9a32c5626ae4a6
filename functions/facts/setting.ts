import { cite, ofKind } from '../artefacts/evidence.ts';
import type { Citation } from '../primitives/reading.ts';
import type { View } from './define.ts';
import { inOrder } from './order.ts';

/** A kernel parameter of this host that is a whole number, as it was shown last. */
export function settingOf(
  view: View,
  key: string,
): { readonly value: number; readonly at: Citation } | undefined {
  for (const { artefact, content } of inOrder(ofKind(view.own, 'sysctl')).toReversed()) {
    const setting = content.get(key);
    const value = Number(setting?.value);
    if (setting !== undefined && Number.isInteger(value))
      return { value, at: cite(artefact, setting.line) };
  }
  return undefined;
}

/** The key of an interface's own parameter; sysctl writes the dot of a name as a slash, for dots part its own words. */
export function keyOf(device: string, parameter: string): string {
  return `net.ipv4.conf.${device.replaceAll('.', '/')}.${parameter}`;
}
