/** The one function that is used of a package without types of its own. */
declare module 'react-dom/server' {
  export function renderToStaticMarkup(element: unknown): string;
}
