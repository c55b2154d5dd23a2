/** Text with `█` where the cursor stands, as plain pieces and as a completion cursor. */

import { type Cursor, cursorAt, type DocumentFacts } from '../../src/completion/cursor';

const CURSOR = '█';

export interface Marked {
	/** Text without the marker. */
	readonly text: string;
	readonly before: string;
	readonly after: string;
	/** From 0. */
	readonly line: number;
	/** UTF-16 units from 0. */
	readonly character: number;
}

export function marked(source: string): Marked {
	const [before, after, ...more] = source.split(CURSOR);
	if (before === undefined || after === undefined || more.length > 0) {
		throw new Error(`Exactly one ${CURSOR} is needed: ${source}`);
	}
	const lines = before.split('\n');
	return {
		text: before + after,
		before,
		after,
		line: lines.length - 1,
		character: lines.at(-1)?.length ?? 0,
	};
}

/** A TypeScript file of a repository, unless `facts` say otherwise. `\n` is the line end in `source`. */
export function cursorIn(source: string, facts: Partial<DocumentFacts> = {}): Cursor {
	const { text, line, character } = marked(source);
	const lines = text.split('\n');
	return cursorAt(
		{
			uri: 'file:///repository/src/sample.ts',
			path: 'src/sample.ts',
			fullPath: '/repository/src/sample.ts',
			repository: 'repository',
			languageId: 'typescript',
			scheme: 'file',
			isWritable: true,
			eol: '\n',
			version: 1,
			...facts,
		},
		{ lineCount: lines.length, lineAt: (number) => lines[number] ?? '' },
		{ line, character },
	);
}
