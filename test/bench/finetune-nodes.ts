/** Where a step's time goes: every node of the graph is computed alone, and the times are added up by kind of work. */
import { Arena } from '../../src/finetune/ggml/arena';
import type { Device } from '../../src/finetune/ggml/device';
import type { Ggml, Shape } from '../../src/finetune/ggml/ggml';
import type { Graph } from '../../src/finetune/ggml/graph';
import type { Pointer } from '../../src/finetune/ggml/prototypes';
import { columns, median } from './harness';

/** Nodes of one kind. */
export interface NodeTimes {
	/** For example `frozen, backward`. */
	readonly work: string;
	/** ggml's name of the operation, the types of what it reads, and the shapes. */
	readonly operation: string;
	readonly nodes: number;
	readonly milliseconds: number;
	/** Of products: billions of multiplications and additions; else 0. */
	readonly gigaOperations: number;
}

/** Sizes that tell what a product is for. */
export interface KnownSizes {
	readonly vocabulary: number;
	/** Rank of the LoRA pairs; 0 = there are none. */
	readonly rank: number;
}

/** They only look at a tensor in another way. */
const VIEWS = new Set(['RESHAPE', 'VIEW', 'PERMUTE', 'TRANSPOSE', 'NONE']);
const COPIES = new Set(['CPY', 'CONT', 'DUP', 'CONCAT', 'GET_ROWS', 'SET_ROWS', 'REPEAT', 'GET_ROWS_BACK']);
const PRODUCTS = new Set(['MUL_MAT', 'OUT_PROD']);
/** Runs of a graph with nothing to do, whose median is what a call itself takes. */
const EMPTY_RUNS = 200;

/**
 * Times every node. The graph must have run before, so that its inputs are there.
 * @param passes over the graph; of each node the fastest counts.
 * @returns the kinds, slowest first.
 */
export function timeNodes(graph: Graph, sizes: KnownSizes, passes: number): readonly NodeTimes[] {
	const { device } = graph;
	const { ggml } = device;
	const arena = new Arena(ggml, 4, 1);
	const single = ggml.ggml_new_graph_custom(arena.context, 1, false);
	try {
		const overhead = emptyRun(device);
		const best = new Float64Array(graph.nodes).fill(Number.POSITIVE_INFINITY);
		for (let pass = 0; pass < passes; pass++) {
			for (let index = 0; index < best.length; index++) {
				ggml.ggml_graph_clear(single);
				ggml.ggml_graph_add_node(single, ggml.ggml_graph_node(graph.handle, index));
				const start = performance.now();
				device.computeNow(single);
				best[index] = Math.min(best[index] ?? 0, Math.max(0, performance.now() - start - overhead));
			}
		}
		return added(ggml, graph, sizes, best);
	} finally {
		arena.dispose();
	}
}

/** Milliseconds that ggml takes to start its threads for a graph that has one number to compute. */
function emptyRun(device: Device): number {
	const { ggml } = device;
	const arena = new Arena(ggml, 4, 2);
	const one = arena.tensor('F32', [1]);
	const graph = ggml.ggml_new_graph_custom(arena.context, 2, false);
	ggml.ggml_build_forward_expand(graph, ggml.ggml_scale(arena.context, one.handle, 1));
	const memory = device.allocate(arena);
	memory.clear();
	const times = Array.from({ length: EMPTY_RUNS }, () => {
		const start = performance.now();
		device.computeNow(graph);
		return performance.now() - start;
	});
	memory.dispose();
	arena.dispose();
	return median(times) ?? 0;
}

function added(ggml: Ggml, graph: Graph, sizes: KnownSizes, times: Float64Array): readonly NodeTimes[] {
	const kinds = new Map<string, NodeTimes>();
	for (const [index, milliseconds] of times.entries()) {
		const node = ggml.ggml_graph_node(graph.handle, index);
		const operation = ggml.ggml_op_desc(node);
		if (VIEWS.has(operation)) {
			continue;
		}
		const sources = ggml.sources(node);
		const work = workOf(ggml, operation, node, sources, sizes);
		const shapes = sources
			.map((source) => `${typeName(ggml, source)} ${shapeText(ggml.shape(source))}`)
			.join(' × ');
		const text = `${operation} ${shapes} → ${typeName(ggml, node)} ${shapeText(ggml.shape(node))}`;
		const key = `${work} ${text}`;
		const before = kinds.get(key);
		kinds.set(key, {
			work,
			operation: text,
			nodes: (before?.nodes ?? 0) + 1,
			milliseconds: (before?.milliseconds ?? 0) + milliseconds,
			gigaOperations: (before?.gigaOperations ?? 0) + operations(ggml, operation, node, sources) / 1e9,
		});
	}
	return [...kinds.values()].sort((one, other) => other.milliseconds - one.milliseconds);
}

/** 2·n·m·k for a product; a matrix product sums over the rows of its sources, an outer product over their columns. */
function operations(
	ggml: Ggml,
	operation: string,
	node: Pointer<'tensor'>,
	sources: readonly Pointer<'tensor'>[],
): number {
	const [first] = sources;
	if (first === undefined || !PRODUCTS.has(operation)) {
		return 0;
	}
	const inner = ggml.shape(first)[operation === 'MUL_MAT' ? 0 : 1];
	return 2 * inner * ggml.shape(node).reduce((product, size) => product * size, 1);
}

function workOf(
	ggml: Ggml,
	operation: string,
	node: Pointer<'tensor'>,
	sources: readonly Pointer<'tensor'>[],
	{ vocabulary, rank }: KnownSizes,
): string {
	const dimensions = [node, ...sources].flatMap((tensor) => [...ggml.shape(tensor)]);
	if (dimensions.some((size) => size >= vocabulary && size % vocabulary === 0)) {
		return PRODUCTS.has(operation) ? 'vocabulary, products' : 'vocabulary, rest';
	}
	const [left] = sources;
	if (PRODUCTS.has(operation) && left !== undefined) {
		const name = ggml.ggml_get_name(left);
		if (name.endsWith(' transposed')) {
			return 'frozen, backward';
		}
		if (name.endsWith('.weight') && rank > 0) {
			return 'frozen, forward';
		}
		const isDeep = [node, ...sources].some((tensor) => ggml.shape(tensor)[2] > 1);
		return isDeep
			? 'attention, products'
			: dimensions.includes(rank)
				? 'LoRA, products'
				: 'trained, products';
	}
	if (operation.startsWith('SOFT_MAX')) {
		return 'attention, softmax';
	}
	return COPIES.has(operation) ? 'copies' : 'element by element';
}

export interface Work {
	readonly work: string;
	readonly milliseconds: number;
	/** Of the time of all nodes. */
	readonly share: number;
}

/** The kinds of work, slowest first. */
export function byWork(kinds: readonly NodeTimes[]): readonly Work[] {
	const all = kinds.reduce((total, kind) => total + kind.milliseconds, 0);
	return [...new Set(kinds.map((kind) => kind.work))]
		.map((work) => {
			const milliseconds = kinds.reduce(
				(total, kind) => total + (kind.work === work ? kind.milliseconds : 0),
				0,
			);
			return { work, milliseconds, share: milliseconds / all };
		})
		.sort((one, other) => other.milliseconds - one.milliseconds);
}

/** Lines of text: the kinds of work, then the `most` slowest operations with their rates. */
export function nodeTable(kinds: readonly NodeTimes[], most: number): readonly string[] {
	const works = byWork(kinds);
	const all = works.reduce((total, { milliseconds }) => total + milliseconds, 0);
	const cells = (milliseconds: number) => [
		milliseconds.toFixed(1),
		`${((100 * milliseconds) / all).toFixed(1)} %`,
	];
	return columns([
		['ms', 'share', 'work'],
		...works.map(({ work, milliseconds }) => [...cells(milliseconds), work]),
		[''],
		['ms', 'share', 'GFLOP/s', 'operation'],
		...kinds
			.slice(0, most)
			.map(({ work, operation, nodes, milliseconds, gigaOperations }) => [
				...cells(milliseconds),
				gigaOperations === 0 ? '' : ((1000 * gigaOperations) / milliseconds).toFixed(0),
				`${nodes}× ${operation} (${work})`,
			]),
	]);
}

function shapeText(shape: Shape): string {
	const last = shape.findLastIndex((size) => size !== 1);
	return shape.slice(0, last + 1).join('·');
}

function typeName(ggml: Ggml, tensor: Pointer<'tensor'>): string {
	return ggml.ggml_type_name(ggml.typeNumber(tensor));
}
