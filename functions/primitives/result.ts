/** The outcome of something that may be refused at a boundary: a value, or an error whose `code` words can be found for. */
export type Result<T, E extends { readonly code: string }> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: E };

/** A success carrying `value`. */
export function ok<T>(value: T): { readonly ok: true; readonly value: T } {
  return { ok: true, value };
}

/** A refusal carrying `error`. */
export function err<E extends { readonly code: string }>(
  error: E,
): { readonly ok: false; readonly error: E } {
  return { ok: false, error };
}
