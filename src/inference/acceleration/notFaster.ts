/** Why no faster backend computes, as a sentence: for the status bar, the diagnostics and the doctor. */

import { type Backend, backendNames, type NotFaster } from '../model';
import type { Translate } from '../statusText';
import { type CudaFit, cudaFit } from './cudaFit';
import type { SystemQueries } from './nvidia';
import { packagePath, versionAt } from './pack';

interface Facts {
	/** What the settings say. */
	readonly asked: Backend;
	readonly used: Exclude<Backend, 'auto'>;
	/** Absolute path of the folder of packs; undefined where none are looked for. */
	readonly packsFolder: string | undefined;
	/** Why the backend is not what was asked for; undefined where nothing fell back. */
	readonly fallbackReason?: string | undefined;
}

/** The host has no translations; the words are those of the source. */
const plain: Translate = (message, ...values) =>
	message.replace(/\{(\d+)\}/g, (_, index) => String(values[Number(index)]));

/** Looks whether CUDA would work; asked while a model loads, since a driver may take its time. Never rejects. */
export function lookForCuda(queries: SystemQueries, signal: AbortSignal): Promise<CudaFit> {
	return cudaFit({ queries, translate: plain }, signal);
}

/** @returns undefined where no backend is faster, or what is known is said already. */
export function whyNotFaster(
	{ asked, used, packsFolder, fallbackReason }: Facts,
	fit: CudaFit | undefined,
): NotFaster | undefined {
	if (used === 'cuda' || used === 'metal') {
		return undefined;
	}
	if (asked !== 'auto' || fit === undefined) {
		return fallbackReason === undefined
			? { reason: `familiar.model.backend chooses ${backendNames[used]}.`, remedy: 'setting' }
			: undefined;
	}
	switch (fit.type) {
		case 'none':
			return used === 'vulkan'
				? { reason: 'CUDA is for GPUs by NVIDIA; for others Vulkan is the fastest there is.', remedy: 'none' }
				: fallbackReason === undefined
					? { reason: fit.reason, remedy: 'none' }
					: undefined;
		case 'no':
			return { reason: `CUDA may be faster and cannot be used. ${fit.reason}`, remedy: 'pack' };
		case 'fits': {
			const versions = fit.packs.map((pack) =>
				packsFolder === undefined ? undefined : versionAt(packagePath(packsFolder, pack.name)),
			);
			if (versions.some((version) => version === undefined)) {
				return {
					reason: `${fit.device}: CUDA may be faster, and its pack is not installed: Familiar: Get GPU Acceleration…`,
					remedy: 'pack',
				};
			}
			return fit.packs.every(({ version }, index) => version === versions[index])
				? {
						reason: `${fit.device}: the pack for CUDA is installed, and llama.cpp does not start with it here. The log says why.`,
						remedy: 'pack',
					}
				: {
						reason: `${fit.device}: the pack for CUDA is of another version (${versions.join(', ')}) than this one of Familiar takes: Familiar: Get GPU Acceleration…`,
						remedy: 'pack',
					};
		}
	}
}
