/** Looks at a model file before native code does, and says in a user's words why it cannot be loaded. */
import * as path from 'node:path';
import type { Problem } from '../model';
import { isFirstPart, partsOf } from '../modelFile';
import { GgufError, type GgufFault } from './blockReader';
import { inFewWords } from './fewWords';
import { type GgufHeader, readGguf } from './gguf';
import { checkModelHeader } from './ggufRules';
import { TOKENS_KEY } from './ggufTokenizer';
import { FileFault, withGgufFile } from './regularFile';

const ADVICE: Readonly<Record<GgufFault, string>> = {
	invalid: 'The file is damaged or was not made for llama.cpp: download it again or choose another model',
	truncated: 'The file is incomplete: download it again',
	version: 'Choose a conversion of the model for a current llama.cpp',
	adapter: 'Choose the model that the adapter was trained for',
	architecture: 'Choose another model',
	'no-tensors': 'Choose a complete model',
	split: 'Put all parts of the model into one folder under their original names',
};

function problem(file: string, code: string, detail: string, advice: string): Problem {
	return {
		code,
		message: `${path.basename(file)} cannot be used as a model: ${inFewWords(detail)}. ${advice}. (${file})`,
		remedies: ['select-model', 'use-starter'],
	};
}

/** What is wrong with the file, or undefined where llama.cpp may load it. Reads the header only, and never hangs. */
export async function checkModelFile(file: string): Promise<Problem | undefined> {
	return await asProblem(file, async () => {
		return await checkParts(file, await readHeader(file));
	});
}

/** A broken file is an answer here, not a failure: turns what is wrong with it into a problem of that file. */
async function asProblem<T>(file: string, work: () => Promise<T>): Promise<T | Problem> {
	try {
		return await work();
	} catch (error) {
		if (error instanceof GgufError) {
			return problem(file, `gguf-${error.kind}`, error.message, ADVICE[error.kind]);
		}
		if (error instanceof FileFault) {
			return problem(file, error.code, error.detail, error.advice);
		}
		throw error;
	}
}

/** @throws FileFault; GgufError for a bad header. */
function readHeader(file: string): Promise<GgufHeader> {
	return withGgufFile(file, (handle, bytes) => readGguf(handle.fd, bytes, (key) => key === TOKENS_KEY));
}

/** Throws a `GgufError` if tensors lie beyond the end of the file. */
export function checkComplete(header: GgufHeader): void {
	const missing = header.dataEnd - header.fileBytes;
	if (missing > 0) {
		throw new GgufError(
			`its tensors end at byte ${header.dataEnd}, but the file ends at byte ${header.fileBytes}: ${missing} bytes are missing`,
			'truncated',
		);
	}
}

function splitNumber(header: GgufHeader, key: string, type: 'uint16' | 'int32'): number | undefined {
	const value = header.metadata.get(key);
	if (value === undefined) {
		return undefined;
	}
	if (value.type !== type) {
		throw new GgufError(`metadata key "${key}" has the type ${value.type} instead of ${type}`, 'split');
	}
	return value.value;
}

/** Checks the model with the tensors of all its parts. Throws a `GgufError` for what is wrong with the first. */
async function checkParts(file: string, first: GgufHeader): Promise<Problem | undefined> {
	const count = splitNumber(first, 'split.count', 'uint16') ?? 1;
	const number = splitNumber(first, 'split.no', 'uint16') ?? 0;
	const total = splitNumber(first, 'split.tensors.count', 'int32');
	const tensors = [...first.tensors];
	if (count > 1) {
		const parts = partsOf(file);
		if (parts?.length !== count || !isFirstPart(file) || number !== 0) {
			throw new GgufError(
				`metadata key "split.count" says that it is one of ${count} parts, which its name does not`,
				'split',
			);
		}
		for (const [index, part] of parts.entries()) {
			if (index > 0) {
				const header = await asProblem(part, () => readPart(part, index));
				if (!('metadata' in header)) {
					return header;
				}
				tensors.push(...header.tensors);
			}
		}
		if (tensors.length !== total) {
			throw new GgufError(
				`metadata key "split.tensors.count" is ${total}, but the parts have ${tensors.length} tensors`,
				'split',
			);
		}
	}
	checkModelHeader({ ...first, tensors });
	checkComplete(first);
	return undefined;
}

async function readPart(part: string, index: number): Promise<GgufHeader> {
	const header = await readHeader(part);
	const number = splitNumber(header, 'split.no', 'uint16');
	if (number !== index) {
		throw new GgufError(`metadata key "split.no" is ${number} instead of ${index}`, 'split');
	}
	checkComplete(header);
	return header;
}
