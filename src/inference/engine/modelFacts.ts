/** What is said of a loaded model and of the machine it runs on. */

import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { Llama, LlamaModel } from 'node-llama-cpp';
import { keepStart } from '../clip';
import { hasTooManyScores } from '../fit/memory';
import type { ModelDescription } from '../model';
import type { LlamaLibrary } from './llamaLibrary';

/** Most UTF-16 units of a name: it is shown in one line, and a file can hold a megabyte of it. */
const LONGEST_NAME = 200;

type FileFacts = Pick<
	ModelDescription,
	| 'path'
	| 'name'
	| 'architecture'
	| 'parameters'
	| 'quantisation'
	| 'fileBytes'
	| 'trainedContext'
	| 'gpuLayers'
	| 'totalLayers'
>;

type MachineFacts = Pick<ModelDescription, 'backend' | 'devices' | 'memory' | 'engineVersion'>;

export function fileFacts(library: LlamaLibrary, model: LlamaModel, file: string): FileFacts {
	const { general } = model.fileInfo.metadata;
	return {
		path: file,
		name: nameOf(general.name, file),
		architecture: general.architecture,
		parameters: parametersOf(model),
		quantisation: quantisationOf(library, model),
		fileBytes: fs.statSync(file).size,
		trainedContext: model.trainContextSize,
		gpuLayers: model.gpuLayers,
		totalLayers: model.fileInsights.totalLayers,
	};
}

/** The name that the file gives itself, at most 200 UTF-16 units of it; the file's own name where it gives none. */
export function nameOf(name: unknown, file: string): string {
	const text = typeof name === 'string' && name !== '' ? name : path.basename(file, '.gguf');
	return keepStart(text, LONGEST_NAME);
}

export async function machineFacts(library: LlamaLibrary, llama: Llama): Promise<MachineFacts> {
	const { gpuVram } = await llama.getLlamaMemoryUsage();
	return {
		backend: llama.gpu === false ? 'cpu' : llama.gpu,
		devices: llama.gpu === false ? [os.cpus()[0]?.model ?? 'CPU'] : await llama.getGpuDeviceNames(),
		memory: { host: process.memoryUsage.rss(), gpu: gpuVram },
		engineVersion: `llama.cpp ${llama.llamaCppRelease.release}, node-llama-cpp ${await library.version()}`,
	};
}

export function isOnGpu(model: LlamaModel): boolean {
	return model.gpuLayers >= model.fileInsights.totalLayers;
}

/**
 * On the CPU, writing is faster without it, and the deeper the context, the more: with heads of 64 behind 200, 860 and
 * 3,000 tokens 1.08, 1.36 and 1.65 times as fast (0.5 billion parameters, Q8_0, two threads), with heads of 32 five
 * times. Reading is 7 to 17 % slower there, or twice as fast in a model of 13 million.
 * @param contextSize tokens of a sequence. @param batch tokens of the largest batch.
 */
export function wantsFlashAttention(
	{ gpuLayers, heads }: { readonly gpuLayers: number; readonly heads: number },
	contextSize: number,
	batch: number,
): boolean {
	return gpuLayers > 0 || hasTooManyScores(heads, contextSize, batch);
}

/** Attention heads of the layer that has most; 1 where the file does not say. */
export function headsOf(model: LlamaModel): number {
	const heads = model.fileInfo.architectureMetadata.attention?.head_count;
	return Array.isArray(heads) ? Math.max(1, ...heads) : (heads ?? 1);
}

function parametersOf(model: LlamaModel): number {
	const tensors = model.fileInfo.fullTensorInfo ?? [];
	return tensors.reduce(
		(sum, { dimensions }) => sum + dimensions.reduce<number>((product, size) => product * Number(size), 1),
		0,
	);
}

function quantisationOf(library: LlamaLibrary, model: LlamaModel): string {
	const type = model.fileInfo.metadata.general.file_type;
	const name = type === undefined ? undefined : library.fileTypeName(type);
	const dominant = model.fileInsights.dominantTensorType;
	return (
		name?.replace(/^(ALL|MOSTLY)_/, '') ??
		(dominant === undefined ? undefined : library.tensorTypeName(dominant)) ??
		'unknown'
	);
}
