/** Documented functions → what a function does, how it is documented, and the function from what it shall do. */

import { fenced, fenceLanguage } from './fence';
import type { FoundFunction } from './functions';
import type { Pair } from './pair';

/** Words from which a documentation is an explanation. */
const EXPLAINS = 12;

/** @param file `repository/path`. */
export function pairsOfFunctions(file: string, functions: readonly FoundFunction[]): readonly Pair[] {
	const language = fenceLanguage(file);
	return functions.flatMap((one): Pair[] => {
		const { documentation, name, code, signature, isTest } = one;
		if (documentation === undefined || isTest) {
			return [];
		}
		const { prose, comment } = documentation;
		const pair = (question: string, answer: string): Pair => ({
			kind: 'functions',
			question,
			answer,
			files: [file],
		});
		const shown = fenced(language, code);
		const words = prose.split(/\s+/).length;
		return [
			words >= EXPLAINS
				? pair(`What does \`${name}\` in ${pathOf(file)} do?\n\n${shown}`, prose)
				: pair(
						`Write the documentation of \`${name}\` in ${pathOf(file)}.\n\n${shown}`,
						fenced(language, comment),
					),
			pair(
				`Write \`${name}\` for ${pathOf(file)}. What it shall do:\n\n${prose}\n\nIts signature:\n\n${fenced(language, signature)}`,
				shown,
			),
		];
	});
}

/** Without the repository. */
export function pathOf(file: string): string {
	return file.slice(file.indexOf('/') + 1);
}
