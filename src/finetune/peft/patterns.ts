/** PEFT's `rank_pattern` and `alpha_pattern`: which of their values holds for which module. */

import * as vm from 'node:vm';
import { AdapterFileError } from './adapterFileError';

/** For all patterns on all modules; real ones take far less than a millisecond. */
const MOST_MILLISECONDS = 1_000;

/**
 * Keys are regular expressions for the end of a module's path, from its start or behind a dot; the first that matches
 * counts (`get_pattern_key` of PEFT). Modules that none matches are missing in the result.
 * Throws an `AdapterFileError` that begins with `what` if they are no expressions or take too long.
 */
export function valuesByPattern(
	patterns: ReadonlyMap<string, number>,
	modules: readonly string[],
	what: string,
): ReadonlyMap<string, number> {
	const values = new Map<string, number>();
	if (patterns.size === 0) {
		return values;
	}
	const keys = [...patterns.keys()];
	for (const [index, key] of firstMatches(keys, modules, what).entries()) {
		const module = modules[index];
		const value = patterns.get(keys[key] ?? '');
		if (module !== undefined && value !== undefined) {
			values.set(module, value);
		}
	}
	return values;
}

/** Index of the first key that matches each module, -1 for none. */
function firstMatches(keys: readonly string[], modules: readonly string[], what: string): readonly number[] {
	// In a context of its own only because that can be stopped: an expression may take years for one short name.
	const code =
		"expressions = keys.map((key) => new RegExp('^(?:.*\\\\.)?(?:' + key + ')$', 'u'));" +
		'modules.map((module) => expressions.findIndex((one) => one.test(module))).join()';
	try {
		const found: unknown = vm.runInNewContext(
			code,
			{ keys, modules, expressions: undefined },
			{ timeout: MOST_MILLISECONDS },
		);
		return String(found).split(',').map(Number);
	} catch (error) {
		throw new AdapterFileError(
			`${what} cannot be used: ${String(error).slice(0, 200)}. Name the modules in full instead of by expressions`,
		);
	}
}
