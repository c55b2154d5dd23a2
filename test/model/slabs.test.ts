/** Tensors that come to the device slab by slab: every bit is as if they had come in one piece. */
import * as assert from 'node:assert/strict';
import { Arena, type Tensor, type TypeName } from '../../src/finetune/ggml/arena';
import { Device } from '../../src/finetune/ggml/device';
import { Graph } from '../../src/finetune/ggml/graph';
import { Placements } from '../../src/finetune/training/placement';
import { randomFrom } from '../../src/finetune/training/random';
import { Slabs } from '../../src/finetune/training/slabs';
import { finish } from '../../src/finetune/training/steps';
import { tensorTypes } from '../../src/inference/gguf/ggmlTypes';
import type { GgufTensor } from '../../src/inference/gguf/ggufTensors';
import { testGgml } from '../support/training';

/** Two slabs, the last of them smaller. */
const [INPUTS, OUTPUTS] = [256, 12_288] as const;

describe('tensors in slabs', function () {
	this.timeout(60_000);
	let device: Device;
	const owned: { dispose(): void }[] = [];
	before(() => {
		device = Device.open(testGgml(), 'cpu', 1);
	});
	after(() => device.dispose());
	afterEach(() => {
		for (const one of owned.splice(0).reverse()) {
			one.dispose();
		}
	});

	/** The whole tensor through one graph: the plain way that costs memory. */
	function inOnePiece(
		type: TypeName,
		shape: readonly number[],
		bytes: Uint8Array,
		build: (graph: Graph, source: Tensor) => Tensor,
	): Uint8Array {
		const arena = new Arena(device.ggml, 1);
		const source = arena.tensor(type, shape);
		const memory = device.allocate(arena);
		const graph = new Graph(device, 8);
		device.write(source, bytes);
		const result = graph.output(build(graph, source));
		graph.allocate();
		device.computeNow(graph.handle);
		const found = device.readBytes(result);
		graph.dispose();
		memory.dispose();
		arena.dispose();
		return found;
	}

	/** Random numbers of any type, as a file has them. */
	function matrixOf(type: TypeName): { readonly tensor: GgufTensor; readonly bytes: Uint8Array } {
		const random = randomFrom(7);
		const values = Float32Array.from({ length: INPUTS * OUTPUTS }, () => random.next() - 0.5);
		const shape = [INPUTS, OUTPUTS];
		const plain = new Uint8Array(values.buffer);
		const bytes =
			type === 'F32' ? plain : inOnePiece('F32', shape, plain, (graph, source) => graph.cast(source, type));
		const found = [...tensorTypes.values()].find(({ name }) => name === type) ?? assert.fail();
		return { bytes, tensor: { name: 'matrix', shape, type: found, offset: 0, bytes: bytes.length } };
	}

	function slabsOf(bytes: Uint8Array): Slabs {
		const slabs = new Slabs(
			{ read: (_, from, target) => target.set(bytes.subarray(from, from + target.length)) },
			device,
			device,
		);
		owned.push(slabs);
		return slabs;
	}

	function place(type: TypeName, shape: readonly number[], buffers = device.defaultBuffers): Tensor {
		const arena = new Arena(device.ggml, 1);
		owned.push(arena);
		const tensor = arena.tensor(type, shape);
		owned.push(device.allocate(arena, buffers));
		return tensor;
	}

	function transposedInOnePiece(type: TypeName, bytes: Uint8Array, to: TypeName): Uint8Array {
		return inOnePiece(type, [INPUTS, OUTPUTS], bytes, (graph, source) => {
			const transposed = graph.transpose(type === 'F32' ? source : graph.cast(source, 'F32'));
			return to === 'F32' ? transposed : graph.cast(transposed, to);
		});
	}

	function same(found: Uint8Array, expected: Uint8Array): void {
		assert.ok(found.length > 0);
		assert.ok(Buffer.from(found.buffer, found.byteOffset, found.length).equals(expected));
	}

	for (const type of ['F32', 'BF16', 'Q8_0', 'Q4_K']) {
		for (const copies of type === 'Q8_0' ? ['Q8_0', 'BF16', 'F32', 'Q4_K'] : ['Q8_0', 'BF16']) {
			it(`${type} transposed to ${copies}`, () => {
				const { tensor, bytes } = matrixOf(type);
				const copy = place(copies, [OUTPUTS, INPUTS]);
				let steps = 0;
				for (const _ of slabsOf(bytes).transpose(tensor, copy, copies)) {
					steps++;
				}
				assert.equal(steps, 2);
				same(device.readBytes(copy), transposedInOnePiece(type, bytes, copies));
			});
		}
		it(`${type} as it is, and in F32: all rows, and some`, () => {
			const { tensor, bytes } = matrixOf(type);
			const [forward, floats] = [place(type, tensor.shape), place('F32', tensor.shape)];
			const chosen = Array.from({ length: OUTPUTS / 2 }, (_, index) => index * 2 + 1);
			const some = place('F32', [INPUTS, chosen.length]);
			const slabs = slabsOf(bytes);
			finish(slabs.copy(tensor, forward));
			finish(slabs.floats(tensor, floats));
			finish(slabs.floats(tensor, some, chosen));
			same(device.readBytes(forward), bytes);
			const expected =
				type === 'F32'
					? bytes
					: inOnePiece(type, tensor.shape, bytes, (graph, source) => graph.cast(source, 'F32'));
			same(device.readBytes(floats), expected);
			const row = INPUTS * 4;
			same(
				device.readBytes(some),
				Buffer.concat(chosen.map((index) => expected.subarray(index * row, (index + 1) * row))),
			);
		});
	}

	for (const [type, copies] of [
		['Q8_0', 'Q8_0'],
		['Q4_0', 'Q4_0'],
		['Q4_K', 'Q8_0'],
	] as const) {
		it(`${type} and its copy in ${copies}, where their kernels want them repacked`, function () {
			const placements = new Placements(device, true);
			const forwardAt = placements.of(type, INPUTS, OUTPUTS);
			const copyAt = placements.of(copies, OUTPUTS, INPUTS);
			if (forwardAt.name === undefined && copyAt.name === undefined) {
				// A CPU without kernels of its own for these types.
				this.skip();
			}
			const { tensor, bytes } = matrixOf(type);
			const placeForward = () => place(type, tensor.shape, forwardAt.buffers);
			const placeCopy = () => place(copies, [OUTPUTS, INPUTS], copyAt.buffers);
			const [forward, forwardWhole] = [placeForward(), placeForward()];
			const [copy, copyWhole] = [placeCopy(), placeCopy()];
			const slabs = slabsOf(bytes);
			finish(slabs.copy(tensor, forward));
			finish(slabs.transpose(tensor, copy, copies));
			device.write(forwardWhole, bytes);
			device.write(copyWhole, transposedInOnePiece(type, bytes, copies));
			// What is repacked cannot be read: its products can.
			for (const [one, other] of [
				[forward, forwardWhole],
				[copy, copyWhole],
			] as const) {
				const random = randomFrom(3);
				const columns = new Float32Array(one.shape[0] * 40).map(() => random.next() - 0.5);
				const [found, expected] = [one, other].map((weight) =>
					inOnePiece('F32', [one.shape[0], 40], new Uint8Array(columns.buffer), (graph, source) =>
						graph.matrixProduct(weight, source),
					),
				);
				assert.ok(found?.some((byte) => byte !== 0));
				same(found ?? assert.fail(), expected ?? assert.fail());
			}
		});
	}
});
