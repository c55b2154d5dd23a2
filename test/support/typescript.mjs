/** Sources in TypeScript for tests that are plain modules: bundled when they are asked for, so that nothing is written twice. */
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { root } from '../../scripts/install.mjs';

/**
 * @param {string} file From the root of the checkout, as in `src/finetune/settings.ts`. It must load nothing native.
 * @returns {Promise<Record<string, any>>} What it exports.
 */
export async function importTypeScript(file) {
	const outfile = path.join(root, 'out/modules', file.replace(/\.ts$/, '.mjs'));
	await build({
		entryPoints: [path.join(root, file)],
		bundle: true,
		outfile,
		format: 'esm',
		platform: 'node',
	});
	return import(pathToFileURL(outfile).href);
}
