/** What two packages of node-llama-cpp both have is shipped once, and both loaders are told where it is. */
import fs from 'node:fs';
import path from 'node:path';

/** llama.cpp's code for processors, of which the best fitting is loaded. Whatever else is equal is loaded from beside its user. */
const PROCESSOR = /^(lib)?ggml-cpu.*\.(so|dll|dylib)$/;

/** Where node-llama-cpp has llama.cpp load what stands beside the addon: once in the test of a binary, once for good. */
const LOADERS = ['dist/bindings/Llama.js', 'dist/bindings/utils/testBindingBinary.js'];
const LOADS = /^(\s*)(bindings?)\.loadBackends\(backendsPath\);$/m;

/**
 * Removes from a GPU's package the libraries for processors that the processor's package has byte by byte, and lets
 * node-llama-cpp, as it is staged, load them from there. The trainer looks there by itself (src/finetune/ggml/libraries.ts).
 *
 * @param {string} modules The staged node_modules.
 * @param {string[]} names Names of the packages, the processor's first; nothing is done for one alone.
 * @returns {string[]} Names of the files that were removed.
 * @throws when node-llama-cpp's loader is written in another way than is known here.
 */
export function shareLibraries(modules, names) {
	const [own, ...others] = names.map((name) => path.join(modules, '@node-llama-cpp', name, 'bins', name));
	const removed = others.flatMap((folder) => {
		const libraries = fs.readdirSync(folder).filter((name) => PROCESSOR.test(name));
		const isShared = libraries.every((name) => isSame(path.join(folder, name), path.join(own, name)));
		// All or none: of two folders each with a part, none would have the best of all.
		if (!isShared) {
			return [];
		}
		for (const name of libraries) {
			fs.rmSync(path.join(folder, name));
		}
		return libraries;
	});
	if (removed.length > 0) {
		for (const file of LOADERS) {
			const loader = path.join(modules, 'node-llama-cpp', file);
			fs.writeFileSync(loader, withSharedFolder(fs.readFileSync(loader, 'utf8'), file));
		}
	}
	return removed;
}

/**
 * A loader that looks into the processor's package, too, when the addon is of a GPU's package that has no library for processors.
 *
 * @throws when the place where it loads is not found once.
 */
export function withSharedFolder(source, file) {
	const places = source.match(new RegExp(LOADS.source, 'gm')) ?? [];
	if (places.length !== 1) {
		throw new Error(
			`node-llama-cpp's ${file} loads backends in ${places.length} places that are known, not in one. Look at LOADS in scripts/sharedLibraries.mjs.`,
		);
	}
	return source.replace(
		LOADS,
		(_line, indent, binding) =>
			`${indent}${binding}.loadBackends(backendsPath);\n${indent}${binding}.loadBackends(backendsPath.replace(/([\\\\/]@node-llama-cpp[\\\\/][a-z]+-[a-z0-9]+)-vulkan([\\\\/]bins[\\\\/][a-z]+-[a-z0-9]+)-vulkan$/, "$1$2"));`,
	);
}

function isSame(one, other) {
	return fs.existsSync(other) && fs.readFileSync(one).equals(fs.readFileSync(other));
}
