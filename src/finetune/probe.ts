/** Entry of the doctor's probe: loads every package of ggml as a trainer does, and says what it finds. Trains nothing. */

import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ProbeLine, Tried } from '../inference/doctor/nativeAnswer';
import { messageOf } from '../inference/failure';
import { Device } from './ggml/device';
import { chooseDevice, isGpu, type KnownDevice } from './ggml/deviceChoice';
import { loadGgml } from './ggml/ggml';
import { findLibraries, type LibraryFiles } from './ggml/libraries';

function say(line: ProbeLine): void {
	process.stdout.write(`${JSON.stringify(line)}\n`);
}

function look(files: LibraryFiles): readonly KnownDevice[] {
	const name = path.basename(files.folder);
	say({ type: 'trying', package: name });
	let answer: Tried;
	let devices: readonly KnownDevice[] = [];
	try {
		const ggml = loadGgml(files);
		devices = Device.all(ggml);
		answer = {
			type: 'tried',
			package: name,
			version: ggml.version,
			devices: devices.map((device) => ({
				description: device.description,
				registry: device.registry,
				isGpu: isGpu(device),
			})),
		};
	} catch (error) {
		answer = { type: 'tried', package: name, devices: [], problem: messageOf(error) };
	}
	say(answer);
	return devices;
}

try {
	const found = findLibraries(fileURLToPath(import.meta.url), 'auto', process.argv[2]).map(look);
	// As a trainer chooses: the first package with a GPU, else any with a processor.
	const devices = found.find((one) => one.some(isGpu)) ?? found.find((one) => one.length > 0) ?? [];
	const chosen = chooseDevice(devices, 'auto');
	say({
		type: 'probed',
		trainsOn: chosen === undefined ? undefined : `${chosen.registry} (${chosen.description})`,
	});
} catch (error) {
	say({ type: 'probed', problem: messageOf(error) });
}
