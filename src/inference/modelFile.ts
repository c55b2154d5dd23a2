/** Which file on disk is the model: the one from the settings, or the starter that ships with the extension. */
import * as fs from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import type { Problem } from './model';

export type ModelFile =
	| { readonly type: 'file' /** Absolute. */; readonly path: string; readonly isStarter: boolean }
	| { readonly type: 'problem'; readonly problem: Problem };

/** The first bytes of a GGUF. */
const MAGIC = 'GGUF';

/** The name that llama.cpp's gguf-split gives to a part: `llama_split_path` in src/llama.cpp. */
const PART = /^(.+)-(\d{5})-of-(\d{5})\.gguf$/;

/**
 * Names of all parts of the model that the file with this name is a part of, the first one first; undefined for one
 * that is whole.
 */
export function partNames(name: string): readonly string[] | undefined {
	const match = PART.exec(name);
	const count = Number(match?.[3] ?? 0);
	const number = Number(match?.[2] ?? 0);
	if (match === null || count < 2 || number < 1 || number > count) {
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
	const parts = partsOf(file);
	return parts === undefined || parts[0] === path.join(path.dirname(file), path.basename(file));
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

/** Whether a file begins as every GGUF does: what was saved under the name by mistake is told at once by that. */
export async function beginsAsGguf(file: string): Promise<boolean> {
	const handle = await fs.open(file, 'r').catch(() => undefined);
	try {
		const read = await handle?.read(Buffer.alloc(MAGIC.length), 0, MAGIC.length, 0);
		return read?.buffer.toString('latin1') === MAGIC;
	} catch {
		return false;
	} finally {
		await handle?.close();
	}
}
