/** Where packs lie; apart from the rest, since every start of the editor reads it. */

import * as path from 'node:path';

/** @param storage absolute path of the folder for everything Familiar keeps. */
export function packsFolder(storage: string): string {
	return path.join(storage, 'packs');
}
