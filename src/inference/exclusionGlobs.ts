/** The globs of `familiar.exclude`: which one names a file. */

import ignore from 'ignore';

/** One glob with alternatives in braces stands for at most so many: more would be a slip, and take long. */
const MOST_ALTERNATIVES = 1_000;

/**
 * The glob that names the file, as the user wrote it; undefined where none does.
 * @param fullPath absolute, with `/`
 * @param relative the file's paths below the opened folders that hold it, with `/`; none for a file elsewhere
 */
export type ExclusionGlobs = (fullPath: string, relative: readonly string[]) => string | undefined;

/**
 * VS Code's globs (`*`, `?`, `**`, `[a-z]`, `{a,b}`), relative to the opened folders, or absolute. Read as
 * generously as users write them: cases are not told apart, `*.sql` names files at every depth, a folder stands
 * for all that lies in it, and `/build` is the folder of the workspace as well as that of the machine. Rather
 * exclude too much than read what must not be.
 */
export function exclusionGlobs(globs: readonly string[]): ExclusionGlobs {
	const anywhere = ignore();
	const absolute = ignore();
	for (const glob of globs) {
		for (const alternative of expandBraces(withoutDrive(glob.trim()))) {
			const pattern = alternative.replace(/^\.\//, '').replace(/^[!#]/, '\\$&');
			anywhere.add({ pattern, mark: glob });
			if (pattern.startsWith('/')) {
				absolute.add({ pattern, mark: glob });
			}
		}
	}
	return (fullPath, relative) => {
		const whole = withoutDrive(fullPath).replace(/^\/+/, '');
		const found = (rules: ignore.Ignore, file: string) =>
			ignore.isPathValid(file) ? rules.test(file).rule?.mark : undefined;
		for (const file of relative.length === 0 ? [whole] : relative) {
			const glob = found(anywhere, file);
			if (glob !== undefined) {
				return glob;
			}
		}
		return found(absolute, whole);
	};
}

/** `C:\work\*` and `/c:/work/*` as `/c/work/*`: a colon is no part of a path to the matcher. */
function withoutDrive(path: string): string {
	const drive = /^\/?([a-z]):[\\/]/i.exec(path);
	return drive === null ? path : `/${drive[1]}/${path.slice(drive[0].length).replaceAll('\\', '/')}`;
}

/** `a.{b,c}` as `a.b` and `a.c`; a brace without its partner is a character like others. */
export function expandBraces(glob: string): readonly string[] {
	const done: string[] = [];
	const waiting = [glob];
	for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
		// The innermost first: what it stands for may stand in another.
		const braces = /\{([^{}]*)\}/.exec(next);
		if (braces === null || done.length + waiting.length >= MOST_ALTERNATIVES) {
			done.push(next);
			continue;
		}
		const before = next.slice(0, braces.index);
		const after = next.slice(braces.index + braces[0].length);
		waiting.push(...(braces[1] ?? '').split(',').map((one) => before + one + after));
	}
	return done;
}
