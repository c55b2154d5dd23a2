/** Lets `import` find packs: node-llama-cpp asks for its packages by their names, from where it lies itself. */

import * as module from 'node:module';
import * as path from 'node:path';
import { pathToFileURL } from 'node:url';

interface Context {
	/** Of the module that imports. */
	readonly parentURL?: string | undefined;
}

type Resolve<Result> = (
	specifier: string,
	context: Context,
	next: (specifier: string, context: Context) => Result,
) => Result;

/** Since Node 22.15; the types are those of Node 20. */
interface WithHooks {
	registerHooks(hooks: { readonly resolve: Resolve<object> }): unknown;
}

const PACKAGES = '@node-llama-cpp/';

/**
 * Where hooks look by now. There is no way to take one back, each asks the next twice, and every load of a model comes by:
 * so what belongs to the process is remembered for the process.
 */
const searched = new Set<string>();

/**
 * For this process, from now on, however often it is called. A pack goes before a package of that name beside node-llama-cpp, and what is not there is
 * looked for as ever.
 * @param folder absolute path of the folder of packs.
 */
export function findInPacks(folder: string): void {
	if (searched.has(folder)) {
		return;
	}
	searched.add(folder);
	// As if a file in the folder of packs had asked: so their `exports` and the rest are read as Node reads them.
	const parentURL = pathToFileURL(path.join(folder, 'packs.mjs')).href;
	if (hasHooks(module)) {
		module.registerHooks({
			resolve(specifier, context, next) {
				// Copied now: Node writes what a hook hands on into its own context.
				const asked = { ...context };
				if (specifier.startsWith(PACKAGES)) {
					try {
						return next(specifier, { ...asked, parentURL });
					} catch {
						// No such pack.
					}
				}
				return next(specifier, asked);
			},
		});
		return;
	}
	// Older ones run their hooks on another thread, from a module of their own.
	module.register(`data:text/javascript,${encodeURIComponent(HOOK)}`, { data: { parentURL } });
}

const HOOK = `
let parentURL;
export function initialize(data) { parentURL = data.parentURL; }
export async function resolve(specifier, context, next) {
	const asked = { ...context };
	if (specifier.startsWith('${PACKAGES}')) {
		try { return await next(specifier, { ...asked, parentURL }); } catch {}
	}
	return next(specifier, asked);
}`;

function hasHooks(value: object): value is WithHooks {
	return 'registerHooks' in value && typeof value.registerHooks === 'function';
}
