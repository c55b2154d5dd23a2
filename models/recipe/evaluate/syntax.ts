/** Whether a file of TypeScript or JavaScript parses: esbuild says, in a millisecond and without types. */

import * as path from 'node:path';
import { type Loader, transform } from 'esbuild';

const LOADERS: Readonly<Record<string, Loader>> = {
	'.ts': 'ts',
	'.mts': 'ts',
	'.cts': 'ts',
	'.tsx': 'tsx',
	'.js': 'jsx',
	'.mjs': 'js',
	'.cjs': 'js',
	'.jsx': 'jsx',
};

/** Of another language: false. */
export async function parses(file: string, text: string): Promise<boolean> {
	const loader = LOADERS[path.extname(file)];
	return (
		loader !== undefined &&
		transform(text, { loader, logLevel: 'silent' }).then(
			() => true,
			() => false,
		)
	);
}
