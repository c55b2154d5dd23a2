/**
 * Model files that must be refused, each with one thing wrong in an otherwise sound model, and seeded mutations.
 * The named ones follow the handcrafted files of llama.cpp's tests/test-gguf.cpp; then come those that were seen to
 * abort llama.cpp, and files that are something else. Over 300 lines because it is one table.
 */
import { ByteWriter, encodeTensor, type MetadataValue, writeValue } from './ggufWriter';
import { type RandomModelOptions, randomModel, SMALLEST_MODEL, seededRandom } from './randomModel';
import { TENSOR_TYPES } from './tensorEncoding';

export interface BadModel {
	readonly name: string;
	readonly bytes: Buffer;
	/** What the message must name: the key, the tensor or the byte offset. */
	readonly names: RegExp;
}

interface Entry {
	readonly key: string;
	/** Instead of the key's real length. */
	readonly keyLength?: bigint;
	/** Type and value, encoded. */
	readonly value: Buffer;
}

interface DraftTensor {
	readonly name: string;
	/** Instead of the shape's length. */
	readonly dimensions?: number;
	readonly shape: readonly (number | bigint)[];
	readonly type: number;
	readonly offset: number | bigint;
}

/** A file in pieces, every one of which can be made wrong. */
interface Draft {
	readonly magic: string;
	readonly version: number;
	/** Instead of the real count. */
	readonly tensorCount?: bigint;
	readonly keyCount?: bigint;
	readonly entries: readonly Entry[];
	readonly tensors: readonly DraftTensor[];
	readonly alignment: number;
	readonly data: Buffer;
}

function encoded(value: MetadataValue): Buffer {
	const out = new ByteWriter();
	writeValue(out, value);
	return out.bytes();
}

function soundDraft(options: RandomModelOptions): Draft {
	const content = randomModel(options);
	const data = new ByteWriter();
	const tensors = content.tensors.map((tensor): DraftTensor => {
		const offset = data.pad(32).length;
		data.raw(encodeTensor(tensor));
		return { name: tensor.name, shape: tensor.shape, type: TENSOR_TYPES[tensor.type].id, offset };
	});
	return {
		magic: 'GGUF',
		version: 3,
		entries: Object.entries(content.metadata).map(([key, value]) => ({ key, value: encoded(value) })),
		tensors,
		alignment: 32,
		data: data.bytes(),
	};
}

function header(draft: Draft): Buffer {
	const out = new ByteWriter();
	out.raw(Buffer.from(draft.magic)).uint32(draft.version);
	out.uint64(draft.tensorCount ?? draft.tensors.length).uint64(draft.keyCount ?? draft.entries.length);
	for (const { key, keyLength, value } of draft.entries) {
		out
			.uint64(keyLength ?? Buffer.byteLength(key))
			.raw(Buffer.from(key))
			.raw(value);
	}
	for (const tensor of draft.tensors) {
		out.string(tensor.name).uint32(tensor.dimensions ?? tensor.shape.length);
		for (const size of tensor.shape) {
			out.uint64(size);
		}
		out.uint32(tensor.type).uint64(tensor.offset);
	}
	return out.pad(draft.alignment).bytes();
}

function assemble(draft: Draft): Buffer {
	return Buffer.concat([header(draft), draft.data]);
}

const sound = soundDraft(SMALLEST_MODEL);

/** A small model that loads. */
export const soundModel: Buffer = assemble(sound);

type Change = (draft: Draft) => Draft;

function set(key: string, value: MetadataValue): Change {
	return setRaw(key, encoded(value));
}

function setRaw(key: string, value: Buffer): Change {
	return (draft) => ({
		...draft,
		entries: [...draft.entries.filter((entry) => entry.key !== key), { key, value }],
	});
}

function remove(key: string): Change {
	return (draft) => ({ ...draft, entries: draft.entries.filter((entry) => entry.key !== key) });
}

function changeTensor(name: string, change: Partial<DraftTensor>): Change {
	return (draft) => ({
		...draft,
		tensors: draft.tensors.map((tensor) => (tensor.name === name ? { ...tensor, ...change } : tensor)),
	});
}

const whole = (value: number): MetadataValue => ({ type: 'uint32', value });
const real = (value: number): MetadataValue => ({ type: 'float32', value });
const text = (value: string): MetadataValue => ({ type: 'string', value });
const setWhole = (key: string, value: number): Change => set(key, whole(value));

/** The model's tokens, the second of which is a copy of the first. */
function twins(): Change {
	const tokens = randomModel(SMALLEST_MODEL).metadata['tokenizer.ggml.tokens'];
	if (tokens?.type !== 'array' || tokens.of !== 'string') {
		throw new Error('The model has no tokens');
	}
	const [first = '', , ...rest] = tokens.values;
	return set('tokenizer.ggml.tokens', { type: 'array', of: 'string', values: [first, first, ...rest] });
}

/** An array whose elements are arrays, which both readers of llama.cpp and node-llama-cpp handle badly. */
function nestedArrays(): Buffer {
	const out = new ByteWriter();
	// array of array of 4 empty arrays of uint8
	out.uint32(9).uint32(9).uint64(4);
	for (let index = 0; index < 4; index++) {
		out.uint32(0).uint64(0);
	}
	return out.bytes();
}

function claimedArray(of: number, length: bigint): Buffer {
	return new ByteWriter().uint32(9).uint32(of).uint64(length).bytes();
}

/** A header without anything that a model needs, as the "success" files of test-gguf.cpp. */
const bare: Draft = {
	magic: 'GGUF',
	version: 3,
	entries: [],
	tensors: [],
	alignment: 32,
	data: Buffer.alloc(0),
};
const bareKeys: Draft = {
	...bare,
	entries: [
		{ key: 'my_key_0', value: encoded(whole(7)) },
		{ key: 'my_key_1', value: encoded({ type: 'bool', value: true }) },
		{ key: 'my_key_2', value: encoded({ type: 'array', of: 'int16', values: [1, -1] }) },
		{ key: 'my_key_3', value: encoded({ type: 'float64', value: Math.PI }) },
		{ key: 'my_key_4', value: encoded({ type: 'int64', value: -5n }) },
	],
};
const bareTensors: Draft = {
	...bareKeys,
	tensors: [{ name: 'my_tensor_0', shape: [8], type: 0, offset: 0 }],
	data: Buffer.alloc(32),
};
const EMBEDDING = 'token_embd.weight';
const NORM = 'output_norm.weight';
const ARCHITECTURE_MISSING = /"general\.architecture" is missing/;

/** Name as in test-gguf.cpp, the change, and what must be named. */
const HANDCRAFTED: readonly (readonly [name: string, draft: Draft, names: RegExp])[] = [
	['HEADER_BAD_MAGIC', { ...sound, magic: 'FUGG' }, /byte 0/],
	['HEADER_BAD_VERSION_0', { ...sound, version: 0 }, /version 0 at byte 4/],
	['HEADER_BAD_VERSION_1', { ...sound, version: 1 }, /version 1 at byte 4/],
	['HEADER_BAD_VERSION_FUTURE', { ...sound, version: 4 }, /version 4 at byte 4/],
	['HEADER_BAD_N_TENSORS', { ...sound, tensorCount: -1n }, /number of tensors at byte 8/],
	['HEADER_BAD_N_KV', { ...sound, keyCount: -1n }, /number of metadata keys at byte 16/],
	['HEADER_EMPTY', bare, ARCHITECTURE_MISSING],
	[
		'KV_BAD_KEY_SIZE',
		{ ...sound, entries: sound.entries.map((entry) => ({ ...entry, keyLength: -1n })) },
		/metadata key 0 at byte 24/,
	],
	['KV_EMPTY_KEY', set('', whole(1))(sound), /metadata key \d+ at byte \d+ is empty/],
	['KV_BAD_TYPE', setRaw('my_key', new ByteWriter().uint32(13).bytes())(sound), /"my_key".*type 13 at byte/],
	[
		'KV_DUPLICATE_KEY',
		{ ...sound, entries: [...sound.entries, ...sound.entries.slice(0, 1)] },
		/"general\.architecture" at byte \d+ occurs twice/,
	],
	['KV_BAD_ALIGN', setWhole('general.alignment', 13)(sound), /"general\.alignment" is 13/],
	[
		'KV_WRONG_TYPE_ALIGN',
		set('general.alignment', { type: 'int32', value: 32 })(sound),
		/"general\.alignment" has the type int32/,
	],
	['KV_SUCCESS', bareKeys, ARCHITECTURE_MISSING],
	[
		'TENSORS_BAD_NAME_SIZE',
		changeTensor(NORM, { name: `my_tensor_with_a_very_long_name_${'x'.repeat(64)}` })(sound),
		/name of tensor \d+ at byte/,
	],
	[
		'TENSORS_BAD_N_DIMS',
		changeTensor(NORM, { dimensions: 5 })(sound),
		/"output_norm\.weight" at byte .*5 dim/,
	],
	['TENSORS_BAD_SHAPE', changeTensor(NORM, { shape: [-1n] })(sound), /"output_norm\.weight".*size -1/],
	['TENSORS_ZERO_DIM', changeTensor(NORM, { shape: [32, 0] })(sound), /"output_norm\.weight".*size 0/],
	[
		'TENSORS_NE_TOO_BIG',
		changeTensor(NORM, { shape: [4n * 0x7fff_ffffn, 4n * 0x7fff_ffffn] })(sound),
		/"output_norm\.weight".*impossible size/,
	],
	[
		'TENSORS_NBYTES_TOO_BIG',
		changeTensor(NORM, { type: 27, shape: [1_533_829_131n, 1_533_829_131n] })(sound),
		/"output_norm\.weight".*impossible size/,
	],
	['TENSORS_BAD_TYPE', changeTensor(NORM, { type: 43 })(sound), /"output_norm\.weight".*unknown type 43/],
	[
		'TENSORS_BAD_OFFSET',
		changeTensor(NORM, { offset: -1n })(sound),
		/"output_norm\.weight" has the data offset/,
	],
	[
		'TENSORS_DUPLICATE_NAME',
		changeTensor(NORM, { name: EMBEDDING })(sound),
		/"token_embd\.weight" at .* twice/,
	],
	['TENSORS_BAD_ALIGN', setWhole('general.alignment', 24)(sound), /"general\.alignment" is 24/],
	[
		'TENSORS_INCONSISTENT_ALIGN',
		setWhole('general.alignment', 256)(sound),
		/tensor ".*" has the data offset \d+ instead of \d+/,
	],
	['TENSORS_SUCCESS', { ...bareTensors, data: Buffer.alloc(0) }, ARCHITECTURE_MISSING],
	['TENSORS_CUSTOM_ALIGN', setWhole('general.alignment', 1)(sound), /"general\.alignment" is 1 /],
	[
		'DATA_NOT_ENOUGH_DATA',
		{ ...sound, data: sound.data.subarray(0, -1) },
		/ends at byte \d+: 1 bytes are missing/,
	],
	['DATA_BAD_ALIGN', setWhole('general.alignment', 0)(sound), /"general\.alignment" is 0/],
	['DATA_INCONSISTENT_ALIGN', setWhole('general.alignment', 4096)(sound), /tensor ".*" has the data offset/],
	[
		'DATA_MEM_SIZE_OVERFLOW',
		{
			...sound,
			tensors: [0n, 0x7fff_ffff_ffff_ffc0n].map((offset, index) => ({
				name: `my_tensor_${index}`,
				shape: [0x7fff_ffff_ffff_ffc0n],
				type: 24,
				offset,
			})),
		},
		/"my_tensor_0".*impossible size/,
	],
	['DATA_SUCCESS', bareTensors, ARCHITECTURE_MISSING],
	['DATA_CUSTOM_ALIGN', setWhole('general.alignment', 1)(bareTensors), /"general\.alignment" is 1 /],
];

/** Seen to end the process of llama.cpp or of node-llama-cpp's reader, or to give it a model that it cannot run. */
const CRASHES: readonly (readonly [name: string, change: Change, names: RegExp])[] = [
	['no heads', setWhole('qwen2.attention.head_count', 0), /"qwen2\.attention\.head_count" is 0/],
	['no key heads', setWhole('qwen2.attention.head_count_kv', 0), /"qwen2\.attention\.head_count_kv" is 0/],
	['heads that do not divide', setWhole('qwen2.attention.head_count', 3), /qwen2\.embedding_length" is 32/],
	['more key heads', setWhole('qwen2.attention.head_count_kv', 4), /head_count_kv" is 4/],
	['no layers', setWhole('qwen2.block_count', 0), /"qwen2\.block_count" is 0/],
	['600 layers', setWhole('qwen2.block_count', 600), /"qwen2\.block_count" is 600/],
	['2^32 - 1 layers', setWhole('qwen2.block_count', 0xffff_ffff), /"qwen2\.block_count" is 4294967295/],
	['layers as text', set('qwen2.block_count', text('1')), /"qwen2\.block_count" has the type string/],
	['layers missing', remove('qwen2.block_count'), /"qwen2\.block_count" is missing/],
	['10^6 experts', setWhole('qwen2.expert_count', 1_000_000), /"qwen2\.expert_count" is 1000000/],
	['experts unused', setWhole('qwen2.expert_count', 4), /"qwen2\.expert_used_count" is 0 of 4/],
	['experts without a count', setWhole('qwen2.expert_used_count', 2), /"qwen2\.expert_used_count" is 2 of 0/],
	['expert groups', setWhole('qwen2.expert_group_count', 2), /"qwen2\.expert_group_count" is 2/],
	[
		'negative experts',
		set('qwen2.expert_used_count', { type: 'array', of: 'int32', values: [-1] }),
		/"qwen2\.expert_used_count" has the negative element -1/,
	],
	[
		'more prediction layers than layers',
		setWhole('qwen2.nextn_predict_layers', 2),
		/nextn_predict_layers" is 2/,
	],
	[
		'other keys than values',
		setWhole('qwen2.attention.key_length', 2),
		/"qwen2\.attention\.key_length" makes/,
	],
	['no bytes', set('tokenizer.ggml.model', text('llama')), /"tokenizer\.ggml\.tokens" has no token <0x/],
	['tokenizer of RWKV', set('tokenizer.ggml.model', text('rwkv')), /"tokenizer\.ggml\.model" is "rwkv"/],
	['alignment 1', setWhole('general.alignment', 1), /"general\.alignment" is 1 /],
	['split of a wrong type', set('split.count', text('3')), /"split\.count" has the type string/],
	['split of another number', setWhole('split.count', 3), /"split\.count" has the type uint32/],
	['split alone', set('split.count', { type: 'uint16', value: 3 }), /"split\.count" says .* one of 3 parts/],
	[
		'arrays of arrays',
		setRaw('tokenizer.ggml.tokens', nestedArrays()),
		/"tokenizer\.ggml\.tokens".*array of arrays/,
	],
	['endless array', setRaw('my_key', claimedArray(4, 1n << 62n)), /"my_key" claims \d+ elements at byte/],
	['array past the end', setRaw('my_key', claimedArray(4, 1n << 20n)), /"my_key" at byte \d+ needs/],
	[
		'endless text',
		setRaw('my_key', new ByteWriter().uint32(8).uint64(-1).bytes()),
		/"my_key" at byte \d+ claims/,
	],
	['two equal tokens', twins(), /"tokenizer\.ggml\.tokens" has the same token twice/],
	[
		'few token types',
		set('tokenizer.ggml.token_type', { type: 'array', of: 'int32', values: [1] }),
		/token_type" has 1/,
	],
	[
		'few scores',
		set('tokenizer.ggml.scores', { type: 'array', of: 'float32', values: [1] }),
		/scores" has 1 /,
	],
	[
		'no tokens',
		set('tokenizer.ggml.tokens', { type: 'array', of: 'string', values: [] }),
		/tokens" is empty/,
	],
	[
		'tokens as numbers',
		set('tokenizer.ggml.tokens', { type: 'array', of: 'int8', values: [1] }),
		/array of int8/,
	],
	['tokens missing', remove('tokenizer.ggml.tokens'), /"tokenizer\.ggml\.tokens" is missing/],
	['unknown tokenizer', set('tokenizer.ggml.model', text('abacus')), /"tokenizer\.ggml\.model" is "abacus"/],
	['tokenizer missing', remove('tokenizer.ggml.model'), /"tokenizer\.ggml\.model" is missing/],
	['end token out of range', setWhole('tokenizer.ggml.eos_token_id', 5_000), /eos_token_id" is 5000/],
	['fill token out of range', setWhole('tokenizer.ggml.fim_pre_token_id', 288), /fim_pre_token_id" is 288/],
	[
		'long template',
		set('tokenizer.chat_template', text('x'.repeat(300_000))),
		/"tokenizer\.chat_template" has 300000/,
	],
	['negative epsilon', set('qwen2.attention.layer_norm_rms_epsilon', real(-1)), /rms_epsilon" is -1/],
	[
		'epsilon that is no number',
		set('qwen2.attention.layer_norm_rms_epsilon', real(Number.NaN)),
		/epsilon" is NaN/,
	],
	[
		'infinite rotation',
		set('qwen2.rope.freq_base', real(Number.POSITIVE_INFINITY)),
		/freq_base" is Infinity/,
	],
	[
		'unknown rotation',
		set('qwen2.rope.scaling.type', text('spiral')),
		/"qwen2\.rope\.scaling\.type" is "spiral"/,
	],
	['odd rotation', setWhole('qwen2.rope.dimension_count', 3), /"qwen2\.rope\.dimension_count" makes 3/],
	[
		'heads that do not fit their weights',
		(draft) =>
			[
				setWhole('qwen2.attention.key_length', 8),
				setWhole('qwen2.attention.value_length', 8),
				setWhole('qwen2.rope.dimension_count', 8),
			].reduce((changed, change) => change(changed), draft),
		/"blk\.0\.attn_q\.weight" has the shape 32 × 32, but the heads need 16 rows/,
	],
	['part of the head rotated', setWhole('qwen2.rope.dimension_count', 8), /rope\.dimension_count" is 8/],
	['no width', setWhole('qwen2.embedding_length', 0), /"qwen2\.embedding_length" is 0/],
	['another width', setWhole('qwen2.embedding_length', 64), /tensor ".*weight" has the shape 32 × \d+/],
	['no context', setWhole('qwen2.context_length', 0), /"qwen2\.context_length" is 0/],
	[
		'no feed forward',
		setWhole('qwen2.feed_forward_length', 0),
		/"qwen2\.feed_forward_length" is missing or 0/,
	],
	['feed forward missing', remove('qwen2.feed_forward_length'), /"qwen2\.feed_forward_length" is missing/],
	[
		'key that C reads as empty',
		setWhole('\0tokenizer', 1),
		/metadata key \d+ at byte \d+ has control characters/,
	],
	[
		'tensor that C reads as empty',
		changeTensor(NORM, { name: '\0norm' }),
		/tensor \d+ at byte \d+ has control/,
	],
	[
		'unknown architecture',
		set('general.architecture', text('abacus')),
		/"general\.architecture" is "abacus"/,
	],
	[
		'embeddings only',
		set('general.architecture', text('bert')),
		/"general\.architecture" is "bert".*embeddings/,
	],
	['adapter', set('general.type', text('adapter')), /"general\.type".*adapter/],
	['projector', set('general.type', text('mmproj')), /"general\.type" is "mmproj"/],
	[
		'whole numbers as weights',
		changeTensor(EMBEDDING, { type: 26 }),
		/"token_embd\.weight" has the type I32/,
	],
	['embedding missing', changeTensor(EMBEDDING, { name: 'my_tensor' }), /"token_embd\.weight" is missing/],
	[
		'vocabulary only',
		(draft) => ({ ...draft, tensors: [], data: Buffer.alloc(0) }),
		/no tensors \(number at byte 8\)/,
	],
	[
		'norm in half precision',
		// Last in the file, so that no offset changes.
		changeTensor(NORM, { type: 1 }),
		/"output_norm\.weight" has the type F16/,
	],
];

/** Not GGUF at all. */
const OTHER_FILES: readonly (readonly [name: string, bytes: Buffer, names: RegExp])[] = [
	['empty', Buffer.alloc(0), /empty \(0 bytes\)/],
	['one byte', Buffer.from('G'), /byte 0 needs 4 bytes, but the file ends at byte 1/],
	['magic only', Buffer.from('GGUF'), /version at byte 4 needs 4 bytes/],
	['web page', Buffer.from('<!DOCTYPE html>\n<html><title>404</title></html>'), /web page.*byte 0/],
	['web page after a blank', Buffer.from('\n  <html lang="en"><body>Log in</body></html>'), /web page/],
	[
		'Git LFS pointer',
		Buffer.from('version https://git-lfs.github.com/spec/v1\noid sha256:00'),
		/Git LFS pointer/,
	],
	[
		'safetensors',
		Buffer.concat([Buffer.from([9, 0, 0, 0, 0, 0, 0, 0]), Buffer.from('{"a":{}}')]),
		/another format/,
	],
	['format before GGUF', Buffer.from('lmgg\0\0\0\0'), /before GGUF.*byte 0/],
	['text', Buffer.from('# Models\n\nSee the release page.'), /byte 0 does not hold/],
	['noise', Buffer.from(Array.from({ length: 4_096 }, (_, index) => (index * 167) % 256)), /byte 0/],
	['zeros', Buffer.alloc(4_096), /byte 0/],
	['big endian', assemble({ ...sound, version: 0x0300_0000 }), /big-endian.*byte 4/],
	[
		'half a header',
		soundModel.subarray(0, 2_000),
		/at byte \d+ needs \d+ bytes, but the file ends at byte 2000/,
	],
	['half a model', soundModel.subarray(0, soundModel.length >> 1), /\d+ bytes are missing/],
];

/** Every handcrafted file. */
export const badModels: readonly BadModel[] = [
	...HANDCRAFTED.map(([name, draft, names]) => ({ name, bytes: assemble(draft), names })),
	...CRASHES.map(([name, change, names]) => ({ name, bytes: assemble(change(sound)), names })),
	...OTHER_FILES.map(([name, bytes, names]) => ({ name, bytes, names })),
];

/** How many of `badModels` carry the names of test-gguf.cpp. */
export const handcraftedCount = HANDCRAFTED.length;

export interface Mutation {
	readonly name: string;
	readonly bytes: Buffer;
}

const EXTREMES: readonly bigint[] = [
	0n,
	1n,
	0x7fn,
	0xffn,
	0xffffn,
	0x7fff_ffffn,
	0xffff_ffffn,
	1n << 63n,
	-1n,
];

/** Random damage to the header of the sound model: flipped bits, extreme numbers, lost and added bytes, truncation. */
export function mutations(count: number, seed: number): readonly Mutation[] {
	const random = seededRandom(seed);
	const below = (limit: number) => Math.floor(random() * limit);
	const headerBytes = soundModel.length - sound.data.length;
	const vocabulary = vocabularyBytes();
	/** A place in the header; mostly outside the token lists, which are long and harmless. */
	const place = () => {
		const outside = below(headerBytes - (vocabulary.end - vocabulary.start));
		if (random() < 0.2) {
			return vocabulary.start + below(vocabulary.end - vocabulary.start);
		}
		return outside < vocabulary.start ? outside : outside + vocabulary.end - vocabulary.start;
	};
	return Array.from({ length: count }, (_, index): Mutation => {
		const at = place();
		const copy = Buffer.from(soundModel);
		const name = (what: string) => `${index}: ${what} at byte ${at}`;
		switch (index % 5) {
			case 0:
				copy[at] = (copy[at] ?? 0) ^ (1 << below(8));
				return { name: name('flipped bit'), bytes: copy };
			case 1:
				copy[at] = below(256);
				return { name: name('other byte'), bytes: copy };
			case 2: {
				const value = BigInt.asUintN(64, EXTREMES[below(EXTREMES.length)] ?? 0n);
				const width = random() < 0.5 ? 4 : 8;
				for (let byte = 0; byte < width && at + byte < headerBytes; byte++) {
					copy[at + byte] = Number((value >> BigInt(byte * 8)) & 0xffn);
				}
				return { name: name(`${width} bytes of ${value}`), bytes: copy };
			}
			case 3: {
				const length = 1 + below(16);
				const middle = random() < 0.5 ? Buffer.alloc(length, below(256)) : Buffer.alloc(0);
				const rest = middle.length > 0 ? at : at + length;
				return {
					name: name(middle.length > 0 ? `${length} bytes added` : `${length} bytes lost`),
					bytes: Buffer.concat([copy.subarray(0, at), middle, copy.subarray(rest)]),
				};
			}
			default: {
				// Half of the cuts fall into the data.
				const end = random() < 0.5 ? at : headerBytes + below(sound.data.length);
				return { name: `${index}: truncated to ${end} bytes`, bytes: copy.subarray(0, end) };
			}
		}
	});
}

/** Where the tokens, their types and the merges lie in the sound model. */
function vocabularyBytes(): { readonly start: number; readonly end: number } {
	const start = soundModel.indexOf('tokenizer.ggml.tokens');
	const end = soundModel.indexOf('tokenizer.ggml.add_bos_token');
	return { start, end };
}
