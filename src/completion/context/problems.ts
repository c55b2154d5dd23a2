/** Source: what the editor's checkers say about the lines near the cursor. */

import type { Chunk, Place, Source } from './chunk';
import type { Library } from './library';

/** Lines before and behind the cursor. */
const NEAR = 20;
const MOST = 5;
/** Characters of a message; some quote half a type. */
const LONGEST = 200;

export class Problems implements Source {
	constructor(private readonly library: Library) {}

	async gather(place: Place): Promise<readonly Chunk[]> {
		const { uri, fullPath, path, version } = place.cursor;
		const lines = this.library
			.problems(place)
			.filter(({ line }) => Math.abs(line - place.line) <= NEAR)
			.sort(
				(one, other) =>
					Number(other.severity === 'error') - Number(one.severity === 'error') ||
					Math.abs(one.line - place.line) - Math.abs(other.line - place.line),
			)
			.slice(0, MOST)
			.sort((one, other) => one.line - other.line)
			.map(({ line, severity, message }) => {
				const [said = ''] = message.split('\n', 1);
				return `${path}:${line + 1}: ${severity}: ${said.slice(0, LONGEST)}`;
			});
		// Of this document: for its neighbours at most, wherever it lies.
		const origin = { uri, fullPath, version, isInWorkspace: false, start: place.line, end: place.line + 1 };
		return lines.length === 0
			? []
			: [{ source: 'problems', path: 'problems.txt', text: lines.join('\n'), score: 1, origin }];
	}
}
