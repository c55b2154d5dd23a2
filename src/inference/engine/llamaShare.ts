/** What all models of a process have in common: whose turn it is, and llama.cpp, opened once for each kind of backend. */

import type { Llama } from 'node-llama-cpp';
import type { Backend } from '../model';
import { BackendChoice, type OpenBackend } from './backendChoice';
import type { Calibration } from './calibration';
import { Gate } from './gate';
import type { LlamaLibrary } from './llamaLibrary';

/** Of a model on this machine. */
export interface Speed {
	readonly calibration: Calibration;
	/** Milliseconds for a token that is chosen, too. */
	readonly writeMilliseconds: number;
}

export class LlamaShare {
	readonly gate = new Gate();
	/** What was measured of a model before it left memory, by what it was measured with. */
	readonly calibrations = new Map<string, Speed>();
	readonly #backends: BackendChoice<Llama>;
	readonly #opened = new Map<Backend, Promise<OpenBackend<Llama>>>();

	constructor(library: LlamaLibrary, log: (line: string) => void) {
		this.#backends = new BackendChoice(library, log);
	}

	/**
	 * It stays open for others: closing one ends what the library shares with the others.
	 * @throws ModelUnavailable when a backend was chosen by name and cannot be used; the next call tries again.
	 */
	async open(backend: Backend): Promise<OpenBackend<Llama>> {
		const opening = this.#opened.get(backend) ?? this.#backends.open(backend);
		this.#opened.set(backend, opening);
		try {
			return await opening;
		} catch (error) {
			this.#opened.delete(backend);
			throw error;
		}
	}

	/** When no model is loaded any more. */
	async dispose(): Promise<void> {
		const opened = await Promise.allSettled(this.#opened.values());
		this.#opened.clear();
		for (const result of opened) {
			if (result.status === 'fulfilled') {
				await result.value.llama.dispose();
			}
		}
	}
}
