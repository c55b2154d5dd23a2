/** Where the recipe of the starter keeps what is too large for the repository: archives, corpus, checkpoints. */

import * as os from 'node:os';
import * as path from 'node:path';

/** Absolute; `FAMILIAR_STARTER` names another. Outlives the checkout, so that an interrupted run can be resumed. */
export function recipeFolder(
	environment: Readonly<Record<string, string | undefined>> = process.env,
): string {
	return path.resolve(environment['FAMILIAR_STARTER'] ?? path.join(os.homedir(), '.cache/familiar-starter'));
}

/** The folders below it, by stage. */
export function recipeFolders(folder = recipeFolder()) {
	return {
		/** Downloaded packages, as the registries gave them. */
		archives: path.join(folder, 'archives'),
		/** `train.jsonl`, `validation.jsonl` (see `document.ts`) and `report.json`. */
		corpus: path.join(folder, 'corpus'),
		/** Checkpoints, the log of the loss, and the model as it was last written. */
		training: path.join(folder, 'training'),
		/** Conversations made from the corpus. */
		chat: path.join(folder, 'chat'),
		/** What the evaluation measured. */
		evaluation: path.join(folder, 'evaluation'),
	} as const;
}
