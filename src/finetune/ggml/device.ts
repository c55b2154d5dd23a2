/** What computes: a CPU or a GPU, its memory, and the graphs that run on it. */

import * as os from 'node:os';
import { throwIfAborted } from '../../inference/cancel';
import type { Backend } from '../../inference/model';
import { Arena, elementsOf, type Tensor } from './arena';
import { chooseDevice, isCpu, isGpu, type KnownDevice } from './deviceChoice';
import type { Ggml } from './ggml';
import { GgmlMissing } from './libraries';
import type { BackendFunctions, Pointer } from './prototypes';

/** `enum ggml_status`. */
const SUCCESS = 0;
const ABORTED = 1;
/** `GGML_BACKEND_BUFFER_USAGE_WEIGHTS`: repacking buffers want to know. */
const WEIGHTS = 1;

/** Memory of a device that the tensors of one arena lie in. */
export interface Memory {
	readonly bytes: number;
	/** Sets every bit to 0. */
	clear(): void;
	dispose(): void;
}

/** The device has too little memory for what was asked. */
export class OutOfMemory extends Error {
	override readonly name = 'OutOfMemory';
}

export class Device {
	/** `CPU`, `CUDA0`, `Vulkan0`, `Metal`. */
	readonly name: string;
	/** What the maker calls it. */
	readonly description: string;
	readonly isCpu: boolean;
	readonly defaultBuffers: Pointer<'bufferType'>;
	/** Buffer types of repacked weights by name (`AMX`, `CPU_REPACK`); empty on GPUs. */
	readonly repacking: ReadonlyMap<string, Pointer<'bufferType'>>;
	readonly #backend: Pointer<'backend'>;
	readonly #functions: Partial<BackendFunctions>;
	/** An empty tensor aborts: the abort callback is `ggml_is_empty` itself, so that no script runs on ggml's threads. */
	readonly #flagArena: Arena;
	readonly #flag: Tensor;

	private constructor(
		readonly ggml: Ggml,
		private readonly device: Pointer<'device'>,
		known: KnownDevice,
		readonly threads: number,
	) {
		this.name = ggml.ggml_backend_dev_name(device);
		this.description = known.description;
		this.isCpu = isCpu(known);
		this.#backend = ggml.ggml_backend_dev_init(device, null);
		this.defaultBuffers = ggml.ggml_backend_dev_buffer_type(device);
		const registry = ggml.ggml_backend_dev_backend_reg(device);
		this.repacking = new Map(
			this.isCpu
				? ggml
						.extraBufferTypes(registry, device)
						.map((type) => [ggml.ggml_backend_buft_name(type), type] as const)
				: [],
		);
		this.#functions = ggml.backendFunctions(registry);
		this.#functions.ggml_backend_set_n_threads?.(this.#backend, threads);
		this.#flagArena = new Arena(ggml, 1);
		this.#flag = this.#flagArena.tensor('F32', [1]);
		this.#functions.ggml_backend_set_abort_callback?.(
			this.#backend,
			ggml.address('ggml_is_empty'),
			this.#flag.handle,
		);
	}

	/** What ggml found. */
	static all(ggml: Ggml): readonly KnownDevice[] {
		return devicesOf(ggml);
	}

	/** Whether there is a GPU that computes faster than the CPU. */
	static hasGpu(ggml: Ggml): boolean {
		return devicesOf(ggml).some(isGpu);
	}

	/**
	 * @param backend `auto`: a GPU where there is one that is more than software, else the CPU.
	 * @param threads of a CPU.
	 * @throws GgmlMissing when there is no device of that kind, naming those that there are.
	 */
	static open(ggml: Ggml, backend: Backend, threads: number): Device {
		const devices = devicesOf(ggml);
		const chosen = chooseDevice(devices, backend);
		if (chosen === undefined) {
			const names = devices.map(({ description }) => description).join(', ');
			throw new GgmlMissing(
				`ggml ${ggml.version} found no ${backend} device to train on; it found ${names === '' ? 'none at all' : names}. Set familiar.model.backend to auto or cpu.`,
			);
		}
		return new Device(ggml, chosen.device, chosen, threads);
	}

	/** Bytes of memory that are free; of a GPU its own, of a CPU the system's. */
	get freeBytes(): number {
		const free = new BigUint64Array(1);
		const total = new BigUint64Array(1);
		this.ggml.ggml_backend_dev_memory(this.device, free, total);
		return Math.min(Number(free[0]), this.isCpu ? os.totalmem() : Number.POSITIVE_INFINITY);
	}

	/**
	 * Gives every tensor of the arena its place; what stands there is not defined.
	 * @throws OutOfMemory when the device has too little.
	 */
	allocate(arena: Arena, buffers = this.defaultBuffers): Memory {
		const buffer = this.ggml.ggml_backend_alloc_ctx_tensors_from_buft(arena.context, buffers);
		if (buffer === null) {
			throw this.shortage('has too little memory left');
		}
		if (buffers !== this.defaultBuffers) {
			this.ggml.ggml_backend_buffer_set_usage(buffer, WEIGHTS);
		}
		return {
			bytes: this.ggml.ggml_backend_buffer_get_size(buffer),
			clear: () => this.ggml.ggml_backend_buffer_clear(buffer, 0),
			dispose: () => this.ggml.ggml_backend_buffer_free(buffer),
		};
	}

	/** @param lack what is said of the device, without a full stop; what helps follows it. */
	shortage(lack: string): OutOfMemory {
		const elsewhere = this.isCpu ? '' : ' Or set familiar.model.backend to cpu.';
		return new OutOfMemory(
			`${this.description} ${lack}. Choose a smaller sequence length (familiar.finetune.sequenceLength) or a smaller model, or close other programs.${elsewhere}`,
		);
	}

	write(tensor: Tensor, values: ArrayBufferView, offset = 0): void {
		this.ggml.ggml_backend_tensor_set(tensor.handle, values, offset, values.byteLength);
	}

	/** Bytes of a tensor as its type stores it. */
	bytesOf(tensor: Tensor): number {
		return this.ggml.ggml_nbytes(tensor.handle);
	}

	/** All numbers of an F32 tensor. */
	readFloats(tensor: Tensor): Float32Array {
		const values = new Float32Array(elementsOf(tensor));
		this.ggml.ggml_backend_tensor_get(tensor.handle, values, 0, values.byteLength);
		return values;
	}

	/** The bytes of a tensor as they are stored. */
	readBytes(tensor: Tensor): Uint8Array {
		const bytes = new Uint8Array(this.bytesOf(tensor));
		this.ggml.ggml_backend_tensor_get(tensor.handle, bytes, 0, bytes.byteLength);
		return bytes;
	}

	/** Whether this device computes a node as it stands. */
	supports(tensor: Tensor): boolean {
		return this.ggml.ggml_backend_dev_supports_op(this.device, tensor.handle);
	}

	/** Runs a graph and waits, blocking the loop: for what takes milliseconds. */
	computeNow(graph: Pointer<'graph'>): void {
		this.check(this.ggml.ggml_backend_graph_compute(this.#backend, graph));
	}

	/**
	 * Runs a graph on another thread. An abort takes effect at the next node on a CPU; a GPU computes to the end,
	 * and its result counts. The graph can be run again.
	 * @throws AbortError when the signal fires, or Error when ggml gives up.
	 */
	async compute(graph: Pointer<'graph'>, signal: AbortSignal): Promise<void> {
		throwIfAborted(signal);
		const stop = () => this.ggml.setRowLength(this.#flag.handle, 0);
		signal.addEventListener('abort', stop, { once: true });
		try {
			this.check(await this.ggml.computeAsync(this.#backend, graph));
		} catch (error) {
			throwIfAborted(signal);
			throw error;
		} finally {
			signal.removeEventListener('abort', stop);
			this.ggml.setRowLength(this.#flag.handle, 1);
		}
	}

	private check(status: number): void {
		if (status !== SUCCESS) {
			const reason = status === ABORTED ? 'it was aborted' : `status ${status}`;
			throw new Error(`${this.name} could not compute the graph: ${reason}.`);
		}
	}

	dispose(): void {
		this.ggml.ggml_backend_free(this.#backend);
		this.#flagArena.dispose();
	}
}

function devicesOf(ggml: Ggml): readonly (KnownDevice & { readonly device: Pointer<'device'> })[] {
	return Array.from({ length: ggml.ggml_backend_dev_count() }, (_, index) => {
		const device = ggml.ggml_backend_dev_get(index);
		return {
			device,
			type: ggml.ggml_backend_dev_type(device),
			registry: ggml.ggml_backend_reg_name(ggml.ggml_backend_dev_backend_reg(device)),
			description: ggml.ggml_backend_dev_description(device),
		};
	});
}
