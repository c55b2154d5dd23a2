/** The functions of ggml's public C API that the trainer calls: one line a function, from which the types follow. */

/**
 * What a C value is in TypeScript. Pointers are addresses that say what they point to: one kind cannot be passed for
 * another. `bytes` is the memory of a typed array for the time of the call.
 */
interface CTypes {
	readonly void: undefined;
	readonly int: number;
	readonly int64: number;
	readonly size: number;
	readonly float: number;
	readonly bool: boolean;
	readonly text: string;
	readonly bytes: ArrayBufferView;
	readonly context: Pointer<'context'>;
	readonly tensor: Pointer<'tensor'>;
	readonly 'tensor?': Pointer<'tensor'> | null;
	readonly graph: Pointer<'graph'>;
	readonly allocator: Pointer<'allocator'>;
	readonly backend: Pointer<'backend'>;
	readonly buffer: Pointer<'buffer'>;
	readonly 'buffer?': Pointer<'buffer'> | null;
	readonly bufferType: Pointer<'bufferType'>;
	/** Where a tensor's numbers lie in its buffer; on a GPU no address of ours. */
	readonly data: Pointer<'data'>;
	readonly device: Pointer<'device'>;
	readonly registry: Pointer<'registry'>;
	readonly gguf: Pointer<'gguf'>;
	readonly 'function?': Pointer<'function'> | null;
	readonly 'none?': null;
	readonly initParameters: {
		readonly mem_size: number;
		readonly mem_buffer: null;
		readonly no_alloc: boolean;
	};
}

/** An address of native memory, with the kind of thing that lies there. */
export type Pointer<Kind extends string> = bigint & { readonly pointsTo: Kind };

type Argument<Name> = Name extends keyof CTypes ? CTypes[Name] : never;
type Arguments<List> = List extends `${infer First}, ${infer Rest}`
	? [Argument<First>, ...Arguments<Rest>]
	: List extends ''
		? []
		: [Argument<List>];

/** The TypeScript function of a prototype such as `tensor(context, tensor, int)`. */
type CFunction<Prototype> = Prototype extends `${infer Result}(${infer List})`
	? (...values: Arguments<List>) => Argument<Result>
	: never;

/** In libggml-base: tensors, graphs, allocation, backends, GGUF. */
export const BASE_FUNCTIONS = {
	ggml_version: 'text()',
	ggml_log_set: 'void(function?, none?)',
	ggml_init: 'context(initParameters)',
	ggml_free: 'void(context)',
	ggml_tensor_overhead: 'size()',
	ggml_graph_overhead_custom: 'size(size, bool)',
	ggml_nbytes: 'size(tensor)',
	ggml_get_data: 'data(tensor)',
	ggml_op_desc: 'text(tensor)',
	ggml_type_name: 'text(int)',
	ggml_get_name: 'text(tensor)',
	ggml_set_name: 'tensor(tensor, text)',
	ggml_set_output: 'void(tensor)',
	ggml_set_param: 'void(tensor)',
	ggml_new_tensor_4d: 'tensor(context, int, int64, int64, int64, int64)',
	ggml_add: 'tensor(context, tensor, tensor)',
	ggml_add_inplace: 'tensor(context, tensor, tensor)',
	ggml_acc: 'tensor(context, tensor, tensor, size, size, size, size)',
	ggml_sub: 'tensor(context, tensor, tensor)',
	ggml_mul: 'tensor(context, tensor, tensor)',
	ggml_mul_inplace: 'tensor(context, tensor, tensor)',
	ggml_div: 'tensor(context, tensor, tensor)',
	ggml_sqr: 'tensor(context, tensor)',
	ggml_sqrt: 'tensor(context, tensor)',
	ggml_log: 'tensor(context, tensor)',
	ggml_neg: 'tensor(context, tensor)',
	ggml_tanh: 'tensor(context, tensor)',
	ggml_sigmoid: 'tensor(context, tensor)',
	ggml_silu: 'tensor(context, tensor)',
	ggml_gelu: 'tensor(context, tensor)',
	ggml_sum: 'tensor(context, tensor)',
	ggml_sum_rows: 'tensor(context, tensor)',
	ggml_concat: 'tensor(context, tensor, tensor, int)',
	ggml_scale: 'tensor(context, tensor, float)',
	ggml_scale_bias: 'tensor(context, tensor, float, float)',
	ggml_swiglu_split: 'tensor(context, tensor, tensor)',
	ggml_geglu_split: 'tensor(context, tensor, tensor)',
	ggml_silu_back: 'tensor(context, tensor, tensor)',
	ggml_norm: 'tensor(context, tensor, float)',
	ggml_rms_norm: 'tensor(context, tensor, float)',
	ggml_rms_norm_back: 'tensor(context, tensor, tensor, float)',
	ggml_mul_mat: 'tensor(context, tensor, tensor)',
	ggml_out_prod: 'tensor(context, tensor, tensor)',
	ggml_cast: 'tensor(context, tensor, int)',
	ggml_cont: 'tensor(context, tensor)',
	ggml_transpose: 'tensor(context, tensor)',
	ggml_permute: 'tensor(context, tensor, int, int, int, int)',
	ggml_reshape_4d: 'tensor(context, tensor, int64, int64, int64, int64)',
	ggml_view_4d: 'tensor(context, tensor, int64, int64, int64, int64, size, size, size, size)',
	ggml_get_rows: 'tensor(context, tensor, tensor)',
	ggml_get_rows_back: 'tensor(context, tensor, tensor, tensor)',
	ggml_set_rows: 'tensor(context, tensor, tensor, tensor)',
	ggml_soft_max_ext: 'tensor(context, tensor, tensor?, float, float)',
	ggml_soft_max_ext_back: 'tensor(context, tensor, tensor, float, float)',
	ggml_soft_max_ext_back_inplace: 'tensor(context, tensor, tensor, float, float)',
	ggml_rope_ext:
		'tensor(context, tensor, tensor, tensor?, int, int, int, float, float, float, float, float, float)',
	ggml_rope_ext_back:
		'tensor(context, tensor, tensor, tensor?, int, int, int, float, float, float, float, float, float)',
	ggml_opt_step_adamw: 'tensor(context, tensor, tensor, tensor, tensor, tensor)',
	ggml_new_graph_custom: 'graph(context, size, bool)',
	ggml_build_forward_expand: 'void(graph, tensor)',
	ggml_graph_add_node: 'void(graph, tensor)',
	ggml_graph_clear: 'void(graph)',
	ggml_graph_n_nodes: 'int(graph)',
	ggml_graph_node: 'tensor(graph, int)',
	ggml_gallocr_new: 'allocator(bufferType)',
	ggml_gallocr_free: 'void(allocator)',
	ggml_gallocr_reserve_n_size: 'void(allocator, graph, none?, none?, bytes)',
	ggml_gallocr_alloc_graph: 'bool(allocator, graph)',
	ggml_gallocr_get_buffer_size: 'size(allocator, int)',
	ggml_backend_alloc_ctx_tensors_from_buft: 'buffer?(context, bufferType)',
	ggml_backend_buffer_get_size: 'size(buffer)',
	ggml_backend_buffer_free: 'void(buffer)',
	ggml_backend_buffer_set_usage: 'void(buffer, int)',
	ggml_backend_buffer_clear: 'void(buffer, int)',
	ggml_backend_buft_name: 'text(bufferType)',
	ggml_backend_dev_name: 'text(device)',
	ggml_backend_dev_description: 'text(device)',
	ggml_backend_dev_type: 'int(device)',
	ggml_backend_dev_memory: 'void(device, bytes, bytes)',
	ggml_backend_dev_backend_reg: 'registry(device)',
	ggml_backend_dev_init: 'backend(device, none?)',
	ggml_backend_dev_buffer_type: 'bufferType(device)',
	ggml_backend_dev_supports_op: 'bool(device, tensor)',
	ggml_backend_reg_get_proc_address: 'function?(registry, text)',
	ggml_backend_reg_name: 'text(registry)',
	ggml_backend_free: 'void(backend)',
	ggml_backend_graph_compute: 'int(backend, graph)',
	ggml_backend_tensor_alloc: 'int(buffer, tensor, data)',
	ggml_backend_tensor_set: 'void(tensor, bytes, size, size)',
	ggml_backend_tensor_get: 'void(tensor, bytes, size, size)',
	ggml_quantize_chunk: 'size(int, bytes, bytes, int64, int64, int64, none?)',
	gguf_init_empty: 'gguf()',
	gguf_free: 'void(gguf)',
	gguf_set_val_u32: 'void(gguf, text, int)',
	gguf_set_val_f32: 'void(gguf, text, float)',
	gguf_set_val_str: 'void(gguf, text, text)',
	gguf_add_tensor: 'void(gguf, tensor)',
	gguf_write_to_file: 'bool(gguf, text, bool)',
} as const;

/** In libggml: the list of backends. */
export const REGISTRY_FUNCTIONS = {
	ggml_backend_load_all_from_path: 'void(text)',
	ggml_backend_dev_count: 'size()',
	ggml_backend_dev_get: 'device(size)',
} as const;

/** Functions that a backend hands out by name, because it is not linked. */
export const BACKEND_FUNCTIONS = {
	ggml_backend_set_n_threads: 'void(backend, int)',
	ggml_backend_set_abort_callback: 'void(backend, function?, tensor)',
} as const;

export type BaseFunctions = {
	readonly [Name in keyof typeof BASE_FUNCTIONS]: CFunction<(typeof BASE_FUNCTIONS)[Name]>;
};
export type RegistryFunctions = {
	readonly [Name in keyof typeof REGISTRY_FUNCTIONS]: CFunction<(typeof REGISTRY_FUNCTIONS)[Name]>;
};
export type BackendFunctions = {
	readonly [Name in keyof typeof BACKEND_FUNCTIONS]: CFunction<(typeof BACKEND_FUNCTIONS)[Name]>;
};
