/** The manifest of an exported folder: what it was made of, so that it can be checked, and made again. */

import type { ExportFacts } from './facts';
import type { WrittenFile } from './folderWriter';

/** Layout of `manifest.json`; a reader refuses others. */
const SCHEMA_VERSION = 1;

export function manifestOf(facts: ExportFacts, files: readonly WrittenFile[]): object {
	const { base, adapter, settings, corpus, data, tokenizer } = facts;
	return {
		schemaVersion: SCHEMA_VERSION,
		createdBy: { program: 'Familiar', version: facts.version },
		created: facts.created,
		name: facts.name,
		baseModel: base,
		tokenizer: {
			...tokenizer,
			// Never seen and never learned: whatever token does.
			padding: tokenizer.special['end']?.id ?? 0,
		},
		data: {
			datasetSha256: data.hash,
			promptFormat: data.promptFormat,
			seed: data.seed,
			longestTokens: data.longest,
			lossOn: data.lossOn,
			splitRule: data.splitRule,
			counts: data.counts,
			chat: data.chat,
		},
		corpus,
		training: {
			...settings,
			sequences: facts.sequences,
			steps: facts.steps,
			adapterParameters: adapter.parameters,
		},
		launch: { gpus: facts.gpus, ...facts.batch },
		files,
	};
}
