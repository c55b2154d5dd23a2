/** Where ggml's shared libraries lie: in packs and in the platform packages of node-llama-cpp, found by pattern. */

import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import * as path from 'node:path';
import { packagePath, versionAt } from '../../inference/acceleration/pack';
import type { Backend } from '../../inference/model';

/** The libraries of one platform package. */
export interface LibraryFiles {
	/** Absolute path of the folder. */
	readonly folder: string;
	/** Tensors, graphs and GGUF. */
	readonly base: string;
	/** The list of backends; its file name holds the version. */
	readonly registry: string;
	/** Backends beside the CPU's that the folder holds. */
	readonly gpus: readonly Exclude<Backend, 'auto' | 'cpu'>[];
	/** Absolute path of the folder with the CPU's backends: another one where two packages share them. */
	readonly processors: string;
	/** Absolute path of a folder with the GPU's backend for older drivers; undefined where there is none. */
	readonly fallback: string | undefined;
}

/** A library or a symbol of ggml is missing, or it cannot be loaded. */
export class GgmlMissing extends Error {
	override readonly name = 'GgmlMissing';
}

const BASE = /^(lib)?ggml-base(\.v[\d.]+)?\.(so|dylib|dll)$/;
const REGISTRY = /^(lib)?ggml(\.(cuda|vulkan|metal))?(\.v[\d.]+)?\.(so|dylib|dll)$/;
const PROCESSOR = /^(lib)?ggml-cpu/;
const GPUS = [
	['cuda', /^(lib)?ggml-cuda/],
	['vulkan', /^(lib)?ggml-vulkan/],
	['metal', /^(lib)?ggml-metal/],
] as const;

/** Names of the packages of this platform, the plain one first. */
function packageNames(platform: NodeJS.Platform, processor: string): readonly string[] {
	const system = platform === 'win32' ? 'win' : platform === 'darwin' ? 'mac' : 'linux';
	const chip = processor === 'arm' ? 'armv7l' : processor;
	const plain = `${system}-${chip}`;
	return platform === 'darwin' && chip === 'arm64'
		? [`${plain}-metal`]
		: [plain, `${plain}-cuda`, `${plain}-vulkan`];
}

/**
 * The libraries that fit the backend asked for: `auto` takes the first package with a GPU's backend whose driver
 * may be there, which only opening can tell, so that the caller goes down the list.
 * @param from absolute path of a file beside whose node_modules the packages lie.
 * @param packs absolute path of the folder of packs, which go before the packages; undefined where there is none.
 * @throws GgmlMissing when there is none, naming what was looked for.
 */
export function findLibraries(from: string, backend: Backend, packs?: string): readonly LibraryFiles[] {
	const require = createRequire(from);
	const names = packageNames(process.platform, process.arch);
	const [plain = ''] = names;
	const plainRoot = packageRoot(require, plain);
	const rootOf = (name: string) => packRoot(packs, name, plainRoot) ?? packageRoot(require, name);
	const found = names.flatMap((name) => {
		const folder = existing(rootOf(name), 'bins', name);
		const files = folder === undefined ? undefined : readFolder(folder);
		if (files === undefined) {
			return [];
		}
		const hasProcessors = fs.readdirSync(files.folder).some((file) => PROCESSOR.test(file));
		const processors = hasProcessors ? files.folder : (existing(plainRoot, 'bins', plain) ?? files.folder);
		return [{ ...files, processors, fallback: existing(rootOf(`${name}-ext`), 'bins', name, 'fallback') }];
	});
	const wanted = found.filter((files) =>
		backend === 'auto' || backend === 'cpu' ? true : files.gpus.includes(backend),
	);
	if (wanted.length === 0) {
		throw new GgmlMissing(
			found.length === 0
				? `ggml's libraries are missing: none of ${names.map((name) => `@node-llama-cpp/${name}`).join(', ')} is installed beside the trainer. Install the extension again.`
				: `This installation has no ${backend} backend of ggml. Set familiar.model.backend to auto or cpu.`,
		);
	}
	// For a CPU the plain package will do; for `auto` those with a GPU come first.
	return backend === 'cpu'
		? wanted.slice(0, 1)
		: [...wanted].sort((one, other) => other.gpus.length - one.gpus.length);
}

/** Undefined where it is not installed: a package of another backend or platform. */
function packageRoot(require: NodeJS.Require, name: string): string | undefined {
	try {
		const main = require.resolve(`@node-llama-cpp/${name}`);
		return main.slice(0, main.lastIndexOf(`${path.sep}${name}${path.sep}`) + name.length + 1);
	} catch {
		return undefined;
	}
}

/** A pack of another version than the packages is none: its tensors may lie in another way. */
function packRoot(packs: string | undefined, name: string, plain: string | undefined): string | undefined {
	if (packs === undefined || plain === undefined) {
		return undefined;
	}
	const root = packagePath(packs, name);
	const version = versionAt(root);
	return version !== undefined && version === versionAt(plain) ? root : undefined;
}

/** Absolute path of a folder below a package; undefined where it is not there. */
function existing(root: string | undefined, ...names: readonly string[]): string | undefined {
	const folder = root === undefined ? undefined : path.join(root, ...names);
	return folder !== undefined && fs.existsSync(folder) ? folder : undefined;
}

/** Undefined for a folder without ggml. */
export function readFolder(folder: string): Omit<LibraryFiles, 'processors' | 'fallback'> | undefined {
	const names = fs.readdirSync(folder);
	const base = names.find((name) => BASE.test(name));
	const registry = names.find((name) => REGISTRY.test(name));
	if (base === undefined || registry === undefined) {
		return undefined;
	}
	return {
		folder,
		base: path.join(folder, base),
		registry: path.join(folder, registry),
		gpus: GPUS.filter(([, pattern]) => names.some((name) => pattern.test(name))).map(([gpu]) => gpu),
	};
}
