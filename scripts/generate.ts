import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generatedFiles } from './generated.ts';

/** `npm run generate`: writes every file, or part of one, that is made from the code's own tables. */
const root = join(import.meta.dirname, '..');
for (const { path, make } of generatedFiles) {
  const file = join(root, path);
  writeFileSync(file, make(readFileSync(file, { encoding: 'utf8', flag: 'a+' })));
}
const json = generatedFiles.map(({ path }) => path).filter((path) => path.endsWith('.json'));
execFileSync(join(root, 'node_modules/.bin/biome'), ['format', '--write', ...json], {
  cwd: root,
  stdio: 'inherit',
});
