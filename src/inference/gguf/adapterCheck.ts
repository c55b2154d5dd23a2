/** Reads a LoRA adapter's file: what it says of itself, and in a user's words why a model cannot use it. */

import type { FileHandle } from 'node:fs/promises';
import * as path from 'node:path';
import { isAbort } from '../cancel';
import { keepStart } from '../clip';
import { messageOf } from '../failure';
import type { InspectedAdapter, Unsupported } from '../model';
import { partsOf } from '../modelFile';
import { adapterRunOf } from '../wire/adapterShapes';
import { ADAPTER_KEYS, type AdapterFacts } from './adapterKeys';
import { adapterTensorsProblem } from './adapterTensors';
import { GgufError } from './blockReader';
import { inFewWords } from './fewWords';
import { fingerprint } from './fingerprint';
import { findNonFinite } from './finiteTensors';
import { type GgufHeader, readGguf, readGgufFile } from './gguf';
import { checkComplete } from './ggufCheck';
import { invalid, Metadata } from './ggufMetadata';
import type { GgufTensor } from './ggufTensors';
import { FileFault, withGgufFile } from './regularFile';

/** Most UTF-16 units of a fact that is shown in one line. */
const LONGEST_FACT = 200;

/** Digits of a fingerprint in a message. */
const SHOWN_DIGITS = 12;

/** The model that adapters are to be used with. */
export interface BaseModel {
	/** Absolute path. */
	readonly path: string;
	/** As shown. */
	readonly name: string;
	readonly architecture: string;
	/** By name, those of all its parts. */
	readonly tensors: ReadonlyMap<string, GgufTensor>;
	/** Absolute path of the folder that remembers fingerprints. */
	readonly cacheFolder: string;
	/** Version of the prompt format that it is served with. */
	readonly promptFormat: number;
}

/** @throws GgufError; an error of the file system. */
export function readBase(
	options: Pick<BaseModel, 'path' | 'name' | 'cacheFolder' | 'promptFormat'>,
): BaseModel {
	const headers = (partsOf(options.path) ?? [options.path]).map((part) => readGgufFile(part));
	const tensors = headers.flatMap((header) => header.tensors).map((tensor) => [tensor.name, tensor] as const);
	const architecture = new Metadata(headers[0]?.metadata ?? new Map()).string('general.architecture') ?? '';
	return { ...options, architecture, tensors: new Map(tensors) };
}

/**
 * Whether `base` can use the adapter. `unsupported` for a file that is no adapter at all. One from elsewhere, that
 * does not say what it was trained for, is taken if all its tensors fit.
 * @throws AbortError when the signal fires; what is wrong with the base's own file.
 */
export async function checkAdapter(
	file: string,
	base: BaseModel,
	signal: AbortSignal,
): Promise<InspectedAdapter | Unsupported> {
	try {
		return await withGgufFile(file, async (handle, bytes) => {
			const header = readGguf(handle.fd, bytes);
			const facts = factsOf(header, file);
			const detail = await misfit(handle, header, facts, base, signal);
			return {
				type: 'facts',
				facts,
				problem: detail === undefined ? undefined : unusableBecause(file, detail),
				warning: promptWarning(file, facts, base),
			};
		});
	} catch (error) {
		if (isFault(error)) {
			return { type: 'unsupported', reason: unusable(file, error) };
		}
		throw error;
	}
}

/** Why the base cannot use it, and what helps; the quick looks first. */
async function misfit(
	handle: FileHandle,
	header: GgufHeader,
	facts: AdapterFacts,
	base: BaseModel,
	signal: AbortSignal,
): Promise<string | undefined> {
	const architecture = new Metadata(header.metadata).string('general.architecture');
	if (architecture !== base.architecture) {
		return `it was trained for the architecture "${architecture}", but ${base.name} is "${base.architecture}". Choose an adapter that was trained for this model`;
	}
	const tensors = adapterTensorsProblem(header.tensors, base.tensors);
	if (tensors !== undefined) {
		return `${tensors}. Choose an adapter that was trained for ${base.name}`;
	}
	if (facts.base !== undefined) {
		const loaded = await fingerprintOf(base, signal);
		if (facts.base !== loaded) {
			const digits = (hash: string) => keepStart(hash, SHOWN_DIGITS);
			return `it was trained on "${facts.baseName ?? 'another model'}" with the weights ${digits(facts.base)}, but "${base.name}" with the weights ${digits(loaded)} is loaded. Select the model that it was trained on, or train a new adapter`;
		}
	}
	const tensor = await findNonFinite(handle, header, signal);
	return tensor === undefined
		? undefined
		: `tensor "${tensor.name}" holds infinite numbers or NaN: the training went wrong. Choose another adapter or train a new one`;
}

/** What is wrong with the base is not said of the adapter. */
async function fingerprintOf(base: BaseModel, signal: AbortSignal): Promise<string> {
	try {
		return await fingerprint(base.path, base.cacheFolder, signal);
	} catch (error) {
		if (isAbort(error)) {
			throw error;
		}
		const reason = messageOf(error);
		throw new Error(`${path.basename(base.path)}, the model in use, cannot be read any more: ${reason}`, {
			cause: error,
		});
	}
}

function promptWarning(file: string, { promptFormat }: AdapterFacts, base: BaseModel): string | undefined {
	return promptFormat === undefined || promptFormat === base.promptFormat
		? undefined
		: `${path.basename(file)} was trained with version ${promptFormat} of the prompt format; version ${base.promptFormat} is in use, so it may help less.`;
}

/** Throws a `GgufError` for what is no LoRA adapter. */
function factsOf(header: GgufHeader, file: string): AdapterFacts {
	const metadata = new Metadata(header.metadata);
	const type = metadata.string('general.type');
	if (type !== 'adapter') {
		invalid(`it is no adapter (metadata key "general.type" is "${type ?? 'missing'}")`);
	}
	const kind = metadata.string('adapter.type');
	if (kind !== 'lora') {
		invalid(`it is no LoRA adapter (metadata key "adapter.type" is "${kind ?? 'missing'}")`);
	}
	if (metadata.get('adapter.alora.invocation_tokens') !== undefined) {
		invalid('it is an adapter that certain words switch on, which is not supported');
	}
	const alpha = metadata.number('adapter.lora.alpha', 'float32');
	if (alpha !== undefined && !Number.isFinite(alpha)) {
		invalid(`metadata key "adapter.lora.alpha" is ${alpha}`);
	}
	metadata.string('general.architecture') ?? invalid('metadata key "general.architecture" is missing');
	checkComplete(header);
	const fact = (key: string) => {
		const value = metadata.string(key);
		return value === undefined ? undefined : keepStart(value, LONGEST_FACT);
	};
	return {
		name: fact('general.name') ?? path.basename(file, '.gguf'),
		base: fact(ADAPTER_KEYS.base),
		baseName: fact(ADAPTER_KEYS.baseName),
		promptFormat: versionOf(metadata.string(ADAPTER_KEYS.promptFormat)),
		dataset: fact(ADAPTER_KEYS.dataset),
		run: adapterRunOf(metadata.string(ADAPTER_KEYS.run)),
		settings: metadata.string(ADAPTER_KEYS.settings),
		...(metadata.string(ADAPTER_KEYS.role) === 'chat' ? { role: 'chat' as const } : {}),
		versions: fact(ADAPTER_KEYS.versions),
	};
}

function versionOf(text: string | undefined): number | undefined {
	return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

function isFault(error: unknown): error is GgufError | FileFault {
	return error instanceof GgufError || error instanceof FileFault;
}

function unusable(file: string, fault: GgufError | FileFault): string {
	const advice = fault instanceof FileFault ? fault.advice : 'Choose a LoRA adapter in a whole GGUF file';
	return unusableBecause(file, `${fault.message}. ${advice}`);
}

function unusableBecause(file: string, detail: string): string {
	return `${path.basename(file)} cannot be used as an adapter: ${inFewWords(detail)}.`;
}
