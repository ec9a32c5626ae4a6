import type { Catalogue } from '../catalogue/catalogue.ts';
import type { Source } from '../intake/paste.ts';
import {
  type CauseLine,
  causesIn,
  causesLike,
  type Explanation,
  explain,
} from '../report/explanation.ts';
import { reportOn } from '../report/report.ts';
import type { Language, Report } from '../report/schema.ts';

/** The pure part of netdx with its catalogue, as the faces that talk to people need it. */
export interface Core {
  /** Evidence in, report out. */
  readonly examine: (sources: readonly Source[], language: Language) => Promise<Report>;
  readonly causes: (language: Language) => readonly CauseLine[];
  /** The page of a cause; undefined when there is none of this id. */
  readonly explain: (cause: string, language: Language) => Explanation | undefined;
  /** Ids that resemble a word that is none. */
  readonly like: (word: string) => readonly string[];
}

/** `runbookBase`: where the pages of causes stand on the web; null where nowhere. */
export function coreOver(catalogue: Catalogue, runbookBase: string | null): Core {
  return {
    examine: (sources, language) => reportOn(sources, catalogue, { language, runbookBase }),
    causes: (language) => causesIn(catalogue, language),
    explain: (cause, language) => explain(cause, catalogue, { language, runbookBase }),
    like: (word) => causesLike(word, catalogue),
  };
}
