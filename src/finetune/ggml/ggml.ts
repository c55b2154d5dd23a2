/** ggml's C API: the only file that loads koffi. Everything native the trainer does goes through what it returns. */

import * as path from 'node:path';
import koffi, { type LibraryHandle } from 'koffi';
import { messageOf } from '../../inference/failure';
import { GgmlMissing, type LibraryFiles } from './libraries';
import {
	BACKEND_FUNCTIONS,
	BASE_FUNCTIONS,
	type BackendFunctions,
	type BaseFunctions,
	type Pointer,
	REGISTRY_FUNCTIONS,
	type RegistryFunctions,
} from './prototypes';

/** ggml's functions by their own names, and the few things that take more than a call. */
export interface Ggml extends BaseFunctions, RegistryFunctions {
	/** For example `0.25.1`. */
	readonly version: string;
	readonly files: LibraryFiles;
	/** Runs a graph on a thread of its own; 0 is success, 1 was aborted. */
	computeAsync(backend: Pointer<'backend'>, graph: Pointer<'graph'>): Promise<number>;
	/** The functions that only this registry's backend has; undefined for those it lacks. */
	backendFunctions(registry: Pointer<'registry'>): Partial<BackendFunctions>;
	/** Buffer types beside the default one, such as those of repacked weights on a CPU. */
	extraBufferTypes(
		registry: Pointer<'registry'>,
		device: Pointer<'device'>,
	): readonly Pointer<'bufferType'>[];
	/** Address of an exported function, to be handed to native code. */
	address(name: string): Pointer<'function'>;
	/** Shape of a tensor, row length first. */
	shape(tensor: Pointer<'tensor'>): Shape;
	/** Number of the tensor's type in `enum ggml_type`. */
	typeNumber(tensor: Pointer<'tensor'>): number;
	/** Bytes between neighbours of each dimension. */
	strides(tensor: Pointer<'tensor'>): Shape;
	/** The memory that a tensor lies in, once it has some. */
	buffer(tensor: Pointer<'tensor'>): Pointer<'buffer'>;
	/** The tensors that an operation reads. */
	sources(tensor: Pointer<'tensor'>): readonly Pointer<'tensor'>[];
	/** Overwrites the length of rows, which ggml reads when it asks whether a tensor is empty. */
	setRowLength(tensor: Pointer<'tensor'>, length: number): void;
}

export type Shape = readonly [number, number, number, number];

/** `struct ggml_init_params`; without a name of its own, which koffi takes only once in a process. */
const INIT_PARAMETERS = koffi.struct({ mem_size: 'size_t', mem_buffer: 'void *', no_alloc: 'bool' });

type CType = string | typeof INIT_PARAMETERS;

/** What `prototypes.ts` calls a type, as koffi knows it; every other name is a pointer. */
const PLAIN: Readonly<Record<string, CType>> = {
	void: 'void',
	int: 'int',
	int64: 'int64_t',
	size: 'size_t',
	float: 'float',
	bool: 'bool',
	text: 'const char *',
	initParameters: INIT_PARAMETERS,
};

/**
 * Offsets in `struct ggml_tensor` (ggml.h of 0.25): type, padding, buffer, ne[4], nb[4], operation, 16 parameters, flags,
 * src[10]. Checked by `checkLayout`.
 */
const BUFFER_OFFSET = 8;
const SHAPE_OFFSET = 16;
const STRIDES_OFFSET = 48;
const SOURCES_OFFSET = 152;
const MOST_SOURCES = 10;

/** `GGML_BACKEND_DEVICE_TYPE_GPU` and `_IGPU`. */
const GPU_DEVICES: readonly number[] = [1, 2];

/** Buffer types that a backend lists before the closing null. */
const MOST_BUFFER_TYPES = 8;

/**
 * Loads the libraries and their backends and binds every function.
 * @throws GgmlMissing naming library, version and symbol when one cannot be loaded or found, or when tensors are laid out differently.
 */
export function loadGgml(files: LibraryFiles): Ggml {
	const base = open(files.base);
	const registry = open(files.registry);
	const baseFunctions: BaseFunctions = bind(base, BASE_FUNCTIONS, files);
	const registryFunctions: RegistryFunctions = bind(registry, REGISTRY_FUNCTIONS, files);
	const ggml: Ggml = {
		...baseFunctions,
		...registryFunctions,
		version: baseFunctions.ggml_version(),
		files,
		computeAsync: (backend, graph) =>
			new Promise((resolve, reject) => {
				const { ggml_backend_graph_compute: compute }: { ggml_backend_graph_compute: unknown } =
					baseFunctions;
				if (!isAsynchronous(compute)) {
					throw new GgmlMissing(
						`koffi gave no asynchronous form of ggml_backend_graph_compute (ggml ${ggml.version}).`,
					);
				}
				compute.async(backend, graph, (error: Error | null, status: number) =>
					error === null ? resolve(status) : reject(error),
				);
			}),
		backendFunctions: (of) =>
			Object.fromEntries(
				Object.entries(BACKEND_FUNCTIONS).flatMap(([name, prototype]) => {
					const pointer = baseFunctions.ggml_backend_reg_get_proc_address(of, name);
					const type = koffi.proto(null, ...prototypeOf(prototype));
					return pointer === null
						? []
						: [[name, (...values: unknown[]) => koffi.call(pointer, type, ...values)]];
				}),
			),
		extraBufferTypes: (of, device) => {
			const pointer = baseFunctions.ggml_backend_reg_get_proc_address(of, 'ggml_backend_dev_get_extra_bufts');
			const list =
				pointer === null ? null : koffi.call(pointer, koffi.proto(null, 'void *', ['void *']), device);
			const found: Pointer<'bufferType'>[] = [];
			for (let count = 1; list !== null && count <= MOST_BUFFER_TYPES; count++) {
				const [next] = koffi.decode(list, (count - 1) * koffi.sizeof('void *'), 'void *', 1);
				if (next === null || next === 0n) {
					break;
				}
				found.push(next);
			}
			return found;
		},
		address: (name) => base.symbol(name, 'void *'),
		shape: (tensor) => four(tensor, SHAPE_OFFSET),
		strides: (tensor) => four(tensor, STRIDES_OFFSET),
		buffer: (tensor) => koffi.decode(tensor, BUFFER_OFFSET, 'void *'),
		sources: (tensor) =>
			koffi
				.decode(tensor, SOURCES_OFFSET, 'void *', MOST_SOURCES)
				.filter((source: Pointer<'tensor'> | null) => source !== null && source !== 0n),
		typeNumber: (tensor) => Number(koffi.decode(tensor, 'int')),
		setRowLength: (tensor, length) => koffi.encode(tensor, SHAPE_OFFSET, 'int64_t', length),
	};
	// A function that does nothing with a small number takes the place of the log, which tells of every tensor that is repacked:
	// a script must not be called from ggml's threads. What ends the process is printed all the same.
	ggml.ggml_log_set(ggml.address('ggml_type_name'), null);
	checkLayout(ggml);
	ggml.ggml_backend_load_all_from_path(files.folder);
	if (files.processors !== files.folder) {
		ggml.ggml_backend_load_all_from_path(files.processors);
	}
	if (files.fallback !== undefined && !hasAccelerator(ggml)) {
		ggml.ggml_backend_load_all_from_path(files.fallback);
	}
	return ggml;
}

/** Whether a backend of a GPU has found a device. */
function hasAccelerator(ggml: RegistryFunctions & BaseFunctions): boolean {
	const count = ggml.ggml_backend_dev_count();
	return Array.from({ length: count }, (_, index) => ggml.ggml_backend_dev_get(index)).some((device) =>
		GPU_DEVICES.includes(ggml.ggml_backend_dev_type(device)),
	);
}

function isAsynchronous(value: unknown): value is { async(...values: unknown[]): void } {
	return typeof value === 'function' && 'async' in value && typeof value.async === 'function';
}

function open(file: string): LibraryHandle {
	try {
		return koffi.load(file);
	} catch (error) {
		throw new GgmlMissing(
			`ggml's library ${path.basename(file)} cannot be loaded: ${messageOf(error)}. Install the extension again; if it persists, the system lacks something that the library needs.`,
		);
	}
}

function prototypeOf(prototype: string): [result: CType, values: CType[]] {
	const [, result = '', list = ''] = /^([^(]+)\((.*)\)$/.exec(prototype) ?? [];
	const type = (name: string) => PLAIN[name] ?? 'void *';
	return [type(result), list === '' ? [] : list.split(', ').map(type)];
}

/** Binds a table; what koffi returns has no type, the tables give it. */
function bind(library: LibraryHandle, table: Readonly<Record<string, string>>, files: LibraryFiles) {
	const missing: string[] = [];
	const bound = Object.entries(table).map(([name, prototype]) => {
		try {
			return [name, library.func(name, ...prototypeOf(prototype))];
		} catch {
			missing.push(name);
			return [name, undefined];
		}
	});
	if (missing.length > 0) {
		throw new GgmlMissing(
			`ggml in ${path.basename(files.registry)} lacks ${missing.join(', ')}. This version of Familiar needs ggml 0.25 (node-llama-cpp 3.22); install the extension again.`,
		);
	}
	return Object.fromEntries(bound);
}

function four(tensor: Pointer<'tensor'>, offset: number): Shape {
	const [one = 0, two = 0, three = 0, fourth = 0] = Array.from(
		koffi.decode(tensor, offset, 'int64_t', 4),
		Number,
	);
	return [one, two, three, fourth];
}

/** Makes a tensor of known shape and reads it back: another layout of the struct would corrupt memory silently. */
function checkLayout(ggml: Ggml): void {
	const context = ggml.ggml_init({ mem_size: 4096, mem_buffer: null, no_alloc: true });
	const tensor = ggml.ggml_new_tensor_4d(context, 26, 5, 7, 3, 2);
	const seen = [...ggml.shape(tensor), ...ggml.strides(tensor), ggml.typeNumber(tensor)].join(' ');
	const sources = ggml.sources(ggml.ggml_scale(context, tensor, 2));
	ggml.ggml_free(context);
	if (seen !== '5 7 3 2 4 20 140 420 26' || sources.length !== 1 || sources[0] !== tensor) {
		throw new GgmlMissing(
			`ggml ${ggml.version} lays out its tensors in a way that this version of Familiar does not know.`,
		);
	}
}
