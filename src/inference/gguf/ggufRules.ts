/** What must hold of a model's metadata and tensors before llama.cpp, which aborts the process on some, sees them. */
import { GgufError } from './blockReader';
import type { GgufHeader } from './gguf';
import { architectureKind } from './ggufArchitectures';
import { checkAttention } from './ggufAttention';
import { invalid, Metadata } from './ggufMetadata';
import type { GgufTensor } from './ggufTensors';
import { checkTokenizer } from './ggufTokenizer';

/** LLAMA_MAX_LAYERS and LLAMA_MAX_EXPERTS in src/llama-hparams.h of llama.cpp v0.5.0. */
const MAX_LAYERS = 512;
const MAX_EXPERTS = 1_024;
const MAX_WIDTH = 1 << 20;
const MAX_FEED_FORWARD = 1 << 24;
const MAX_CONTEXT = 2 ** 31 - 1;
const ROPE_SCALINGS: readonly string[] = ['none', 'linear', 'yarn', 'longrope'];

/** Throws a `GgufError` that names the metadata key or tensor if this is not a usable text model. */
export function checkModelHeader(header: GgufHeader): void {
	const metadata = new Metadata(header.metadata);
	const architecture = checkKind(metadata);
	const kind = architectureKind(architecture);
	if (kind.type !== 'generator') {
		const reason = kind.type === 'other' ? kind.what : 'this version of llama.cpp does not know it';
		throw new GgufError(
			`metadata key "general.architecture" is "${architecture}": ${reason}`,
			'architecture',
		);
	}
	const layers = metadata.count(`${architecture}.block_count`, 1, MAX_LAYERS);
	const width = metadata.count(`${architecture}.embedding_length`, 1, MAX_WIDTH);
	metadata.count(`${architecture}.context_length`, 1, MAX_CONTEXT);
	// Layers that only predict further tokens; llama.cpp takes them off the others.
	metadata.optionalCount(`${architecture}.nextn_predict_layers`, 0, layers - 1);
	if (!kind.recurrent) {
		checkAttention(metadata, header.tensors, {
			architecture,
			layers,
			width,
			oneHeadLength: kind.oneHeadLength,
		});
		checkFeedForward(metadata, architecture, layers);
	}
	checkExperts(metadata, architecture, layers);
	checkNumerics(metadata, architecture);
	const vocabulary = checkTokenizer(metadata, kind.recurrent);
	if (header.tensors.length === 0) {
		throw new GgufError(
			'it has no tensors (number at byte 8): it is a vocabulary without a model',
			'no-tensors',
		);
	}
	checkTensors(header.tensors, width, vocabulary);
}

function checkKind(metadata: Metadata): string {
	const type = metadata.string('general.type') ?? 'model';
	if (type === 'adapter' || metadata.get('adapter.type') !== undefined) {
		throw new GgufError('metadata key "general.type" says that it is an adapter, not a model', 'adapter');
	}
	if (type !== 'model') {
		throw new GgufError(`metadata key "general.type" is "${type}" instead of "model"`, 'architecture');
	}
	return metadata.string('general.architecture') ?? invalid('metadata key "general.architecture" is missing');
}

function checkFeedForward(metadata: Metadata, architecture: string, layers: number): void {
	const key = `${architecture}.feed_forward_length`;
	const lengths = metadata.perLayer(key, layers) ?? [0];
	const expertKey = `${architecture}.expert_feed_forward_length`;
	const expertLengths = metadata.perLayer(expertKey, layers) ?? [0];
	// Hybrid models have layers without it, and zeros there; mixtures of experts may have the other key alone.
	for (const length of [...lengths, ...expertLengths]) {
		if (length > MAX_FEED_FORWARD) {
			invalid(`metadata key "${key}" or "${expertKey}" has ${length} instead of 0 to ${MAX_FEED_FORWARD}`);
		}
	}
	// Where there is none at all, llama.cpp aborts.
	if (Math.max(...lengths, ...expertLengths) === 0) {
		invalid(`metadata key "${key}" is missing or 0`);
	}
}

function checkExperts(metadata: Metadata, architecture: string, layers: number): void {
	const experts = metadata.optionalCount(`${architecture}.expert_count`, 0, MAX_EXPERTS) ?? 0;
	const usedKey = `${architecture}.expert_used_count`;
	const used = Math.max(0, ...(metadata.perLayer(usedKey, layers) ?? []));
	// Dense Hunyuan models say that they use one expert of one; llama.cpp has an exception for them.
	const isDense = architecture.startsWith('hunyuan') && experts <= 1;
	if (!isDense && (used > experts || (experts > 0 && used === 0))) {
		invalid(`metadata key "${usedKey}" is ${used} of ${experts} experts`);
	}
	const groupsKey = `${architecture}.expert_group_count`;
	const groups = metadata.optionalCount(groupsKey, 0, MAX_EXPERTS) ?? 0;
	if (groups > 0 && (groups >= experts || experts % groups !== 0)) {
		invalid(`metadata key "${groupsKey}" is ${groups}, which does not divide ${experts} experts`);
	}
	const usedGroupsKey = `${architecture}.expert_group_used_count`;
	const usedGroups = metadata.optionalCount(usedGroupsKey, 0, MAX_EXPERTS) ?? 0;
	if (groups > 1 && (usedGroups < 1 || usedGroups >= groups)) {
		invalid(`metadata key "${usedGroupsKey}" is ${usedGroups} of ${groups} groups`);
	}
}

function checkNumerics(metadata: Metadata, architecture: string): void {
	for (const name of ['layer_norm_epsilon', 'layer_norm_rms_epsilon', 'group_norm_epsilon']) {
		const key = `${architecture}.attention.${name}`;
		const epsilon = metadata.number(key, 'float32');
		// Written so that NaN is refused as well.
		if (epsilon !== undefined && !(epsilon >= 0 && epsilon <= 1)) {
			invalid(`metadata key "${key}" is ${epsilon} instead of 0 to 1`);
		}
	}
	for (const name of ['rope.freq_base', 'rope.scaling.factor']) {
		const key = `${architecture}.${name}`;
		const value = metadata.number(key, 'float32');
		if (value !== undefined && !(value >= 0 && value < Number.POSITIVE_INFINITY)) {
			invalid(`metadata key "${key}" is ${value} instead of a positive number`);
		}
	}
	const scalingKey = `${architecture}.rope.scaling.type`;
	const scaling = metadata.string(scalingKey) ?? 'none';
	if (!ROPE_SCALINGS.includes(scaling)) {
		invalid(`metadata key "${scalingKey}" is "${scaling}" instead of one of ${ROPE_SCALINGS.join(', ')}`);
	}
}

function checkTensors(tensors: readonly GgufTensor[], width: number, vocabulary: number): void {
	const embedding = tensors.find((tensor) => tensor.name === 'token_embd.weight');
	if (embedding === undefined) {
		invalid('the tensor "token_embd.weight" is missing');
	}
	const [row, rows] = embedding.shape;
	if (row !== width || (rows ?? 1) !== vocabulary) {
		invalid(
			`the tensor "token_embd.weight" has the shape ${embedding.shape.join(' × ')} instead of ${width} × ${vocabulary}`,
		);
	}
	for (const { name, type } of tensors) {
		// The routing table of some mixtures of experts holds whole numbers.
		if (!type.weights && !name.includes('tid2eid')) {
			invalid(`the tensor "${name}" has the type ${type.name}, which weights never have`);
		}
		// The kernels that add and scale take F32 only, and abort on others.
		if (type.name !== 'F32' && /(_norm\.weight|\.bias)$/.test(name)) {
			invalid(`the tensor "${name}" has the type ${type.name} instead of F32`);
		}
	}
}
