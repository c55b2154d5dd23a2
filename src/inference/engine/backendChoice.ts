/** Opens llama.cpp on the backend that was asked for, or on the best one that works. */

import type { Llama } from 'node-llama-cpp';
import { messageOf } from '../failure';
import { type Backend, ModelUnavailable } from '../model';
import { isSoftwareGpu } from '../softwareGpu';
import { explainCpu, explainNoDevice, type GpuProbe, whyNot } from './backends';
import type { Gpu, LlamaLibrary } from './llamaLibrary';

/** llama.cpp, as far as it is asked here. */
type Opened = Pick<Llama, 'gpu' | 'dispose' | 'getGpuDeviceNames'>;

/** The part of `LlamaLibrary` that opens it. */
export interface BackendLibrary<L extends Opened> extends Pick<LlamaLibrary, 'gpus'> {
	open(...how: Parameters<LlamaLibrary['open']>): Promise<L>;
}

export interface OpenBackend<L extends Opened> {
	readonly llama: L;
	/** Why it is no GPU although one would have been taken. */
	readonly reason: string | undefined;
}

export class BackendChoice<L extends Opened> {
	constructor(
		private readonly library: BackendLibrary<L>,
		private readonly log: (line: string) => void,
	) {}

	/**
	 * @param backend one that is named is taken as it is, software that poses as a GPU too; `auto` prefers the CPU to that.
	 * @throws ModelUnavailable when a backend was chosen by name and cannot be used.
	 */
	async open(backend: Backend): Promise<OpenBackend<L>> {
		if (backend === 'cpu') {
			return { llama: await this.openCpu(), reason: undefined };
		}
		return backend === 'auto' ? this.openBest() : { llama: await this.openGpu(backend), reason: undefined };
	}

	openCpu(): Promise<L> {
		return this.library.open(false, this.log);
	}

	private async openBest(): Promise<OpenBackend<L>> {
		const llama = await this.library.open('auto', this.log);
		if (llama.gpu === false) {
			return { llama, reason: explainCpu(await this.probe()) };
		}
		const devices = await llama.getGpuDeviceNames();
		if (devices.some((name) => !isSoftwareGpu(name))) {
			return { llama, reason: undefined };
		}
		const reason = explainNoDevice(llama.gpu, devices);
		await llama.dispose();
		return { llama: await this.openCpu(), reason };
	}

	private async openGpu(gpu: Gpu): Promise<L> {
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
