/** Looks at a model file before native code does, and says in a user's words why it cannot be loaded. */
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { keepStart } from '../clip';
import type { Problem } from '../model';
import { isFirstPart, partsOf } from '../modelFile';
import { GgufError, type GgufFault } from './blockReader';
import { type GgufHeader, readGguf } from './gguf';
import { checkModelHeader } from './ggufRules';
import { TOKENS_KEY } from './ggufTokenizer';

/** Most UTF-16 units of one key or value of the file in a message, and of all that is said of it. */
const LONGEST_EXCERPT = 200;
const LONGEST_DETAIL = 800;

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

/** Keys and values come from the file and may have tens of kilobytes. */
function inFewWords(detail: string): string {
	const excerpted = detail.replace(
		/"([^"]*)"/g,
		(_, excerpt: string) => `"${clipped(excerpt, LONGEST_EXCERPT)}"`,
	);
	return clipped(excerpted, LONGEST_DETAIL);
}

function clipped(text: string, length: number): string {
	return text.length > length ? `${keepStart(text, length)}…` : text;
}

/** What is wrong with the file, or undefined where llama.cpp may load it. Reads the header only, and never hangs. */
export async function checkModelFile(file: string): Promise<Problem | undefined> {
	return await asProblem(file, async () => {
		const header = await readHeader(file);
		return 'metadata' in header ? await checkParts(file, header) : header;
	});
}

/** A broken file is an answer here, not a failure: turns a `GgufError` into a problem of that file. */
async function asProblem<T>(file: string, work: () => Promise<T>): Promise<T | Problem> {
	try {
		return await work();
	} catch (error) {
		if (error instanceof GgufError) {
			return problem(file, `gguf-${error.kind}`, error.message, ADVICE[error.kind]);
		}
		throw error;
	}
}

/** The header of a regular file that starts as a GGUF, or why it is none. Throws a `GgufError` for a bad header. */
async function readHeader(file: string): Promise<GgufHeader | Problem> {
	const missing = problem(file, 'model-missing', 'there is no such file', 'Choose a model that exists');
	if (file.includes('\0')) {
		return missing;
	}
	let handle: fs.FileHandle | undefined;
	try {
		const kind = kindOf(await fs.stat(file));
		if (kind !== undefined) {
			return problem(file, 'model-not-a-file', kind, 'Choose a .gguf file');
		}
		// The kind was checked first because opening a pipe waits for its other end; without blocking as well,
		// in case the file is replaced between the two.
		handle = await fs.open(file, fs.constants.O_RDONLY | (fs.constants.O_NONBLOCK ?? 0));
		const stat = await handle.stat();
		const kindNow = kindOf(stat);
		if (kindNow !== undefined) {
			return problem(file, 'model-not-a-file', kindNow, 'Choose a .gguf file');
		}
		if (stat.size === 0) {
			return problem(file, 'model-empty', 'it is empty (0 bytes)', 'Download it again');
		}
		const start = Buffer.alloc(Math.min(512, stat.size));
		await handle.read(start, 0, start.length, 0);
		const other = otherFormat(start);
		if (other !== undefined) {
			return problem(file, other.code, other.detail, other.advice);
		}
		return readGguf(handle.fd, stat.size, (key) => key === TOKENS_KEY);
	} catch (error) {
		const code = systemCode(error);
		if (code === undefined) {
			throw error;
		}
		return code === 'ENOENT' || code === 'ENOTDIR'
			? missing
			: problem(
					file,
					'model-unreadable',
					`it cannot be read (${code})`,
					'Check its permissions and its disk',
				);
	} finally {
		await handle?.close();
	}
}

function systemCode(error: unknown): string | undefined {
	return error instanceof Error && 'code' in error && typeof error.code === 'string' && 'syscall' in error
		? error.code
		: undefined;
}

function kindOf(stat: { isFile(): boolean; isDirectory(): boolean }): string | undefined {
	if (stat.isDirectory()) {
		return 'it is a folder';
	}
	return stat.isFile() ? undefined : 'it is not a regular file';
}

/** What a file that is not a GGUF is instead, as far as its first bytes tell. */
function otherFormat(
	start: Buffer,
): { readonly code: string; readonly detail: string; readonly advice: string } | undefined {
	const letters = start.toString('latin1', 0, 4);
	if (letters === 'GGUF' || (start.length < 4 && 'GGUF'.startsWith(letters))) {
		return undefined;
	}
	const text = start.toString('latin1').trimStart().toLowerCase();
	if (/^(\xef\xbb\xbf)?\s*<(!doctype html|html|head|\?xml|!--)/.test(text)) {
		return {
			code: 'web-page',
			detail: 'it is a web page, the download went wrong (byte 0)',
			advice: 'Download the model file itself, not the page that links to it',
		};
	}
	if (text.startsWith('version https://git-lfs')) {
		return {
			code: 'lfs-pointer',
			detail: 'it is a Git LFS pointer (byte 0), the model itself was not fetched',
			advice: 'Run "git lfs pull" in its repository or download the file',
		};
	}
	if (/^(ggml|lmgg|ggmf|fmgg|ggjt|tjgg)/.test(letters.toLowerCase())) {
		return {
			code: 'gguf-version',
			detail: `it has a format from before GGUF (byte 0 holds "${letters}")`,
			advice: ADVICE.version,
		};
	}
	// 8 bytes of length, then JSON: safetensors. PK: PyTorch's zip.
	if (start.toString('latin1', 8, 10) === '{"' || letters.startsWith('PK')) {
		return {
			code: 'not-gguf',
			detail: 'it is a model in another format (byte 0 does not hold the letters GGUF)',
			advice: 'Choose a conversion of the model to GGUF',
		};
	}
	return {
		code: 'not-gguf',
		detail: 'it is not a GGUF file (byte 0 does not hold the letters GGUF)',
		advice: 'Choose a .gguf file',
	};
}

/** Throws a `GgufError` if tensors lie beyond the end of the file. */
function checkComplete(header: GgufHeader): void {
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

async function readPart(part: string, index: number): Promise<GgufHeader | Problem> {
	const header = await readHeader(part);
	if ('metadata' in header) {
		const number = splitNumber(header, 'split.no', 'uint16');
		if (number !== index) {
			throw new GgufError(`metadata key "split.no" is ${number} instead of ${index}`, 'split');
		}
		checkComplete(header);
	}
	return header;
}
