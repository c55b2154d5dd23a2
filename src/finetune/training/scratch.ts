/** Memory for bytes that are worked on and forgotten: one piece for all of them, as large as the largest so far. */

/// <reference lib="es2024.arraybuffer" />

export class Scratch {
	#buffer = new ArrayBuffer(0);

	/** What stands there is not defined, and what was taken before must not be used any more. */
	take(bytes: number): Uint8Array {
		if (this.#buffer.byteLength < bytes) {
			this.dispose();
			this.#buffer = new ArrayBuffer(bytes, { maxByteLength: bytes });
		}
		return new Uint8Array(this.#buffer, 0, bytes);
	}

	/** Gives the memory back now: the garbage collector might leave hundreds of megabytes for the whole run. */
	dispose(): void {
		if (this.#buffer.resizable) {
			this.#buffer.resize(0);
		}
	}
}
