/** Opens what a user chose as a GGUF file: never hangs, and says what it is instead where it is none. */

import * as fs from 'node:fs/promises';
import { codeOf } from '../failure';

/** Why a file cannot be read as a GGUF. */
export class FileFault extends Error {
	override readonly name = 'FileFault';
	constructor(
		/** Stable, for example `model-missing`. */
		readonly code: string,
		/** What is wrong, as the end of "it cannot be used: …". */
		readonly detail: string,
		/** What helps, without a full stop. */
		readonly advice: string,
	) {
		super(detail);
	}
}

/**
 * Opens a regular file that starts as a GGUF, for as long as `work` takes.
 * @param work gets the open file and its size in bytes.
 * @throws FileFault, and what `work` throws.
 */
export async function withGgufFile<T>(
	file: string,
	work: (handle: fs.FileHandle, bytes: number) => T | Promise<T>,
): Promise<T> {
	const missing = new FileFault('model-missing', 'there is no such file', 'Choose a file that exists');
	if (file.includes('\0')) {
		throw missing;
	}
	let handle: fs.FileHandle | undefined;
	try {
		refuseOtherKinds(await fs.stat(file));
		// The kind was checked first because opening a pipe waits for its other end; without blocking as well,
		// in case the file is replaced between the two.
		handle = await fs.open(file, fs.constants.O_RDONLY | (fs.constants.O_NONBLOCK ?? 0));
		const stat = await handle.stat();
		refuseOtherKinds(stat);
		if (stat.size === 0) {
			throw new FileFault('model-empty', 'it is empty (0 bytes)', 'Download it again');
		}
		const start = Buffer.alloc(Math.min(512, stat.size));
		await handle.read(start, 0, start.length, 0);
		refuseOtherFormats(start);
		return await work(handle, stat.size);
	} catch (error) {
		const code = systemCode(error);
		if (code === undefined) {
			throw error;
		}
		throw code === 'ENOENT' || code === 'ENOTDIR'
			? missing
			: new FileFault(
					'model-unreadable',
					`it cannot be read (${code})`,
					'Check its permissions and its disk',
				);
	} finally {
		await handle?.close();
	}
}

function systemCode(error: unknown): string | undefined {
	return error instanceof Error && 'syscall' in error ? codeOf(error) : undefined;
}

function refuseOtherKinds(stat: { isFile(): boolean; isDirectory(): boolean }): void {
	if (!stat.isFile()) {
		const kind = stat.isDirectory() ? 'it is a folder' : 'it is not a regular file';
		throw new FileFault('model-not-a-file', kind, 'Choose a .gguf file');
	}
}

/** Throws a `FileFault` for a file that is not a GGUF: what it is instead, as far as its first bytes tell. */
function refuseOtherFormats(start: Buffer): void {
	const letters = start.toString('latin1', 0, 4);
	if (letters === 'GGUF' || (start.length < 4 && 'GGUF'.startsWith(letters))) {
		return;
	}
	const text = start.toString('latin1').trimStart().toLowerCase();
	if (/^(\xef\xbb\xbf)?\s*<(!doctype html|html|head|\?xml|!--)/.test(text)) {
		throw new FileFault(
			'web-page',
			'it is a web page, the download went wrong (byte 0)',
			'Download the file itself, not the page that links to it',
		);
	}
	if (text.startsWith('version https://git-lfs')) {
		throw new FileFault(
			'lfs-pointer',
			'it is a Git LFS pointer (byte 0), the file itself was not fetched',
			'Run "git lfs pull" in its repository or download the file',
		);
	}
	if (/^(ggml|lmgg|ggmf|fmgg|ggjt|tjgg)/.test(letters.toLowerCase())) {
		throw new FileFault(
			'gguf-version',
			`it has a format from before GGUF (byte 0 holds "${letters}")`,
			'Choose a conversion for a current llama.cpp',
		);
	}
	// 8 bytes of length, then JSON: safetensors. PK: PyTorch's zip.
	if (start.toString('latin1', 8, 10) === '{"' || letters.startsWith('PK')) {
		throw new FileFault(
			'not-gguf',
			'it is in another format (byte 0 does not hold the letters GGUF)',
			'Choose a conversion to GGUF',
		);
	}
	throw new FileFault(
		'not-gguf',
		'it is not a GGUF file (byte 0 does not hold the letters GGUF)',
		'Choose a .gguf file',
	);
}
