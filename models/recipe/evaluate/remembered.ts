/** Results that are kept by what they were made of, so that an evaluation goes on where it was interrupted. */

import { createHash } from 'node:crypto';
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { readJson } from '../../../src/inference/jsonFile';
import { writeWhole } from '../../../src/inference/wholeFile';
import type { Check } from '../../../src/inference/wire/shapes';

/** Everything that a result depends on. */
export type Ingredients = Readonly<Record<string, string | number>>;

/**
 * What an earlier run computed from the same ingredients, or what `compute` gives now.
 * @param folder absolute; made when it is not there.
 * @param stage names the file.
 * @throws what `compute` throws; nothing is kept then.
 */
export async function remembered<T>(
	folder: string,
	stage: string,
	ingredients: Ingredients,
	check: Check<T>,
	compute: () => Promise<T>,
): Promise<T> {
	const key = createHash('sha256').update(JSON.stringify(ingredients)).digest('hex').slice(0, 16);
	const file = path.join(folder, `${stage}-${key}.json`);
	const before = await readJson(file, check);
	if (before !== undefined) {
		return before;
	}
	const result = await compute();
	await fs.mkdir(folder, { recursive: true });
	await writeWhole(file, JSON.stringify(result));
	return result;
}
