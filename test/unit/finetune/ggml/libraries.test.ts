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
