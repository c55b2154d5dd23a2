/** Where ggml's shared libraries lie: in the platform packages of node-llama-cpp, found by pattern. */

import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import * as path from 'node:path';
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
}

/** A library or a symbol of ggml is missing, or it cannot be loaded. */
export class GgmlMissing extends Error {
	override readonly name = 'GgmlMissing';
}

const BASE = /^(lib)?ggml-base(\.v[\d.]+)?\.(so|dylib|dll)$/;
const REGISTRY = /^(lib)?ggml(\.(cuda|vulkan|metal))?(\.v[\d.]+)?\.(so|dylib|dll)$/;
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
 * @throws GgmlMissing when there is none, naming what was looked for.
 */
export function findLibraries(from: string, backend: Backend): readonly LibraryFiles[] {
	const require = createRequire(from);
	const names = packageNames(process.platform, process.arch);
	const found = names.flatMap((name) => {
		const folder = packageFolder(require, name);
		const files = folder === undefined ? undefined : readFolder(folder);
		return files === undefined ? [] : [files];
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

function packageFolder(require: NodeJS.Require, name: string): string | undefined {
	try {
		const main = require.resolve(`@node-llama-cpp/${name}`);
		const folder = path.join(
			main.slice(0, main.lastIndexOf(`${path.sep}${name}${path.sep}`) + name.length + 1),
			'bins',
			name,
		);
		return fs.existsSync(folder) ? folder : undefined;
	} catch {
		// Not installed: a package of another backend or platform.
		return undefined;
	}
}

/** Undefined for a folder without ggml. */
export function readFolder(folder: string): LibraryFiles | undefined {
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
