/** Which file on disk is the model: the one from the settings, or the starter that ships with the extension. */
import * as fs from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import { codeOf, messageOf } from './failure';
import type { Problem } from './model';
import type { Translate } from './statusText';

export type ModelFile =
	| { readonly type: 'file' /** Absolute. */; readonly path: string; readonly isStarter: boolean }
	| { readonly type: 'problem'; readonly problem: Problem };

/** What the disk says of a file that should be a model. */
export type ModelFileFacts =
	| { readonly type: 'file'; readonly bytes: number; readonly startsAsGguf: boolean }
	| {
			readonly type: 'unreadable' /** The system's name of it, without the path. */;
			readonly reason: string;
	  };

/** The first bytes of a GGUF. */
const MAGIC = 'GGUF';

/** The name that llama.cpp's gguf-split gives to a part: `llama_split_path` in src/llama.cpp. */
const PART = /^(.+)-(\d{5})-of-(\d{5})\.gguf$/;

/** Which part of how many a file claims to be by its name. */
interface PartNumber {
	/** The first is 1. */
	readonly number: number;
	/** 2 to 99,999. */
	readonly count: number;
}

/** Undefined for a name of a model that is whole. */
export function partNumber(name: string): PartNumber | undefined {
	const match = PART.exec(name);
	const count = Number(match?.[3] ?? 0);
	const number = Number(match?.[2] ?? 0);
	return count < 2 || number < 1 || number > count ? undefined : { number, count };
}

/**
 * Names of all parts of the model that the file with this name is a part of, the first one first; undefined for one
 * that is whole. A name can claim 99,999 parts: whoever looks at many names looks at `partNumber` first.
 */
export function partNames(name: string): readonly string[] | undefined {
	const { count } = partNumber(name) ?? {};
	const match = PART.exec(name);
	if (match === null || count === undefined) {
		return undefined;
	}
	const digits = (value: number) => String(value).padStart(5, '0');
	return Array.from(
		{ length: count },
		(_, index) => `${match[1]}-${digits(index + 1)}-of-${digits(count)}.gguf`,
	);
}

/** The same as absolute paths. Looks at the name only. */
export function partsOf(file: string): readonly string[] | undefined {
	return partNames(path.basename(file))?.map((name) => path.join(path.dirname(file), name));
}

/** Whether the file is whole or the part that llama.cpp wants to be given. */
export function isFirstPart(file: string): boolean {
	return (partNumber(path.basename(file))?.number ?? 1) === 1;
}

/**
 * The model to load. An empty path is the starter. `~` is the home folder. Of a model in several parts the first is
 * returned, whichever was chosen; a part that is missing is a problem. Whether the file itself is there and sound
 * is the business of `checkModelFile`.
 */
export async function resolveModelFile(configuredPath: string, starterPath: string): Promise<ModelFile> {
	const configured = configuredPath.trim();
	if (configured === '') {
		return { type: 'file', path: starterPath, isStarter: true };
	}
	const file = expandHome(configured);
	if (!path.isAbsolute(file)) {
		return failed(
			'model-path-relative',
			`The model path "${configured}" is relative, and there is no folder it could be relative to. Give the whole path, or one that starts with ~/.`,
		);
	}
	const resolved = path.normalize(file);
	const parts = partsOf(resolved);
	if (parts !== undefined) {
		const missing = await missingFiles(parts);
		if (missing.length > 0) {
			return failed(
				'model-part-missing',
				`The model ${path.basename(resolved)} has ${parts.length} parts, of which ${missing.length} are missing: ${missing
					.map((part) => path.basename(part))
					.slice(0, 3)
					.join(', ')}${missing.length > 3 ? ', …' : ''}. Download all parts into ${path.dirname(resolved)}.`,
			);
		}
	}
	const first = parts?.[0] ?? resolved;
	return { type: 'file', path: first, isStarter: first === path.normalize(starterPath) };
}

function failed(code: string, message: string): ModelFile {
	return { type: 'problem', problem: { code, message, remedies: ['select-model', 'use-starter'] } };
}

function expandHome(file: string): string {
	return file === '~' || file.startsWith('~/') || file.startsWith(`~${path.sep}`)
		? path.join(os.homedir(), file.slice(1))
		: file;
}

/** One look into the folder, since a name can claim 99,999 parts. */
async function missingFiles(files: readonly string[]): Promise<readonly string[]> {
	const folder = path.dirname(files[0] ?? '');
	const there = new Set(await fs.readdir(folder).catch((): string[] => []));
	return files.filter((file) => !there.has(path.basename(file)));
}

/** What the disk says of a file: what was saved under the name by mistake is told at once by its first bytes. */
export async function modelFileFacts(file: string): Promise<ModelFileFacts> {
	try {
		const handle = await fs.open(file);
		try {
			const { size } = await handle.stat();
			const { buffer, bytesRead } = await handle.read(Buffer.alloc(MAGIC.length), 0, MAGIC.length, 0);
			const startsAsGguf = buffer.toString('latin1', 0, bytesRead) === MAGIC;
			return { type: 'file', bytes: size, startsAsGguf };
		} finally {
			await handle.close();
		}
	} catch (error) {
		return { type: 'unreadable', reason: codeOf(error) ?? messageOf(error) };
	}
}

/** Why a file that somebody chose cannot take the place of the model in use; undefined where nothing speaks against it. */
export function refusalOf(file: string, facts: ModelFileFacts, translate: Translate): string | undefined {
	const name = path.basename(file);
	if (facts.type === 'unreadable') {
		return facts.reason === 'ENOENT'
			? translate(
					'{0} is gone from {1}, so the model in use stays. Choose where it is now, or another one.',
					name,
					path.dirname(file),
				)
			: translate('{0} cannot be read ({1}), so the model in use stays.', name, facts.reason);
	}
	return facts.startsAsGguf
		? undefined
		: translate(
				'{0} is not a GGUF file, so the model in use stays. It may be a web page or a download that broke off: get it again.',
				name,
			);
}
