/** Keeps what a loaded model did on this machine, and says what is expected of it. */

import * as os from 'node:os';
import { messageOf } from '../failure';
import { expectFirstToken } from '../fit/firstToken';
import { estimateMemory } from '../fit/memory';
import { type Device, type KeptSpeed, type MachineProfile, rememberRun } from '../fit/profile';
import { speedFrom } from '../fit/speed';
import type { ExpectedFit, ModelDescription } from '../model';
import type { Calibration } from './calibration';
import { countCores } from './cores';
import type { LoadedFile } from './modelLoader';

interface LoadedModel {
	readonly file: Pick<LoadedFile, 'llama' | 'model' | 'shape' | 'slot'>;
	readonly facts: Pick<ModelDescription, 'path' | 'fileBytes' | 'gpuLayers'>;
	readonly machine: Pick<ModelDescription, 'backend' | 'devices' | 'memory' | 'engineVersion'>;
	readonly calibration: Pick<Calibration, 'prefillTokens' | 'prefillTokensPerSecond'>;
	/** For one token. */
	readonly writeMilliseconds: number;
	readonly cacheFolder: string;
	/** What the next load need not measure; undefined where this one did not measure, either. */
	readonly measuredSpeed: KeptSpeed | undefined;
}

export function deviceOf(machine: Pick<ModelDescription, 'backend' | 'devices' | 'engineVersion'>): Device {
	return {
		backend: machine.backend,
		devices: machine.devices,
		engineVersion: machine.engineVersion,
		processor: os.cpus()[0]?.model ?? '',
		cores: countCores(),
	};
}

/** What cannot be kept is only logged: the model works without. */
export async function rememberModel(
	{ file, facts, machine, calibration, writeMilliseconds, cacheFolder, measuredSpeed }: LoadedModel,
	log: (line: string) => void,
): Promise<ExpectedFit> {
	const { shape, slot, llama } = file;
	const { contextSize } = slot;
	const run = {
		path: facts.path,
		fileBytes: facts.fileBytes,
		measured: {
			shape,
			batch: calibration.prefillTokens,
			readMilliseconds: (1_000 * calibration.prefillTokens) / calibration.prefillTokensPerSecond,
			writeMilliseconds,
		},
	};
	// What is computed in two places says nothing of either.
	const isWhole = machine.backend === 'cpu' || facts.gpuLayers > shape.layers;
	if (isWhole) {
		try {
			const video = await videoOf(llama, machine.memory.gpu);
			const newest = measuredSpeed && { ...run, speed: measuredSpeed };
			await rememberRun(cacheFolder, deviceOf(machine), video, newest);
		} catch (error) {
			log(`What was measured of this machine cannot be kept: ${messageOf(error)}`);
		}
	}
	// Of a model that runs, its own speeds tell more than those of others.
	const speed = speedFrom([run.measured], machine.backend === 'cpu' ? 'cpu' : 'gpu');
	const { warm, cold, tokens } = expectFirstToken(speed, shape);
	const { host, gpu } = estimateMemory(shape, { contextSize, gpuLayers: facts.gpuLayers });
	return { memory: { host, gpu }, firstToken: warm, coldFirstToken: cold, coldTokens: tokens };
}

async function videoOf(llama: LoadedFile['llama'], own: number): Promise<MachineProfile['video']> {
	if (llama.gpu === false) {
		return undefined;
	}
	const { total, free } = await llama.getVramState();
	return { total, free: free + own };
}
