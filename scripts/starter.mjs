/**
 * `npm run starter:STAGE [-- WORD…]`: one stage of the recipe that made models/starter.gguf (models/README.md): installs
 * what is missing, builds, and runs the stage, which goes on where it was interrupted.
 */
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { ensureInstalled, root } from './install.mjs';

const recipe = path.join(root, 'models/recipe');
const stages = fs
	.readdirSync(recipe)
	.filter((file) => file.endsWith('.entry.ts'))
	.map((file) => file.slice(0, -'.entry.ts'.length))
	.sort();
const [stage, ...words] = process.argv.slice(2);
if (stage === undefined || !stages.includes(stage)) {
	console.error(`usage: node scripts/starter.mjs STAGE [WORD…]; the stages: ${stages.join(', ')}`);
	process.exit(2);
}
ensureInstalled();
const built = spawnSync(process.execPath, [path.join(root, 'esbuild.mjs'), '--tests'], {
	cwd: root,
	stdio: ['ignore', 'inherit', 'inherit'],
});
if (built.status !== 0) {
	process.exit(1);
}
const child = spawn(process.execPath, [path.join(root, `out/models/recipe/${stage}.entry.mjs`), ...words], {
	cwd: root,
	stdio: ['ignore', 'inherit', 'inherit'],
});
// An interrupt from the terminal reaches the stage as well: it saves what it has, and this waits for it.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.on('exit', (code) => process.exit(code ?? 1));
