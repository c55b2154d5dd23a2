/** Machines that models ran on, as the cache folder would tell of them. */
import type { MachineProfile } from '../../src/inference/fit/profile';
import type { ModelShape } from '../../src/inference/fit/shape';
import {
	type Measured,
	readMilliseconds,
	type Speed,
	writeMilliseconds,
} from '../../src/inference/fit/speed';

/** Some 30 GB and 200 billion multiplications a second. */
export const PROCESSOR: Speed = { byte: 3e-8, quantised: 5e-9, float: 2e-8, vector: 1e-5, call: 0.02 };
/** Some 400 GB and 10 trillion multiplications a second. */
export const CARD: Speed = { byte: 2.5e-9, quantised: 1e-10, float: 1e-10, vector: 4e-7, call: 0.03 };

export function measuredOn(device: 'cpu' | 'gpu', shape: ModelShape): Measured {
	const speed = device === 'cpu' ? PROCESSOR : CARD;
	return {
		shape,
		batch: 128,
		readMilliseconds: readMilliseconds(speed, shape, 128, 0),
		writeMilliseconds: writeMilliseconds(speed, shape, 4),
	};
}

export function profileOn(backend: MachineProfile['backend'], measured: readonly Measured[]): MachineProfile {
	return {
		backend,
		devices: ['a device'],
		engineVersion: 'llama.cpp 1',
		processor: 'a processor',
		cores: 8,
		video: undefined,
		runs: measured.map((one, index) => ({ path: `/models/${index}.gguf`, fileBytes: 1, measured: one })),
	};
}
