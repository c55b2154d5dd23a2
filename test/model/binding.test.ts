/** The binding to ggml: what is missing is said with names and versions, devices are found, a graph can be stopped. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Arena } from '../../src/finetune/ggml/arena';
import { Device, OutOfMemory } from '../../src/finetune/ggml/device';
import { loadGgml } from '../../src/finetune/ggml/ggml';
import { Graph } from '../../src/finetune/ggml/graph';
import { findLibraries, GgmlMissing } from '../../src/finetune/ggml/libraries';
import { type RandomModelOptions, TINY_MODEL, writeRandomModel } from '../support/randomModel';
import { passOf, type Rig, randomBatch, rig, testGgml, totalWeight } from '../support/training';

const here = fileURLToPath(import.meta.url);

/** A library that is everywhere, and not ggml. */
const SYSTEM_LIBRARY =
	process.platform === 'win32'
		? 'kernel32.dll'
		: process.platform === 'darwin'
			? '/usr/lib/libSystem.dylib'
			: 'libc.so.6';

describe('ggml binding', () => {
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-binding-'));
	after(() => fs.rmSync(folder, { recursive: true }));
	const { files } = testGgml();

	it('tells its version', () => {
		assert.match(testGgml().version, /^\d+\.\d+/);
		assert.match(path.basename(files.registry), /\.v\d+\.\d+/);
	});

	it('names a library that is missing, and one that is none', () => {
		const missing = path.join(folder, 'libggml-base.so');
		assert.throws(
			() => loadGgml({ ...files, base: missing }),
			(error) => error instanceof GgmlMissing && /libggml-base\.so cannot be loaded/.test(error.message),
		);
		fs.writeFileSync(missing, 'no library');
		assert.throws(
			() => loadGgml({ ...files, base: missing }),
			(error) => error instanceof GgmlMissing && /libggml-base\.so cannot be loaded/.test(error.message),
		);
	});

	it('names the functions that a library lacks, with the version that it is of', () => {
		assert.throws(
			() => loadGgml({ ...files, base: SYSTEM_LIBRARY }),
			(error) =>
				error instanceof GgmlMissing &&
				error.message.includes(path.basename(files.registry)) &&
				/lacks .*ggml_mul_mat, .*needs ggml 0\.25 \(node-llama-cpp 3\.22\)/.test(error.message),
		);
	});

	it('loads what is loaded already', () => {
		const again = loadGgml(files);
		const count = testGgml().ggml_backend_dev_count();
		assert.equal(again.version, testGgml().version);
		assert.equal(again.ggml_backend_dev_count(), count);
	});

	it('finds libraries by backend, those with a GPU first for auto', () => {
		const found = findLibraries(here, 'auto');
		assert.ok(found.length > 0);
		assert.deepEqual(
			found.map(({ gpus }) => gpus.length),
			found.map(({ gpus }) => gpus.length).sort((one, other) => other - one),
		);
		assert.deepEqual(
			findLibraries(here, 'cpu').map(({ gpus }) => gpus),
			[[]],
		);
		const other = process.platform === 'darwin' ? 'cuda' : 'metal';
		assert.throws(
			() => findLibraries(here, other),
			(error) => error instanceof GgmlMissing && error.message.includes(`no ${other} backend`),
		);
	});

	it('describes the CPU', () => {
		const device = Device.open(testGgml(), 'auto', 1);
		try {
			assert.equal(device.name, 'CPU');
			assert.ok(device.isCpu && device.description.length > 0);
			assert.ok(device.freeBytes > 1 << 20 && device.freeBytes <= os.totalmem());
		} finally {
			device.dispose();
		}
	});

	it('names the devices that there are where the backend asked for has none', () => {
		const cpu = Device.open(testGgml(), 'cpu', 1);
		const { description } = cpu;
		cpu.dispose();
		assert.throws(
			() => Device.open(testGgml(), 'cuda', 1),
			(error) =>
				error instanceof GgmlMissing &&
				error.message.includes('no cuda device') &&
				error.message.includes(description) &&
				error.message.includes(testGgml().version),
		);
	});

	it('says that memory is short, and goes on', () => {
		const device = Device.open(testGgml(), 'cpu', 1);
		const arena = new Arena(device.ggml, 1);
		arena.tensor('F32', [2 ** 24, 2 ** 24]);
		try {
			assert.throws(
				() => device.allocate(arena),
				(error) => error instanceof OutOfMemory && error.message.includes(device.description),
			);
			const graph = new Graph(device, 8);
			const inputs = new Arena(device.ggml, 1);
			const x = inputs.tensor('F32', [4]);
			const memory = device.allocate(inputs);
			device.write(x, new Float32Array([1, 2, 3, 4]));
			const squares = graph.output(graph.square(x));
			assert.equal(graph.nodes, 1);
			graph.allocate();
			device.computeNow(graph.handle);
			assert.deepEqual([...device.readFloats(squares)], [1, 4, 9, 16]);
			for (const one of [graph, memory, inputs]) {
				one.dispose();
			}
		} finally {
			arena.dispose();
			device.dispose();
		}
	});

	describe('a long graph', function () {
		this.timeout(120_000);
		// The machine may be busier in one run than in the other that it is compared with.
		this.retries(2);
		const shape: RandomModelOptions = {
			...TINY_MODEL,
			layers: 8,
			width: 256,
			feedForward: 1024,
			vocabulary: 4096,
			type: 'Q8_0',
		};
		const batch = randomBatch(512, 4000);
		let parts: Rig;
		before(() => {
			const file = path.join(folder, 'model.gguf');
			writeRandomModel(file, shape);
			parts = rig(file, batch, { base: { copies: 'Q8_0' } });
		});
		after(() => parts.dispose());

		it('is all computed by the device', () => {
			assert.deepEqual([...parts.step.graph.unsupported()], []);
			assert.ok(parts.step.graph.nodes > 500);
		});

		it('ends soon after the signal, adds nothing, and runs again with the same result', async () => {
			const started = performance.now();
			const expected = await passOf(parts, batch);
			const whole = performance.now() - started;
			parts.optimizer.clearGradients();

			const control = new AbortController();
			const begun = performance.now();
			const running = parts.step.run(batch, totalWeight(batch), control.signal);
			setTimeout(() => control.abort(), whole / 10);
			await assert.rejects(running, { name: 'AbortError' });
			const taken = performance.now() - begun;
			assert.ok(taken < whole / 2, `${taken} ms of ${whole}`);
			assert.equal(parts.optimizer.gradientNorm(), 0);

			assert.deepEqual(await passOf(parts, batch), expected);
		});

		it('leaves the loop free while it runs', async () => {
			let turns = 0;
			const timer = setInterval(() => turns++, 1);
			await passOf(parts, batch);
			clearInterval(timer);
			assert.ok(turns > 3, String(turns));
		});

		it('does not begin for a signal that fired before', async () => {
			await assert.rejects(parts.step.run(batch, 1, AbortSignal.abort()), { name: 'AbortError' });
			// One that fires afterwards stops nothing.
			const control = new AbortController();
			const { loss } = await passOf(parts, batch);
			assert.ok(
				Math.abs((await parts.step.run(batch, totalWeight(batch), control.signal)) / loss - 1) < 1e-6,
			);
			control.abort();
			assert.equal((await passOf(parts, batch)).loss, loss);
		});
	});
});
