/** Whether CUDA would work on this machine, with which packs, and in words why not. */

import type { Translate } from '../statusText';
import { missingLibraries } from './linkedLibraries';
import { type NvidiaDriver, nvidiaDriver, type SystemQueries } from './nvidia';
import { packs as allPacks, type Pack, platformName } from './pack';

/** `none`: no GPU by NVIDIA. `no`: one, and something is in the way that somebody could change, or a lack of packs. */
export type CudaFit =
	| { readonly type: 'none'; readonly reason: string }
	| { readonly type: 'no'; readonly reason: string }
	| { readonly type: 'fits'; readonly packs: readonly Pack[]; readonly device: string };

/** One release of CUDA that the packs are built with. */
interface Release {
	readonly cuda: number;
	/** Ends of the names of its packs: the second one is loaded by the first. */
	readonly packs: readonly string[];
	/** Oldest driver (NVIDIA's table of minor version compatibility). */
	readonly driver: number;
	/** Oldest GPU, by its compute capability. */
	readonly capability: number;
	/** The GPUs that it has code for; for others the driver compiles it, which takes a driver as new as the compiler. */
	readonly native: (capability: number) => boolean;
	/** Oldest driver that compiles. */
	readonly compiler: number;
}

/** Of node-llama-cpp 3.22: built with CUDA 13.1 (sm_86, 89, 120, 121, PTX for 75, 80, 90), and with CUDA 12 (PTX from 50). */
const RELEASES: readonly Release[] = [
	{
		cuda: 13,
		packs: ['-cuda'],
		driver: 580,
		capability: 7.5,
		native: (capability) => (capability >= 8.6 && capability < 9) || (capability >= 12 && capability < 13),
		compiler: 590,
	},
	{
		cuda: 12,
		packs: ['-cuda', '-cuda-ext'],
		driver: 525,
		capability: 5,
		native: () => true,
		compiler: 525,
	},
];

interface Options {
	readonly queries: SystemQueries;
	readonly translate: Translate;
	/** As names of packs begin; default: this one. */
	readonly platform?: string;
	/** Default: those that are described. */
	readonly packs?: readonly Pack[];
}

export async function cudaFit(options: Options, signal: AbortSignal): Promise<CudaFit> {
	const { queries, translate, platform = platformName(), packs = allPacks } = options;
	const driver = await nvidiaDriver(queries, signal);
	if (driver === undefined) {
		return {
			type: 'none',
			reason: translate('No NVIDIA driver was found: neither nvidia-smi nor its kernel module answers.'),
		};
	}
	const device = driver.gpus.map(({ name }) => name).join(', ') || 'NVIDIA';
	const reasons: string[] = [];
	for (const release of RELEASES) {
		const needed = release.packs.map((end) => packs.find(({ name }) => name === `${platform}${end}`));
		const there = needed.filter((pack) => pack !== undefined);
		if (there.length < needed.length) {
			reasons.push(translate('There is no pack for CUDA {0} on {1}.', release.cuda, platform));
			continue;
		}
		const reason =
			driverReason(release, driver, translate) ??
			librariesReason(release, await missingLibraries(librariesOf(there), queries, signal), translate);
		if (reason === undefined) {
			return { type: 'fits', packs: there, device };
		}
		reasons.push(reason);
	}
	return { type: 'no', reason: `${device}: ${reasons.join(' ')}` };
}

/** Why the driver or the GPU is too old; undefined where it is not, or does not say. */
function driverReason(release: Release, driver: NvidiaDriver, translate: Translate): string | undefined {
	const { cuda } = release;
	const capabilities = driver.gpus.flatMap(({ capability }) =>
		capability === undefined ? [] : [capability],
	);
	// Of several GPUs the newest decides: llama.cpp passes over what it cannot use.
	const capability = capabilities.length === 0 ? undefined : Math.max(...capabilities);
	if (capability !== undefined && capability < release.capability) {
		return translate(
			'CUDA {0} needs a GPU of compute capability {1}, and this one has {2}.',
			cuda,
			release.capability.toFixed(1),
			capability.toFixed(1),
		);
	}
	const isCompiled = capability !== undefined && !release.native(capability);
	const oldest = isCompiled ? release.compiler : release.driver;
	const version = Number.parseInt(driver.version ?? '', 10);
	return version < oldest
		? translate(
				'CUDA {0} needs driver {1} for this GPU, and here is {2}.',
				cuda,
				oldest,
				driver.version ?? '',
			)
		: undefined;
}

/** What a pack names, and what those libraries need in turn. */
function librariesOf(packs: readonly Pack[]): readonly string[] {
	// Of the two packs for CUDA 12, the first one's own code for CUDA 13 is not what computes.
	const names = packs.at(-1)?.needs ?? [];
	return names.flatMap((name) =>
		name.startsWith('libcublas.') ? [name, name.replace('cublas', 'cublasLt')] : [name],
	);
}

function librariesReason(
	{ cuda }: Release,
	missing: readonly string[],
	translate: Translate,
): string | undefined {
	return missing.length === 0
		? undefined
		: translate(
				'CUDA {0} needs libraries of NVIDIA that no pack has, where the system’s linker finds them: {1} (in the CUDA toolkit {0}, or its parts cudart and cublas).',
				cuda,
				missing.join(', '),
			);
}
