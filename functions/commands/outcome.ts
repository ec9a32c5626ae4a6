/** What a command prints and its exit status; a refusal is one line on standard error and status 2. */
export type Outcome =
  | { readonly text: string; readonly status: 0 | 1 }
  | { readonly refused: string };

export interface Surroundings {
  /** The folder that holds our `rules/` and `knowledge/`. */
  readonly directory: string;
  /** An organisation's own folder of the same shape (`NETDX_CATALOGUE`). */
  readonly own: string | null;
  readonly language: 'en' | 'zh';
  /** Of the terminal, in columns. */
  readonly width: number;
  readonly color: boolean;
}
