import type { Language } from '../../report/schema.ts';
import { word } from '../words.ts';

/**
 * The words inside a picture made of text. Browsers and Slack draw Chinese letters out of another font than the lines,
 * and not two of its columns wide: such a word pushes all that stands behind it aside. Chinese pictures have signs
 * instead, told below them.
 */
export interface Signs {
  readonly lost: string;
  readonly answer: string;
  readonly resent: (attempt: number) => string;
  /** What the signs mean; empty where they are words. */
  readonly lostMeans: string;
  readonly resentMeans: string;
}

export function signsOf(language: Language): Signs {
  if (language === 'zh')
    return {
      lost: '',
      answer: '',
      resent: (attempt) => `#${attempt + 1}`,
      lostMeans: word(language, 'signLost'),
      resentMeans: word(language, 'signResent'),
    };
  return {
    lost: word(language, 'lost'),
    answer: word(language, 'answer'),
    resent: () => word(language, 'resent'),
    lostMeans: '',
    resentMeans: '',
  };
}
