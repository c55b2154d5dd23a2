/** Stands in for the editor's own module in unit tests (esbuild.mjs puts it there): as much of it as a face needs. */

type Handler = (...words: readonly unknown[]) => unknown;

interface Restorer {
	deserializeWebviewPanel(panel: unknown): Promise<void>;
}

const handlers = new Map<string, Handler>();
const restorers = new Map<string, Restorer>();
/** Messages that somebody would see, the oldest first. */
export const shownErrors: string[] = [];

/** Like the editor, takes nothing twice. */
function register<One>(all: Map<string, One>, name: string, one: One): { dispose(): void } {
	if (all.has(name)) {
		throw new Error(`${name} already exists`);
	}
	all.set(name, one);
	return { dispose: () => all.delete(name) };
}

export const commands = {
	registerCommand: (id: string, handler: Handler) => register(handlers, id, handler),
	async executeCommand(id: string, ...words: readonly unknown[]): Promise<unknown> {
		const handler = handlers.get(id);
		if (handler === undefined) {
			throw new Error(`command '${id}' not found`);
		}
		return handler(...words);
	},
};

export const window = {
	registerWebviewPanelSerializer: (type: string, one: Restorer) => register(restorers, type, one),
	async showErrorMessage(message: string): Promise<void> {
		shownErrors.push(message);
	},
};

export const l10n = {
	t: (message: string, ...values: readonly unknown[]) =>
		message.replace(/\{(\d)\}/g, (_, index) => String(values[Number(index)])),
};

/** The editor starts with a panel that was open. */
export async function restorePanel(type: string, panel: unknown): Promise<void> {
	await restorers.get(type)?.deserializeWebviewPanel(panel);
}
