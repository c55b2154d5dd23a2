/** Which bracket of code closes which on a page, and in which one a token stands. */

import { CLOSER_OF } from '../brackets';
import type { Token } from './tokens';

export class BracketPairs {
	/** Opening bracket to closing bracket and back, by index of the token. */
	private readonly partners = new Map<number, number>();
	/** Innermost opening bracket around each token; -1 where there is none. */
	private readonly parents: number[] = [];

	constructor(private readonly tokens: readonly Token[]) {
		const open: number[] = [];
		for (const [index, { kind, zone, text }] of tokens.entries()) {
			const isBracket = kind === 'sign' && zone === 'code';
			if (isBracket && /^[)\]}]$/.test(text)) {
				// One that nothing opened, or what was opened and never closed, is passed over.
				const from = open.findLastIndex((one) => CLOSER_OF[tokens[one]?.text ?? ''] === text);
				if (from !== -1) {
					const opener = open[from] ?? 0;
					open.length = from;
					this.partners.set(opener, index);
					this.partners.set(index, opener);
				}
			}
			this.parents.push(open.at(-1) ?? -1);
			if (isBracket && text in CLOSER_OF) {
				open.push(index);
			}
		}
	}

	/** Index of the other bracket of a pair. */
	partner(index: number): number | undefined {
		return this.partners.get(index);
	}

	/** Index of the innermost bracket that is open at a token; undefined at the top. */
	parent(index: number): number | undefined {
		const parent = this.parents[index] ?? -1;
		return parent === -1 ? undefined : parent;
	}

	/** Index of the token before or behind `index`, line ends and comments passed over. */
	beside(index: number, step: 1 | -1): number {
		let at = index + step;
		while (this.tokens[at]?.kind === 'line' || this.tokens[at]?.zone === 'comment') {
			at += step;
		}
		return at;
	}

	textBeside(index: number, step: 1 | -1): string {
		return this.tokens[this.beside(index, step)]?.text ?? '';
	}
}
