/** Writes an adapter as GGUF with ggml's own writer, named by the hash of its content. */

import * as fs from 'node:fs';
import * as path from 'node:path';
import { messageOf } from '../../inference/failure';
import { readGgufFile } from '../../inference/gguf/gguf';
import { Arena } from '../ggml/arena';
import { Device, OutOfMemory } from '../ggml/device';
import type { Ggml } from '../ggml/ggml';
import { textsOf } from '../peft/facts';
import { fileHash } from '../training/fileHash';
import { RunFailure } from '../training/runFailure';
import type { AdapterContent } from './content';

/** Characters of the sha256 that make the name: node-llama-cpp keeps adapters by path, so each content needs its own. */
const NAME_LENGTH = 16;

/**
 * Writes into a temporary file beside it, then renames.
 * @returns the absolute path.
 * @throws RunFailure naming folder and reason, for a matrix that holds a number that is not finite, or when the disk is full.
 */
export function writeAdapter(ggml: Ggml, content: AdapterContent, folder: string): string {
	refuseNonFinite(content);
	const temporary = path.join(folder, `.${process.pid}-${Date.now()}.gguf.tmp`);
	try {
		// The adapters hold what was learned from the user's code: nobody else's to read.
		fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
		writeGguf(ggml, content, temporary);
		flush(temporary);
		const hash = fileHash(temporary).toString('hex');
		const file = path.join(folder, `${hash.slice(0, NAME_LENGTH)}.gguf`);
		fs.renameSync(temporary, file);
		return file;
	} catch (error) {
		if (error instanceof OutOfMemory) {
			throw error;
		}
		const reason = messageOf(error);
		throw new RunFailure(
			'disk',
			`The adapter cannot be written to ${folder}: ${reason}. Free some space or choose another folder, then resume.`,
		);
	} finally {
		removeQuietly(temporary);
	}
}

/** ggml does not notice when the last bytes find no room on the disk. */
function flush(file: string): void {
	const { dataEnd, fileBytes } = readGgufFile(file);
	if (dataEnd > fileBytes) {
		throw new Error('the disk may be full');
	}
	const descriptor = fs.openSync(file, 'r+');
	try {
		fs.fsyncSync(descriptor);
	} finally {
		fs.closeSync(descriptor);
	}
}

function removeQuietly(file: string): void {
	try {
		fs.rmSync(file, { force: true });
	} catch {
		// What went wrong before is what the user has to know.
	}
}

function refuseNonFinite({ matrices }: AdapterContent): void {
	for (const { name, a, b } of matrices) {
		if (![a, b].every((values) => values.every((value) => Number.isFinite(value)))) {
			throw new RunFailure(
				'not-finite',
				`The adapter's ${name} holds a number that is not finite; it is not written. Start again with a lower learning rate.`,
			);
		}
	}
}

function writeGguf(ggml: Ggml, content: AdapterContent, file: string): void {
	const gguf = ggml.gguf_init_empty();
	const arena = new Arena(ggml, content.matrices.length * 2);
	const device = Device.open(ggml, 'cpu', 1);
	try {
		ggml.gguf_set_val_str(gguf, 'general.architecture', content.architecture);
		ggml.gguf_set_val_str(gguf, 'general.name', content.facts.name);
		ggml.gguf_set_val_str(gguf, 'general.type', 'adapter');
		ggml.gguf_set_val_str(gguf, 'adapter.type', 'lora');
		ggml.gguf_set_val_f32(gguf, 'adapter.lora.alpha', content.alpha);
		for (const [key, value] of textsOf(content.facts)) {
			ggml.gguf_set_val_str(gguf, key, value);
		}
		const tensors = content.matrices.flatMap(({ name, inputs, outputs, rank, a, b }) => [
			{ tensor: arena.tensor('F32', [inputs, rank], `${name}.lora_a`), values: a },
			{ tensor: arena.tensor('F32', [rank, outputs], `${name}.lora_b`), values: b },
		]);
		const memory = device.allocate(arena);
		for (const { tensor, values } of tensors) {
			device.write(tensor, values);
			ggml.gguf_add_tensor(gguf, tensor.handle);
		}
		const written = ggml.gguf_write_to_file(gguf, file, false);
		memory.dispose();
		if (!written) {
			throw new Error('the disk may be full, or the folder may not be written to');
		}
	} finally {
		ggml.gguf_free(gguf);
		device.dispose();
		arena.dispose();
	}
}
