/** ggml's libraries among the files of every platform's package, as node-llama-cpp names them. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { findLibraries, GgmlMissing, readFolder } from '../../../../src/finetune/ggml/libraries';

/** Files of the packages of node-llama-cpp 3.21 and 3.22. */
const PACKAGES = {
	'linux-x64': [
		'_nlcBuildMetadata.json',
		'libggml-base.so',
		'libggml-cpu-haswell.so',
		'libggml-cpu-zen4.so',
		'libggml.v0.5.0.so',
		'libllama-common.so',
		'libllama.v0.5.0.so',
		'llama-addon.node',
	],
	'linux-x64-cuda': [
		'libggml-base.so',
		'libggml-cpu-x64.so',
		'libggml-cuda.so',
		'libggml.cuda.v0.5.0.so',
		'libllama.cuda.v0.5.0.so',
	],
	'linux-x64-vulkan': [
		'libggml-base.so',
		'libggml-cpu-x64.so',
		'libggml-vulkan.so',
		'libggml.vulkan.v0.5.0.so',
	],
	'mac-arm64-metal': [
		'libggml-base.dylib',
		'libggml-blas.so',
		'libggml-cpu-apple_m1.so',
		'libggml-metal.so',
		'libggml.metal.v0.4.0.dylib',
		'libllama.metal.v0.4.0.dylib',
	],
	'win-x64': [
		'ggml-base.dll',
		'ggml-cpu-haswell.dll',
		'ggml.v0.4.0.dll',
		'llama.v0.4.0.dll',
		'llama-addon.node',
	],
	'win-x64-vulkan': ['ggml-base.dll', 'ggml-cpu-x64.dll', 'ggml-vulkan.dll', 'ggml.vulkan.v0.4.0.dll'],
} as const;

describe('ggml libraries', () => {
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-libraries-'));
	after(() => fs.rmSync(folder, { recursive: true }));

	function folderOf(name: string, files: readonly string[]): string {
		const made = path.join(folder, name);
		fs.mkdirSync(made, { recursive: true });
		for (const file of files) {
			fs.writeFileSync(path.join(made, file), '');
		}
		return made;
	}

	const expected: Readonly<
		Record<keyof typeof PACKAGES, readonly [base: string, registry: string, gpus: readonly string[]]>
	> = {
		'linux-x64': ['libggml-base.so', 'libggml.v0.5.0.so', []],
		'linux-x64-cuda': ['libggml-base.so', 'libggml.cuda.v0.5.0.so', ['cuda']],
		'linux-x64-vulkan': ['libggml-base.so', 'libggml.vulkan.v0.5.0.so', ['vulkan']],
		'mac-arm64-metal': ['libggml-base.dylib', 'libggml.metal.v0.4.0.dylib', ['metal']],
		'win-x64': ['ggml-base.dll', 'ggml.v0.4.0.dll', []],
		'win-x64-vulkan': ['ggml-base.dll', 'ggml.vulkan.v0.4.0.dll', ['vulkan']],
	};
	for (const name of [
		'linux-x64',
		'linux-x64-cuda',
		'linux-x64-vulkan',
		'mac-arm64-metal',
		'win-x64',
		'win-x64-vulkan',
	] as const) {
		it(`are found in ${name}`, () => {
			const made = folderOf(name, PACKAGES[name]);
			const [base, registry, gpus] = expected[name];
			assert.deepEqual(readFolder(made), {
				folder: made,
				base: path.join(made, base),
				registry: path.join(made, registry),
				gpus,
			});
		});
	}

	it('have a base and a registry: a folder without one has none', () => {
		assert.equal(readFolder(folderOf('no-base', ['libggml.v0.5.0.so', 'libggml-cpu-x64.so'])), undefined);
		assert.equal(readFolder(folderOf('no-registry', ['libggml-base.so', 'libggml-cuda.so'])), undefined);
		assert.equal(readFolder(folderOf('backup', ['libggml-base.so.old', 'libggml.v0.5.0.so.old'])), undefined);
	});

	describe('of packages that share, and of packs', () => {
		const top = path.join(folder, 'shared');
		const entry = path.join(top, 'installed', 'trainer.mjs');
		const packs = path.join(top, 'packs');

		function install(where: string, name: string, version: string, files: readonly string[], bins = name) {
			const place = path.join(where, 'node_modules', '@node-llama-cpp', name);
			for (const file of [...files.map((one) => path.join('bins', bins, one)), 'dist/index.js']) {
				fs.mkdirSync(path.dirname(path.join(place, file)), { recursive: true });
				fs.writeFileSync(path.join(place, file), '');
			}
			const manifest = { version, exports: { '.': { default: './dist/index.js' } } };
			fs.writeFileSync(path.join(place, 'package.json'), JSON.stringify(manifest));
			return path.join(place, 'bins', bins);
		}
		const summary = (backend: 'auto' | 'cuda' | 'vulkan' | 'cpu') =>
			findLibraries(entry, backend, packs).map((files) => ({
				folder: files.folder,
				processors: files.processors,
				fallback: files.fallback,
			}));
		let plain: string;
		let vulkan: string;

		beforeEach(function () {
			if (process.platform !== 'linux' || process.arch !== 'x64') {
				console.log('    skipped: the names are those of Linux on x64');
				this.skip();
			}
			fs.rmSync(top, { recursive: true, force: true });
			const where = path.dirname(entry);
			plain = install(where, 'linux-x64', '3.22.1', PACKAGES['linux-x64']);
			const own = PACKAGES['linux-x64-vulkan'].filter((file) => !/ggml-cpu/.test(file));
			vulkan = install(where, 'linux-x64-vulkan', '3.22.1', own);
		});

		it('take the CPU’s backends from the package that has them', () => {
			assert.deepEqual(summary('auto'), [
				{ folder: vulkan, processors: plain, fallback: undefined },
				{ folder: plain, processors: plain, fallback: undefined },
			]);
		});

		it('are found in a pack, before those of the installation', () => {
			const cuda = install(packs, 'linux-x64-cuda', '3.22.1', PACKAGES['linux-x64-cuda']);
			assert.deepEqual(summary('auto'), [
				{ folder: cuda, processors: cuda, fallback: undefined },
				{ folder: vulkan, processors: plain, fallback: undefined },
				{ folder: plain, processors: plain, fallback: undefined },
			]);
			assert.deepEqual(
				summary('cuda').map((one) => one.folder),
				[cuda],
			);
			assert.deepEqual(
				summary('cpu').map((one) => one.folder),
				[plain],
			);
		});

		it('have a second pack to fall back on', () => {
			const cuda = install(packs, 'linux-x64-cuda', '3.22.1', PACKAGES['linux-x64-cuda']);
			const older = install(
				packs,
				'linux-x64-cuda-ext',
				'3.22.1',
				['fallback/libggml-cuda.so'],
				'linux-x64-cuda',
			);
			assert.deepEqual(summary('cuda'), [
				{ folder: cuda, processors: cuda, fallback: path.join(older, 'fallback') },
			]);
		});

		it('are not those of a pack of another version: their tensors may lie in another way', () => {
			install(packs, 'linux-x64-cuda', '3.21.0', PACKAGES['linux-x64-cuda']);
			assert.throws(() => summary('cuda'), GgmlMissing);
		});
	});

	it('are named when no package is installed', () => {
		assert.throws(
			() => findLibraries(path.join(folder, 'trainer.mjs'), 'auto'),
			(error) =>
				error instanceof GgmlMissing &&
				/@node-llama-cpp\/(linux|win|mac)-/.test(error.message) &&
				/Install the extension again/.test(error.message),
		);
	});
});
