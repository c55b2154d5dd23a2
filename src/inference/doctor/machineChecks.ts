/** What the machine has left: memory for the model, and a disk that takes what Familiar keeps. */

import { settings } from '../../manifest';
import type { ModelState } from '../model';
import { formatBytes, type Translate } from '../statusText';
import { advice, attention, commandHelps, type Finding, ok, setting, wrong } from './check';

interface MemoryFacts {
	/** Bytes that programs can have without others being pushed out. */
	readonly free: number;
	readonly total: number;
	readonly state: ModelState;
	/** Bytes of the model's file; undefined where it cannot be read. */
	readonly fileBytes: number | undefined;
}

/** What the folder said; `reason` where it could not be written to. */
export interface DiskFacts {
	/** Absolute. */
	readonly folder: string;
	/** Bytes; undefined where the system does not say. */
	readonly free: number | undefined;
	readonly problem: string | undefined;
}

/** Of the file's bytes: the weights, and a tenth for the context and what is computed with. */
const NEED = 1.1;
/** Of all memory: with less left, the system begins to swap. */
const LEAST_SHARE = 0.05;
/** Bytes: an adapter with its checkpoints takes this much; with the second nothing can be kept. */
const LITTLE_DISK = 1e9;
const NO_DISK = 5e7;

export function memoryFinding(facts: MemoryFacts, translate: Translate): Finding {
	const { free, total, state, fileBytes } = facts;
	const name = translate('Memory');
	const { selectModel } = commandHelps(translate);
	const left = translate('{0} of {1} free', formatBytes(free), formatBytes(total));
	if (state.type === 'ready') {
		const { host, gpu } = state.model.memory;
		const text = translate(
			'{0}; the model uses {1}, and {2} of a GPU',
			left,
			formatBytes(host),
			formatBytes(gpu),
		);
		return free < total * LEAST_SHARE
			? attention(
					name,
					text,
					advice(translate('Close other programs.')),
					setting(settings.contextSize),
					selectModel,
				)
			: ok(name, text);
	}
	const need = fileBytes === undefined ? 0 : fileBytes * NEED;
	const text = translate('{0}; the model needs about {1}', left, formatBytes(need));
	return need > free
		? wrong(name, text, selectModel, advice(translate('Close other programs.')))
		: ok(name, text);
}

export function diskFinding({ folder, free, problem }: DiskFacts, translate: Translate): Finding {
	const name = translate('Disk');
	if (problem !== undefined) {
		return wrong(
			name,
			translate('{0} cannot be written to: {1}', folder, problem),
			advice(translate('Make room, or make the folder writable.')),
		);
	}
	if (free === undefined) {
		return ok(name, translate('{0} can be written to', folder));
	}
	const text = translate('{0} can be written to, {1} free', folder, formatBytes(free));
	const room = advice(translate('Make room: fine-tuning keeps checkpoints.'));
	return free < NO_DISK
		? wrong(name, text, room)
		: free < LITTLE_DISK
			? attention(name, text, room)
			: ok(name, text);
}
