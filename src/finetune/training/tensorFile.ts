/** The tensors' bytes of a GGUF file, which stays open, so that a file that is replaced meanwhile does no harm. */

import * as fs from 'node:fs';
import { type GgufHeader, readGgufFile } from '../../inference/gguf/gguf';
import type { GgufTensor } from '../../inference/gguf/ggufTensors';

export class TensorFile {
	readonly header: GgufHeader;
	readonly #descriptor: number;
	readonly #tensors: ReadonlyMap<string, GgufTensor>;

	/** @throws GgufError or the system's error naming the file. */
	constructor(readonly path: string) {
		this.header = readGgufFile(path);
		this.#tensors = new Map(this.header.tensors.map((tensor) => [tensor.name, tensor]));
		this.#descriptor = fs.openSync(path, 'r');
	}

	has(name: string): boolean {
		return this.#tensors.has(name);
	}

	/** @throws Error naming the tensor that is missing. */
	tensor(name: string): GgufTensor {
		const found = this.#tensors.get(name);
		if (found === undefined) {
			throw new Error(`${this.path} has no tensor ${name}, which its architecture needs.`);
		}
		return found;
	}

	/** Fills `target` with the tensor's bytes from `from` on. @throws Error when the file is shorter. */
	read(tensor: GgufTensor, from: number, target: Uint8Array): void {
		const start = this.header.dataStart + tensor.offset + from;
		for (let done = 0; done < target.length; ) {
			const count = fs.readSync(this.#descriptor, target, done, target.length - done, start + done);
			if (count === 0) {
				throw new Error(`${this.path} ends within ${tensor.name}: it is truncated or was changed meanwhile.`);
			}
			done += count;
		}
	}

	dispose(): void {
		fs.closeSync(this.#descriptor);
	}
}
