/** Everything a run needs to go on: weights, moments, step, place in the data, random state. One file, written whole. */

import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { keepStart } from '../../inference/clip';
import { messageOf } from '../../inference/failure';
import { parseJson } from '../../inference/record';
import {
	boolean,
	count,
	list,
	number,
	object,
	optional,
	shortString,
	string,
} from '../../inference/wire/shapes';
import { elementsOf, type Tensor } from '../ggml/arena';
import type { Device } from '../ggml/device';
import { evaluation } from '../job/messageShapes';
import type { Evaluation } from '../job/messages';
import { fileHash } from './fileHash';
import { isKernels, type Kernels } from './kernels';
import type { Optimizer } from './optimizer';

/** What stands before the numbers, as JSON. */
export interface CheckpointHeader {
	readonly version: 1;
	/** sha256 of the base's tensor data. */
	readonly base: string;
	/** sha256 of the dataset. */
	readonly dataset: string;
	/** JSON of the settings that decide the numbers: a checkpoint of others does not fit. */
	readonly settings: string;
	/** Updates made, skipped ones included. */
	readonly step: number;
	readonly steps: number;
	/** Rows of a step, where the settings leave them open; undefined in checkpoints of an earlier version. */
	readonly rowsPerStep?: number | undefined;
	/** Updates that the optimiser counted. */
	readonly optimizerStep: number;
	readonly epoch: number;
	/** Rows of the epoch that were used. */
	readonly row: number;
	/** State of the random numbers of dropout before the next step. */
	readonly random: number;
	/** Factor of the learning rate: halved by every step whose loss was not finite. */
	readonly rate: number;
	readonly skipped: number;
	readonly tokens: number;
	readonly seconds: number;
	readonly before: Evaluation;
	/** So that the resumed run computes alike. */
	readonly kernels: Kernels;
	/** Whether layers are computed again backwards: what is computed from rounded numbers has other digits. */
	readonly checkpointing: boolean;
	/** Trained tensors in their order, with their numbers. */
	readonly tensors: readonly (readonly [name: string, elements: number])[];
}

const isHeader = object<CheckpointHeader>({
	version: (value: unknown): value is 1 => value === 1,
	base: shortString,
	dataset: shortString,
	settings: string,
	step: count,
	steps: count,
	rowsPerStep: optional(count),
	optimizerStep: count,
	epoch: count,
	row: count,
	random: number,
	rate: number,
	skipped: count,
	tokens: count,
	seconds: number,
	before: evaluation,
	kernels: isKernels,
	checkpointing: boolean,
	tensors: list(
		(value: unknown): value is readonly [string, number] =>
			Array.isArray(value) && value.length === 2 && string(value[0]) && count(value[1]),
	),
});

const MAGIC = 'FAMILIAR';
const HASH_BYTES = 32;
/** Longest header: some thousand tensors with names of 50 characters. */
const LONGEST_HEADER = 16 << 20;
const KEPT = 2;
const NAME = /^checkpoint-(\d+)\.bin$/;
const UNFINISHED = /^checkpoint-\d+\.bin\.tmp$/;

/** A checkpoint that cannot be used, and why. */
class CheckpointError extends Error {
	override readonly name = 'CheckpointError';
}

/**
 * Writes `checkpoint-STEP.bin` and removes all but the last two.
 * @returns its absolute path.
 * @throws CheckpointError naming the folder and the reason; those before are untouched then.
 */
export function writeCheckpoint(
	folder: string,
	header: CheckpointHeader,
	device: Device,
	optimizer: Optimizer,
): string {
	const file = path.join(folder, `checkpoint-${header.step}.bin`);
	const temporary = `${file}.tmp`;
	const hash = createHash('sha256');
	try {
		const descriptor = fs.openSync(temporary, 'w');
		try {
			const write = (bytes: Uint8Array) => {
				hash.update(bytes);
				for (let done = 0; done < bytes.byteLength; ) {
					done += fs.writeSync(descriptor, bytes, done);
				}
			};
			const text = Buffer.from(JSON.stringify(header), 'utf8');
			const length = Buffer.alloc(4);
			length.writeUInt32LE(text.byteLength);
			write(Buffer.from(MAGIC, 'latin1'));
			write(length);
			write(text);
			for (const tensor of tensorsOf(optimizer)) {
				write(device.readBytes(tensor));
			}
			fs.writeSync(descriptor, hash.digest());
			fs.fsyncSync(descriptor);
		} finally {
			fs.closeSync(descriptor);
		}
		fs.renameSync(temporary, file);
	} catch (error) {
		fs.rmSync(temporary, { force: true });
		throw new CheckpointError(
			`The checkpoint of step ${header.step} cannot be written to ${folder}: ${reasonOf(error)}. Free some space; the run goes on and tries again.`,
		);
	}
	removeOld(folder, file);
	return file;
}

/** What is left of older steps, and of processes that were killed while they wrote. */
function removeOld(folder: string, written: string): void {
	const left = namesIn(folder).filter((name) => UNFINISHED.test(name));
	// What was just written is the newest, whatever steps a run before it had reached.
	const old = checkpointsIn(folder)
		.filter(({ file }) => file !== written)
		.slice(KEPT - 1);
	for (const file of [...left.map((name) => path.join(folder, name)), ...old.map(({ file }) => file)]) {
		fs.rmSync(file, { force: true });
	}
}

/**
 * Gives the checkpoints after a step names that no checkpoint has: a run that could not use them neither overwrites nor
 * removes them.
 * @param step that the run goes on from; 0 = it begins anew.
 * @throws the error of the disk.
 */
export function setAside(folder: string, step: number): void {
	for (const { file } of checkpointsIn(folder).filter((one) => one.step > step)) {
		const { mtimeMs } = fs.statSync(file);
		fs.renameSync(file, path.join(folder, `unusable-${Math.floor(mtimeMs)}-${path.basename(file)}`));
	}
}

/** Whole checkpoints of a run's folder, the newest first; none where there is no such folder. */
export function checkpointsIn(folder: string): readonly { readonly file: string; readonly step: number }[] {
	return namesIn(folder)
		.flatMap((name) => {
			const found = NAME.exec(name);
			return found === null ? [] : [{ file: path.join(folder, name), step: Number(found[1]) }];
		})
		.sort((one, other) => other.step - one.step);
}

/** @throws CheckpointError for a file that is not whole or is of another version. */
export function readCheckpointHeader(file: string): CheckpointHeader {
	const { size } = fs.statSync(file);
	const start = MAGIC.length + 4;
	const first = readPart(file, 0, Math.min(size, start));
	const length = size < start + HASH_BYTES ? 0 : first.readUInt32LE(MAGIC.length);
	if (
		first.subarray(0, MAGIC.length).toString('latin1') !== MAGIC ||
		length === 0 ||
		length > LONGEST_HEADER
	) {
		throw new CheckpointError(`${file} is no checkpoint.`);
	}
	const end = size - HASH_BYTES;
	if (start + length > end || !fileHash(file, end).equals(readPart(file, end, HASH_BYTES))) {
		throw new CheckpointError(`${file} is damaged: its checksum does not match.`);
	}
	const header = parseJson(readPart(file, start, length).toString('utf8'));
	if (!isHeader(header)) {
		throw new CheckpointError(`${file} is of another version of Familiar.`);
	}
	return header;
}

/** Puts the numbers of a checkpoint back. @throws CheckpointError when they are not those of this run. */
export function restoreCheckpoint(
	file: string,
	header: CheckpointHeader,
	device: Device,
	optimizer: Optimizer,
): void {
	const mine = JSON.stringify(namesOf(optimizer));
	if (JSON.stringify(header.tensors) !== mine) {
		throw new CheckpointError(`${file} trains other matrices than this run; start the run anew.`);
	}
	const end = fs.statSync(file).size - HASH_BYTES;
	let offset = MAGIC.length + 4 + readPart(file, MAGIC.length, 4).readUInt32LE();
	for (const tensor of tensorsOf(optimizer)) {
		const size = elementsOf(tensor) * 4;
		if (offset + size > end) {
			throw new CheckpointError(`${file} is too short.`);
		}
		device.write(tensor, readPart(file, offset, size));
		offset += size;
	}
	optimizer.step = header.optimizerStep;
	optimizer.clearGradients();
}

/** What `CheckpointHeader.tensors` says of an optimiser. */
export function namesOf(optimizer: Optimizer): CheckpointHeader['tensors'] {
	return optimizer.slots.map(({ name, variable }) => [name, elementsOf(variable.tensor)] as const);
}

/** @throws CheckpointError when the file is shorter. */
function readPart(file: string, from: number, length: number): Buffer {
	const part = Buffer.alloc(length);
	const descriptor = fs.openSync(file, 'r');
	try {
		for (let done = 0; done < length; ) {
			const count = fs.readSync(descriptor, part, done, length - done, from + done);
			if (count === 0) {
				throw new CheckpointError(`${file} is too short.`);
			}
			done += count;
		}
		return part;
	} finally {
		fs.closeSync(descriptor);
	}
}

function namesIn(folder: string): readonly string[] {
	try {
		return fs.readdirSync(folder);
	} catch {
		return [];
	}
}

function tensorsOf(optimizer: Optimizer): readonly Tensor[] {
	return optimizer.slots.flatMap(({ variable, first, second }) => [variable.tensor, first, second]);
}

function reasonOf(error: unknown): string {
	return keepStart(messageOf(error), 300);
}
