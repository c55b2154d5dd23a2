/** The packages that node-llama-cpp and koffi need at run time, and the files of them that are worth shipping. */
import fs from 'node:fs';
import path from 'node:path';

/** Used only by node-llama-cpp's command line and to compile llama.cpp, which the extension never does. */
const BUILD_ONLY = new Set(['cmake-js', 'yargs', 'node-addon-api', 'node-api-headers']);

/** Paths inside a package that nobody loads at run time. */
const PRUNED = {
	// Only its command line and its compiler read them; the first is 35 MB of Git history.
	'node-llama-cpp': [
		'llama/gitRelease.bundle',
		'llama/addon',
		'llama/cmake',
		'llama/CMakeLists.txt',
		'llama/patches',
		'llama/profiles',
		'llama/toolchains',
		'llama/xpack',
		'templates',
	],
	// Sources of its native part, and the entry that looks for it elsewhere.
	koffi: [
		'doc',
		'lib',
		'vendor',
		'src/koffi/src/abi',
		'src/koffi/src/trampolines.cjs',
		'src/koffi/CMakeLists.txt',
		'src/koffi/indirect.cjs',
		'src/koffi/indirect.js',
		'indirect.cjs',
		'indirect.js',
		'cnoke.cjs',
	],
};

/** The same for koffi's native parts: node-llama-cpp's libraries do not run with musl either. */
const MUSL = /^musl_/;

/** Folders that packages ship at their top and nobody loads. */
const IDLE_FOLDERS = new Set([
	'test',
	'tests',
	'__tests__',
	'docs',
	'example',
	'examples',
	'.github',
	'.bin',
]);

/** Files that nobody loads; licences are read before, into THIRD-PARTY-NOTICES. */
const IDLE_FILES =
	/(\.map|\.[cm]?ts|\.tsbuildinfo|\.md|\.markdown|\.flow|\.yml|\.yaml|\.cc|\.hh|\.inc|\.def)$|^\.(?!js)/i;

/**
 * The packages with native parts for each VSIX target: node-llama-cpp's for the processor first, then for the GPU that
 * fits in a VSIX; and koffi's.
 */
export const platformPackages = {
	'linux-x64': { llama: ['linux-x64', 'linux-x64-vulkan'], koffi: 'koffi-linux-x64' },
	'linux-arm64': { llama: ['linux-arm64'], koffi: 'koffi-linux-arm64' },
	'linux-armhf': { llama: ['linux-armv7l'], koffi: 'koffi-linux-arm' },
	'win32-x64': { llama: ['win-x64', 'win-x64-vulkan'], koffi: 'koffi-win32-x64' },
	'win32-arm64': { llama: ['win-arm64'], koffi: 'koffi-win32-arm64' },
	'darwin-x64': { llama: ['mac-x64'], koffi: 'koffi-darwin-x64' },
	'darwin-arm64': { llama: ['mac-arm64-metal'], koffi: 'koffi-darwin-arm64' },
};

/**
 * Walks `dependencies` from a package, resolving each as Node does. Optional ones (native accelerators, other
 * platforms) stay out.
 *
 * @param {string} root Folder whose node_modules is searched.
 * @param {string} name The package to start from.
 * @returns {string[]} Package folders relative to root, nested ones included, the first one first.
 * @throws when a package is not installed.
 */
export function closure(root, name) {
	/** @type {Set<string>} */
	const folders = new Set();
	const visit = (wanted, from) => {
		const folder = resolvePackage(wanted, from);
		if (folder === undefined) {
			throw new Error(`${wanted} is not installed; ${path.relative(root, from)} needs it. Run npm ci.`);
		}
		if (folders.has(folder)) {
			return;
		}
		folders.add(folder);
		const { dependencies = {}, optionalDependencies = {} } = readManifest(folder);
		for (const dependency of Object.keys(dependencies)) {
			if (!(dependency in optionalDependencies) && !BUILD_ONLY.has(dependency)) {
				visit(dependency, folder);
			}
		}
	};
	visit(name, root);
	return [...folders].map((folder) => path.relative(root, folder));
}

/** The package.json of a package's folder. */
export function readManifest(folder) {
	return JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));
}

function resolvePackage(name, from) {
	for (let folder = from; ; folder = path.dirname(folder)) {
		const candidate = path.join(folder, 'node_modules', name);
		if (fs.existsSync(path.join(candidate, 'package.json'))) {
			return candidate;
		}
		if (folder === path.dirname(folder)) {
			return undefined;
		}
	}
}

/** Copies one package without its nested node_modules (those are listed on their own) and without idle files. */
export function copyPackage(from, to) {
	const pruned = PRUNED[path.basename(from)] ?? [];
	const isNativeKoffi = path.basename(path.dirname(from)) === '@koromix';
	fs.cpSync(from, to, {
		recursive: true,
		filter: (source) => {
			const inside = path.relative(from, source).split(path.sep).join('/');
			if (inside === '') {
				return true;
			}
			if (inside === 'node_modules' || IDLE_FOLDERS.has(inside) || IDLE_FILES.test(path.basename(inside))) {
				return false;
			}
			return !pruned.includes(inside) && !(isNativeKoffi && MUSL.test(inside));
		},
	});
}
