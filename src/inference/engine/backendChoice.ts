/** Opens llama.cpp on the backend that was asked for, or on the best one that works. */

import type { Llama } from 'node-llama-cpp';
import { type Backend, ModelUnavailable } from '../model';
import { explainCpu, type GpuProbe, whyNot } from './backends';
import type { Gpu, LlamaLibrary } from './llamaLibrary';
import { messageOf } from './loadPlan';

export interface OpenBackend {
	readonly llama: Llama;
	/** Why it is no GPU although one would have been taken. */
	readonly reason: string | undefined;
}

export class BackendChoice {
	constructor(
		private readonly library: LlamaLibrary,
		private readonly log: (line: string) => void,
	) {}

	/** @throws ModelUnavailable when a backend was chosen by name and cannot be used. */
	async open(backend: Backend): Promise<OpenBackend> {
		if (backend === 'cpu') {
			return { llama: await this.openCpu(), reason: undefined };
		}
		if (backend === 'auto') {
			const llama = await this.library.open('auto', this.log);
			return { llama, reason: llama.gpu === false ? explainCpu(await this.probe()) : undefined };
		}
		return { llama: await this.openGpu(backend), reason: undefined };
	}

	openCpu(): Promise<Llama> {
		return this.library.open(false, this.log);
	}

	private async openGpu(gpu: Gpu): Promise<Llama> {
		try {
			const llama = await this.library.open(gpu, this.log);
			if (llama.gpu === gpu) {
				return llama;
			}
			await llama.dispose();
		} catch (error) {
			this.log(messageOf(error));
		}
		const probe = (await this.probe()).find(({ backend }) => backend === gpu);
		const why = whyNot(probe ?? { backend: gpu, isInstalled: false, isSupported: false });
		throw new ModelUnavailable({
			code: 'backend-unavailable',
			message: `The chosen backend cannot be used. ${why}.`,
			remedies: ['use-cpu', 'show-log'],
		});
	}

	private async probe(): Promise<GpuProbe[]> {
		const [valid, supported] = await Promise.all([
			this.library.gpus('allValid'),
			this.library.gpus('supported'),
		]);
		return valid.map((backend) => ({
			backend,
			isInstalled: isPackaged(backend),
			isSupported: supported.includes(backend),
		}));
	}
}

/** Whether node-llama-cpp's package for a kind of GPU lies next to it. */
function isPackaged(gpu: Gpu): boolean {
	const names: Readonly<Record<string, string>> = { darwin: 'mac', win32: 'win' };
	const platform = names[process.platform] ?? process.platform;
	try {
		return import.meta.resolve(`@node-llama-cpp/${platform}-${process.arch}-${gpu}`) !== '';
	} catch {
		return false;
	}
}
