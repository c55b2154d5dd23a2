/** What is looked for in written texts: secrets, and whether they leave the syntax whole. Runs in a worker. */

import type { Node } from '@vscode/tree-sitter-wasm';
import { grammarOfFile } from '../../inference/syntax/languages';
import { Trees } from '../../inference/syntax/trees';
import { findSecrets } from '../corpus/secrets';

/** Texts at one place. */
export interface PlaceToCheck {
	readonly path: string;
	/** Before and after the cursor, whole lines as far as they go. */
	readonly before: string;
	readonly after: string;
	readonly truth: string;
	readonly texts: readonly string[];
}

export interface CheckedPlace {
	/** For each text the rules for secrets that fire. */
	readonly secrets: readonly (readonly string[])[];
	/** For each text whether it has no more errors of syntax than the truth; undefined without a grammar. */
	readonly isValid: readonly boolean[] | undefined;
}

/** Milliseconds for one tree; what takes longer has no syntax to us. */
const PATIENCE = 1_000;

export class TextCheck {
	private readonly trees: Trees;

	/** @param folder as `Trees` wants it. */
	constructor(folder: string) {
		this.trees = new Trees(folder);
	}

	async check(place: PlaceToCheck): Promise<CheckedPlace> {
		const secrets: (readonly string[])[] = [];
		// A value alone may be no secret: its name stands before it.
		const line = place.before.slice(place.before.lastIndexOf('\n') + 1);
		for (const text of place.texts) {
			const found = await findSecrets(line + text);
			secrets.push([...new Set(found.map(({ rule }) => rule))]);
		}
		return { secrets, isValid: await this.valid(place) };
	}

	private async valid({ path, before, after, truth, texts }: PlaceToCheck): Promise<CheckedPlace['isValid']> {
		const grammar = grammarOfFile(path);
		if (grammar === undefined) {
			return undefined;
		}
		const errorsOf = async (text: string) => {
			const tree = await this.trees.parse(grammar, before + text + after, PATIENCE);
			return tree === undefined ? undefined : errorsIn(tree.rootNode);
		};
		const allowed = await errorsOf(truth);
		const valid: boolean[] = [];
		for (const text of texts) {
			const errors = await errorsOf(text);
			if (allowed === undefined || errors === undefined) {
				return undefined;
			}
			valid.push(errors <= allowed);
		}
		return valid;
	}
}

/** A window that is cut out of a file may have some of its own. */
function errorsIn(node: Node): number {
	if (!node.hasError) {
		return 0;
	}
	const own = node.isError || node.isMissing ? 1 : 0;
	return node.children.reduce((sum, child) => sum + (child === null ? 0 : errorsIn(child)), own);
}
