/** Cuts files into chunks: by their syntax trees where there is a grammar and time, else by their indentation. */

import { messageOf } from '../../inference/failure';
import { type Grammar, grammarOfFile } from '../../inference/syntax/languages';
import type { Trees } from '../../inference/syntax/trees';
import { chunkLines, type LineSpan } from './chunker';
import { costsBySyntax } from './syntaxCosts';

/** Characters of a file that is parsed: the memory of the largest tree stays taken. */
export const LONGEST_TEXT = 200_000;
/** Milliseconds for one tree: of the held-out files below 300 KB none took more than 250, on two busy cores. */
const LONGEST_PARSE = 500;

/** @param path with `/`: what it ends in tells the grammar */
export type Cut = (path: string, text: string) => Promise<readonly LineSpan[]>;

export const cutByIndentation: Cut = async (_path, text) => chunkLines(text.split('\n'));

/**
 * @param onProblem told once for each grammar that fails; its files are cut by their indentation from then on
 */
export function cutBySyntax(trees: Pick<Trees, 'attempt'>, onProblem: (message: string) => void): Cut {
	const failed = new Set<Grammar>();
	return async (path, text) => {
		const lines = text.split('\n');
		const grammar = grammarOfFile(path);
		if (grammar === undefined || failed.has(grammar) || text.length > LONGEST_TEXT) {
			return chunkLines(lines);
		}
		try {
			const costs = await trees.attempt(grammar, text, LONGEST_PARSE, (tree) =>
				// Of another language, or of a form that the grammar does not know.
				tree.rootNode.type === 'ERROR' ? undefined : costsBySyntax(lines, tree),
			);
			return chunkLines(lines, costs);
		} catch (error) {
			failed.add(grammar);
			onProblem(`Files of ${grammar} are cut by their indentation: ${messageOf(error)}`);
			return chunkLines(lines);
		}
	};
}
