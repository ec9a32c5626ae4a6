import type { CatalogueTexts } from './catalogue.ts';

type Files = ReadonlyMap<string, string>;

/** An organisation's rules, pages and notes laid over ours: what has the same id takes the place of ours, wherever it lies. */
export function overlay(
  ours: CatalogueTexts,
  theirs: Omit<CatalogueTexts, 'kernelFixes' | 'vantage'>,
): CatalogueTexts {
  return {
    rules: laidOver(ours.rules, theirs.rules),
    pages: laidOver(ours.pages, theirs.pages),
    notes: laidOver(ours.notes, theirs.notes),
    runbooks: theirs.runbooks === '' ? ours.runbooks : theirs.runbooks,
    kernelFixes: ours.kernelFixes,
    vantage: ours.vantage,
  };
}

function laidOver(ours: Files, theirs: Files): Files {
  const ids = new Set([...theirs.keys()].map(idOf));
  return new Map([...[...ours].filter(([path]) => !ids.has(idOf(path))), ...theirs]);
}

/** The file's name without folder and ending: it is the rule's name, the page's cause, the note's name. */
function idOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1).replace(/\.(?:json|md)$/, '');
}
