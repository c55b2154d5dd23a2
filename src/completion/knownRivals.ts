/** Which other extensions write ghost text, and whether one of them does so now. */

/** What is known of an installed extension. */
interface Installed {
	readonly id: string;
	readonly isActive: boolean;
}

export interface Rival {
	readonly id: string;
	readonly name: string;
}

interface Known extends Rival {
	/** Whether its completions are on, by its own settings. Default: yes. */
	isOn?(get: (key: string) => unknown): boolean;
}

/**
 * Copilot counts only where its completions and the editor's AI features are on. `GitHub.copilot-chat` comes with
 * the editor and is active without an account, so that it says nothing.
 */
function isCopilotOn(get: (key: string) => unknown): boolean {
	const enabled = get('github.copilot.enable');
	const isOff = typeof enabled === 'object' && enabled !== null && '*' in enabled && enabled['*'] === false;
	return !isOff && get('chat.disableAIFeatures') !== true;
}

const KNOWN: readonly Known[] = [
	{ id: 'GitHub.copilot', name: 'GitHub Copilot', isOn: isCopilotOn },
	{
		id: 'Continue.continue',
		name: 'Continue',
		isOn: (get) => get('continue.enableTabAutocomplete') !== false,
	},
	{ id: 'TabbyML.vscode-tabby', name: 'Tabby' },
	{ id: 'ggml-org.llama-vscode', name: 'llama.vscode' },
	{ id: 'Codeium.codeium', name: 'Windsurf (Codeium)' },
	{ id: 'Supermaven.supermaven', name: 'Supermaven' },
	{ id: 'TabNine.tabnine-vscode', name: 'Tabnine' },
	{ id: 'sourcegraph.cody-ai', name: 'Cody' },
	{ id: 'smallcloud.codify', name: 'Refact' },
	{ id: 'rjmacarthy.twinny', name: 'Twinny' },
	{ id: 'HuggingFace.huggingface-vscode', name: 'llm-vscode' },
	{ id: 'ex3ndr.llama-coder', name: 'Llama Coder' },
	{ id: 'AmazonWebServices.amazon-q-vscode', name: 'Amazon Q' },
	{ id: 'Google.geminicodeassist', name: 'Gemini Code Assist' },
];

/** The first active extension that completes inline. `get` reads any setting by its full key. */
export function findRival(installed: readonly Installed[], get: (key: string) => unknown): Rival | undefined {
	const active = new Set(
		installed.filter((extension) => extension.isActive).map((extension) => extension.id.toLowerCase()),
	);
	const found = KNOWN.find((known) => active.has(known.id.toLowerCase()) && (known.isOn?.(get) ?? true));
	return found === undefined ? undefined : { id: found.id, name: found.name };
}
