/** Libraries that two packages have are in the VSIX once, and what runs finds them: llama.cpp and the trainer, with packs and without. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { foreignLibrary, processorOf } from '../../scripts/elf.mjs';
import { root } from '../../scripts/install.mjs';
import { packageExtension, thisTarget } from '../../scripts/package.mjs';
import { withSharedFolder } from '../../scripts/sharedLibraries.mjs';
import { unpackZip } from '../../scripts/zip.mjs';

const PROCESSOR = /ggml-cpu/;
const isLinux = thisTarget() === 'linux-x64';

describe('libraries in the VSIX', () => {
	let folder;
	let dist;
	let modules;

	before(async () => {
		folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-test-'));
		unpackZip(await packageExtension({ reuse: true }), folder);
		dist = path.join(folder, 'extension/dist');
		modules = path.join(dist, 'node_modules/@node-llama-cpp');
		fs.copyFileSync(
			path.join(root, 'out/test/support/loadOnBackend.entry.mjs'),
			path.join(dist, 'loadOnBackend.mjs'),
		);
	});
	after(() => fs.rmSync(folder, { recursive: true, force: true }));

	/** What `loadOnBackend` says. */
	function load(options, variables = {}) {
		const order = {
			path: path.join(folder, 'extension/models/starter.gguf'),
			contextSize: 512,
			gpuLayers: -1,
			cacheFolder: path.join(folder, 'cache'),
			...options,
		};
		const { output, status } = spawnSync(process.execPath, ['loadOnBackend.mjs', JSON.stringify(order)], {
			cwd: dist,
			encoding: 'utf8',
			stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
			// As test/model/vulkan.test.ts: ggml passes over devices that are not GPUs, unless it is told which to take.
			env: { GGML_VK_VISIBLE_DEVICES: '0', ...process.env, ...variables },
		});
		assert.equal(status, 0, output[2]);
		return JSON.parse(output[3]);
	}

	/** Puts a package where packs lie, as if it had been fetched. */
	function makePack(from, name = path.basename(from)) {
		const packs = path.join(folder, 'packs');
		const place = path.join(packs, 'node_modules/@node-llama-cpp', name);
		fs.rmSync(packs, { recursive: true, force: true });
		fs.cpSync(from, place, { recursive: true });
		return packs;
	}

	it('for processors are there once', () => {
		const seen = new Map();
		for (const name of fs.readdirSync(modules, { recursive: true })) {
			if (PROCESSOR.test(name)) {
				const hash = createHash('sha256')
					.update(fs.readFileSync(path.join(modules, name)))
					.digest('hex');
				assert.equal(seen.get(hash), undefined, `${name} and ${seen.get(hash)}`);
				seen.set(hash, name);
			}
		}
		assert.ok(seen.size > 0);
	});

	it('compute on the processor', function () {
		if (!isLinux) {
			this.skip();
		}
		const { backend, text, libraries } = load({ backend: 'cpu' });
		assert.equal(backend, 'cpu');
		assert.ok(text.length > 0);
		const loaded = libraries.filter((file) => PROCESSOR.test(file));
		assert.equal(loaded.length, 1, libraries.join('\n'));
		assert.ok(loaded[0].startsWith(path.join(fs.realpathSync(modules), 'linux-x64/')), loaded[0]);
	});

	it('compute on Vulkan, with those for the processor from the other package', function () {
		if (!isLinux) {
			this.skip();
		}
		const { problem, backend, text, libraries } = load({ backend: 'vulkan' });
		if (problem !== undefined) {
			// A device that is not there says so; libraries that are not found are called a binary that failed.
			assert.match(problem.message, /no Vulkan driver with a usable device/, problem.message);
			console.log(`    skipped: ${problem.message}`);
			this.skip();
		}
		assert.equal(backend, 'vulkan');
		assert.ok(text.length > 0);
		assert.equal(libraries.filter((file) => PROCESSOR.test(file)).length, 1, libraries.join('\n'));
		assert.ok(libraries.some((file) => file.endsWith('libggml-vulkan.so')));
	});

	it('are found by the trainer in both packages', function () {
		if (!isLinux) {
			this.skip();
		}
		const output = execFileSync(process.execPath, [path.join(dist, 'probe.mjs')], { encoding: 'utf8' });
		const lines = output.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : []));
		const tried = lines.filter(({ type }) => type === 'tried');
		assert.deepEqual(tried.map((one) => one.package).sort(), ['linux-x64', 'linux-x64-vulkan']);
		for (const one of tried) {
			const isVulkanMissing = /libvulkan/.test(one.problem ?? '');
			assert.ok(
				isVulkanMissing || one.devices.some(({ registry }) => registry === 'CPU'),
				JSON.stringify(one),
			);
		}
	});

	it('of a pack are used before those of the installation', function () {
		if (!isLinux) {
			this.skip();
		}
		const packsFolder = makePack(path.join(modules, 'linux-x64'));
		const { text, libraries } = load({ backend: 'cpu', packsFolder });
		assert.ok(text.length > 0);
		assert.ok(libraries.length > 3);
		for (const file of libraries) {
			assert.ok(file.startsWith(fs.realpathSync(packsFolder)), file);
		}
	});

	it('of a pack of another version are not used', function () {
		if (!isLinux) {
			this.skip();
		}
		const packsFolder = makePack(path.join(modules, 'linux-x64-vulkan'), 'linux-x64-cuda');
		const manifest = path.join(packsFolder, 'node_modules/@node-llama-cpp/linux-x64-cuda/package.json');
		fs.writeFileSync(
			manifest,
			fs.readFileSync(manifest, 'utf8').replace(/"version": "[^"]+"/, '"version": "1.0.0"'),
		);
		const { problem } = load({ backend: 'cuda', packsFolder });
		assert.equal(problem?.code, 'backend-unavailable');
		assert.equal(load({ backend: 'cpu', packsFolder }).backend, 'cpu');
	});

	it('of a pack that does not start leave another backend, and the reason names the pack', function () {
		if (!isLinux) {
			this.skip();
		}
		const packsFolder = makePack(path.join(modules, 'linux-x64'), 'linux-x64-cuda');
		// A driver and NVIDIA's libraries, as far as anybody looks: they cannot be loaded.
		const fake = path.join(folder, 'driver');
		fs.mkdirSync(fake, { recursive: true });
		const answer = '580.65.06, 8.6, NVIDIA RTX A2000';
		fs.writeFileSync(path.join(fake, 'nvidia-smi'), `#!/bin/sh\necho "${answer}"\n`, { mode: 0o755 });
		for (const name of ['cuda.so.1', 'cudart.so.13', 'cublas.so.13', 'cublasLt.so.13', 'nvidia-ml.so.1']) {
			fs.writeFileSync(path.join(fake, `lib${name}`), '');
		}
		const variables = {
			PATH: `${fake}:${process.env.PATH}`,
			LD_LIBRARY_PATH: `${fake}:${process.env.LD_LIBRARY_PATH ?? ''}`,
		};
		const { problem } = load({ backend: 'cuda', packsFolder }, variables);
		assert.match(problem?.message ?? '', /CUDA: its binary did not pass the test on this machine/);
		const { backend, notFaster } = load({ backend: 'auto', packsFolder }, variables);
		assert.notEqual(backend, 'cuda');
		assert.match(
			notFaster?.reason ?? '',
			/^NVIDIA RTX A2000: the pack for CUDA is installed, and llama\.cpp does not start with it/,
		);
		fs.rmSync(packsFolder, { recursive: true });
		const without = load({ backend: 'auto', packsFolder }, variables);
		assert.match(
			without.notFaster?.reason ?? '',
			/its pack is not installed: Familiar: Get GPU Acceleration…/,
		);
	});
});

describe('sharing of libraries', () => {
	const loader = (lines) => lines.map((line) => `\t\t${line}`).join('\n');

	it('lets a loader look into the package for the processor, where its own folder has a twin', () => {
		const source = loader(['bindings.loadBackends(backendsPath);', 'next();']);
		const run = new Function('bindings', 'backendsPath', 'next', withSharedFolder(source, 'a loader'));
		const looked = (folder) => {
			const folders = [];
			run({ loadBackends: (one) => folders.push(one) }, folder, () => undefined);
			return folders;
		};
		assert.deepEqual(looked('/x-vulkan/@node-llama-cpp/linux-x64-vulkan/bins/linux-x64-vulkan'), [
			'/x-vulkan/@node-llama-cpp/linux-x64-vulkan/bins/linux-x64-vulkan',
			'/x-vulkan/@node-llama-cpp/linux-x64/bins/linux-x64',
		]);
		assert.equal(
			looked('C:\\a\\@node-llama-cpp\\win-x64-vulkan\\bins\\win-x64-vulkan')[1],
			'C:\\a\\@node-llama-cpp\\win-x64\\bins\\win-x64',
		);
		const plain = '/x/@node-llama-cpp/linux-x64/bins/linux-x64';
		assert.deepEqual(new Set(looked(plain)), new Set([plain]));
	});

	it('fails where a loader is written in another way', () => {
		assert.throws(() => withSharedFolder('loadAll(backendsPath);', 'a loader'), /a loader .* 0 places/);
		const twice = loader(['bindings.loadBackends(backendsPath);', 'binding.loadBackends(backendsPath);']);
		assert.throws(() => withSharedFolder(twice, 'a loader'), /2 places/);
	});

	it('tells for which processor a library was built', () => {
		const installed = path.join(root, 'node_modules/@node-llama-cpp');
		const made = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-test-'));
		try {
			const header = Buffer.alloc(64);
			header.write('\x7fELF', 'latin1');
			header.writeUInt16LE(183, 18);
			fs.writeFileSync(path.join(made, 'a.so'), header);
			fs.writeFileSync(path.join(made, 'b.node'), 'MZ');
			assert.equal(processorOf(path.join(made, 'a.so')), 'arm64');
			assert.equal(processorOf(path.join(made, 'b.node')), undefined);
			assert.equal(foreignLibrary(made, 'arm64'), undefined);
			assert.deepEqual(foreignLibrary(made, 'arm'), { file: 'a.so', processor: 'arm64' });
		} finally {
			fs.rmSync(made, { recursive: true });
		}
		if (isLinux) {
			assert.equal(foreignLibrary(path.join(installed, 'linux-x64'), 'x64'), undefined);
		}
	});
});
