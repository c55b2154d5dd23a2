/** The names that lines declare, and those around them, told by their form alone: for all languages at once. */

import { indentation } from '../../inference/indentation';

/** Words before a name that declare it, in the languages that people write most. */
const DECLARED =
	/\b(?:function\*?|class|interface|type|enum|struct|trait|impl|union|namespace|module|package|def|fn|func|fun|sub|proc|record|object|protocol|extension|macro|const|let|var|val|#define|newtype|data)\s+(?:\([^)]*\)\s*)?([\p{L}_$][\p{L}\p{N}_$.:]*)/gu;
/** A name with brackets that opens a body at the end of the line: a method, or a function of C. */
const METHOD =
	/^\s*(?:[\p{L}_$][\p{L}\p{N}_$<>[\],.:*&?]*\s+){0,6}[*&]*([\p{L}_$][\p{L}\p{N}_$:~]*)\s*(?:<[^<>]*>)?\([^;]*(?:\{|,|\(|\)|=>)\s*$/u;
const NO_METHOD =
	/^\s*(?:\}?\s*else\s+)?(?:if|for|foreach|while|switch|catch|return|await|throw|new|with|elif|until|unless|match|function|func|fn|def|pub)\b/;
/** A property that is a function. */
const PROPERTY =
	/^\s*(?:[\p{L}_$][\p{L}\p{N}_$.]*\.)?([\p{L}_$][\p{L}\p{N}_$]*)\s*[:=]\s*(?:async\s*)?(?:function\b|\([^)]*\)\s*=>)/u;

/** Longer lines are data. */
const LONGEST = 400;

/** Names that the line declares, as they are written. */
export function declaredNames(line: string): readonly string[] {
	if (line.length > LONGEST) {
		return [];
	}
	const found = [...line.matchAll(DECLARED)].map((match) => match[1] ?? '');
	const called = NO_METHOD.test(line) ? undefined : (METHOD.exec(line) ?? PROPERTY.exec(line))?.[1];
	return called === undefined || found.includes(called) ? found : [...found, called];
}

/** Knows, while lines are read from top to bottom, what is declared around the next. */
export class Surroundings {
	/** The outermost first. */
	private readonly open: { readonly columns: number; readonly names: readonly string[] }[] = [];

	/** Names that are declared around a line that was not read yet, the outermost first. */
	around(line: string): readonly string[] {
		const columns = indentation(line);
		return this.open.filter((one) => one.columns < columns).flatMap(({ names }) => names);
	}

	/** @param names those that the line declares */
	read(line: string, names: readonly string[]): void {
		if (line.trim() === '') {
			return;
		}
		const columns = indentation(line);
		while ((this.open.at(-1)?.columns ?? -1) >= columns) {
			this.open.pop();
		}
		if (names.length > 0) {
			this.open.push({ columns, names });
		}
	}
}
