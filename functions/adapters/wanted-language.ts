import type { Language } from '../report/schema.ts';

const LONGEST_HEADER = 1000;

/** The language a browser asks for: `?lang=`, else whichever of the two its Accept-Language likes better, else English. */
export function wantedLanguage(query: string, acceptLanguage: string): Language {
  const asked = /(?:^|[?&])lang=(en|zh)(?:[-_&#]|$)/i.exec(query)?.[1]?.toLowerCase();
  if (asked === 'en' || asked === 'zh') return asked;
  const header = acceptLanguage.slice(0, LONGEST_HEADER);
  return liking(header, 'zh') > liking(header, 'en') ? 'zh' : 'en';
}

/** The weight of a language (RFC 9110, 12.5.4); of equal ones the earlier counts more. */
function liking(header: string, language: Language): number {
  const weights = header.split(',').map((range, index) => {
    const [tag = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    if (tag !== language && !tag.startsWith(`${language}-`)) return 0;
    const weight = parameters.find((part) => part.startsWith('q='))?.slice(2) ?? '1';
    return (Number(weight) || 0) - index / 1e6;
  });
  return Math.max(...weights);
}
