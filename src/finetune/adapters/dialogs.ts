/** What is asked when an adapter comes in or goes out: which file or folder, as the options of VS Code's dialog. */

import type { Translate } from '../../inference/statusText';

/** A part of `vscode.OpenDialogOptions`. */
export interface PathDialog {
	readonly title: string;
	readonly openLabel: string;
	readonly canSelectFiles: boolean;
	readonly canSelectFolders: boolean;
	/** By name, their endings without a dot. */
	filters?: Record<string, string[]>;
}

interface ImportKind {
	readonly label: string;
	readonly description: string;
	readonly dialog: PathDialog;
}

/** A folder or a file: no dialog of Windows or Linux offers both at once. */
export function importKinds(translate: Translate): readonly ImportKind[] {
	const openLabel = translate('Import');
	return [
		{
			label: translate('$(folder) A PEFT folder…'),
			description: translate('with adapter_config.json, as Python tools save it'),
			dialog: {
				title: translate('Choose a PEFT adapter: a folder with adapter_config.json'),
				openLabel,
				canSelectFiles: false,
				canSelectFolders: true,
			},
		},
		{
			label: translate('$(file) A GGUF file…'),
			description: translate('a LoRA adapter made for llama.cpp'),
			dialog: {
				title: translate('Choose a LoRA adapter in GGUF'),
				openLabel,
				canSelectFiles: true,
				canSelectFolders: false,
				filters: { GGUF: ['gguf'] },
			},
		},
	];
}

export function exportDialog(translate: Translate): PathDialog {
	return {
		title: translate('Choose where the adapter becomes a folder'),
		openLabel: translate('Export Here'),
		canSelectFiles: false,
		canSelectFolders: true,
	};
}
