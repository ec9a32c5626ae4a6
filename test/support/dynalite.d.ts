/** The package carries no types; this is what the tests use of it. */
declare module 'dynalite' {
  function dynalite(options: { readonly createTableMs: number }): import('node:http').Server;
  export = dynalite;
}
