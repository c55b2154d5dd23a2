/** Whether a model still is what arrived: a failing disk changes bytes that nothing else looks at again. */

import * as path from 'node:path';
import { Library } from '../models/library';
import { sha256Of } from '../models/part';
import { formatBytes, type Translate } from '../statusText';
import { commandHelps, type Finding, ok, wrong } from './check';

/**
 * Reads all files of the model, which takes as long as it takes to load it. No finding where nobody knows how they were:
 * the starter, and files that were chosen where they lie.
 *
 * @param file absolute path of the model. @param folder holds the models that were downloaded or imported.
 * @throws an AbortError when the signal fires.
 */
export async function contentFindings(
	file: string,
	folder: string,
	translate: Translate,
	signal: AbortSignal,
): Promise<readonly Finding[]> {
	const name = translate('Contents of the model file');
	const library = new Library(folder, translate);
	const stored = (await library.list()).find((one) => one.isComplete && one.path === file);
	const known = stored?.record.files.filter(({ sha256 }) => sha256 !== undefined);
	if (stored === undefined || known === undefined || known.length === 0) {
		return [];
	}
	for (const part of known) {
		const at = library.pathOf(stored.record, part);
		if ((await sha256Of(at, signal)) !== part.sha256) {
			const { selectModel } = commandHelps(translate);
			return [
				wrong(
					name,
					translate(
						'{0} is not as it arrived (another sha256): the disk may fail, or a program wrote into it. Delete the model and get it again.',
						path.basename(at),
					),
					selectModel,
				),
			];
		}
	}
	const bytes = known.reduce((sum, part) => sum + (part.bytes ?? 0), 0);
	return [ok(name, translate('as they arrived ({0} read)', formatBytes(bytes)))];
}
