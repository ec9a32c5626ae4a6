/**
 * A part of a text as bytes, each at the place of its character: reading looks at every character of a long capture, and a
 * byte is had for a fraction of the price of a string's character.
 */
export interface Window {
  readonly text: string;
  readonly bytes: Uint8Array;
  /** Which part of the text it shows. */
  from: number;
  to: number;
}

const SIZE = 65_536;
/** Stands behind the end of what is shown. */
export const NOTHING = 0;
/** Stands for characters that are not ASCII. */
const STRANGE = 255;

const encoder = new TextEncoder();

export function newWindow(text: string): Window {
  return { text, bytes: new Uint8Array(Math.min(SIZE, text.length + 1)), from: 0, to: 0 };
}

/** Moves the window on, where it must, to show `width` characters from `at` on (or all that follow); returns the place of the first. */
export function show(window: Window, at: number, width: number): number {
  const { text, from, to } = window;
  if (at < from || at > to || (at + width > to && to < text.length)) fill(window, at);
  return at - window.from;
}

function fill(window: Window, at: number): void {
  const { text, bytes } = window;
  const part = text.slice(at, at + bytes.length);
  const { read, written } = encoder.encodeInto(part, bytes);
  // Only ASCII takes as many bytes as characters.
  if (read !== part.length || written !== read) {
    for (let next = 0; next < part.length; next += 1) {
      const code = part.charCodeAt(next);
      bytes[next] = code < 128 ? code : STRANGE;
    }
  }
  bytes.fill(NOTHING, part.length);
  window.from = at;
  window.to = at + part.length;
}
