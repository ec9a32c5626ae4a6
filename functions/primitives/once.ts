/** A value that is made when it is first asked for, and kept. */
export function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** The numbers from 0 up to, and without, `length`. */
export function range(length: number): readonly number[] {
  return Array.from({ length }, (_, index) => index);
}
