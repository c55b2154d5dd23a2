/** Where an exported adapter goes: a folder of its own that is not there yet. */

import * as fs from 'node:fs/promises';
import * as path from 'node:path';

/** Characters of the adapter's name that the folder keeps. */
const LONGEST_NAME = 60;

/** Below `parent`, named after the adapter; numbered from 2 on where that name is taken. */
export async function freeFolder(parent: string, adapterName: string): Promise<string> {
	const stem = `${adapterName.replace(/[^\w.-]+/g, '-').slice(0, LONGEST_NAME)}-peft`;
	const taken = new Set((await fs.readdir(parent)).map((name) => name.toLowerCase()));
	let name = stem;
	for (let number = 2; taken.has(name.toLowerCase()); number++) {
		name = `${stem}-${number}`;
	}
	return path.join(parent, name);
}
