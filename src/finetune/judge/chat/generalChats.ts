/**
 * Conversations about nothing in particular, to see what an adapter makes a chat forget: `generalChats.txt`, which lies beside
 * the bundle. They were written for this purpose and are under this project's licence.
 */

import * as fs from 'node:fs/promises';
import type { JudgedChat } from '../../instruct/testChats';

const HEADING = /^=== (.+)\n/gm;

/**
 * @param file absolute path of `generalChats.txt`.
 * @param system what chat tells the model before each conversation; undefined: nothing.
 * @throws the error of the disk.
 */
export async function readGeneralChats(
	file: string,
	system: string | undefined,
): Promise<readonly JudgedChat[]> {
	const text = await fs.readFile(file, 'utf8');
	const headings = [...text.matchAll(HEADING)];
	return headings.map((heading, index) => ({
		file: `general/${index}`,
		kind: 'teacher',
		messages: [
			...(system === undefined ? [] : [{ role: 'system', content: system } as const]),
			{ role: 'user', content: heading[1] ?? '' },
			{
				role: 'assistant',
				content: text.slice(heading.index + heading[0].length, headings[index + 1]?.index).trim(),
			},
		],
	}));
}
