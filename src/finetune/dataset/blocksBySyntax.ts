/** Blocks of files by their grammars; where there is none, or it fails, indentation tells. */

import { type Grammar, grammarOfFile } from '../../inference/syntax/languages';
import type { Trees } from '../../inference/syntax/trees';
import type { Span } from './blocks';
import { syntaxBlocks } from './syntaxBlocks';

/** Milliseconds for one tree: of real files of 300 KB none took more than 250, on two busy cores. */
const LONGEST_PARSE = 1_000;
/** Characters of a file that is parsed: the memory of the largest tree stays taken. */
const LONGEST_TEXT = 300_000;

/** @returns undefined where indentation has to tell */
export function blocksBySyntax(
	trees: Pick<Trees, 'attempt'>,
): (path: string, text: string) => Promise<readonly Span[] | undefined> {
	const failed = new Set<Grammar>();
	return async (path, text) => {
		const grammar = grammarOfFile(path);
		if (grammar === undefined || failed.has(grammar) || text.length > LONGEST_TEXT) {
			return undefined;
		}
		try {
			return await trees.attempt(grammar, text, LONGEST_PARSE, (tree) =>
				tree.rootNode.type === 'ERROR' ? undefined : syntaxBlocks(text, tree),
			);
		} catch {
			// A grammar that cannot be read; its languages have indentation, too.
			failed.add(grammar);
			return undefined;
		}
	};
}
