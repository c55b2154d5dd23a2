/** Which file does what, by the settings: each model is chosen for what it is for, and given up where it stands. */

import { settings as keys, type Settings } from '../manifest';
import { resolveModelFile } from './modelFile';
import type { Role } from './models/library';

/** The shape of VS Code's Memento. */
interface Memory {
	get<T>(key: string, defaultValue: T): T;
	update(key: string, value: unknown): Thenable<void>;
}

export interface ChosenFilesOptions {
	settings(): Settings;
	/** Writes a setting for all workspaces; an empty value is the default. */
	write(key: string, value: string): Promise<void>;
	/** Remembers models that were chosen before. */
	readonly memory: Memory;
	/** Absolute path of the model that ships with the extension. */
	readonly starterPath: string;
	/** Whether the starter completes. */
	isStarter(): boolean;
	/** The model that completes was chosen once more: what was wrong with it may be mended by now. */
	again(): Promise<void>;
}

/** Key of the remembered paths in the global state. */
const RECENT = 'familiar.recentModels';
const MOST_RECENT = 8;

export class ChosenFiles {
	constructor(private readonly options: ChosenFilesOptions) {}

	/** As the settings have them, empty for the starter; the one that completes first. */
	get inUse(): readonly string[] {
		const { modelPath, chat } = this.options.settings();
		return [modelPath, ...[chat.model, chat.embeddingModel].filter((file) => file !== '')];
	}

	/** Paths of models that were chosen before, the newest first. */
	get recent(): readonly string[] {
		return this.options.memory.get<readonly string[]>(RECENT, []);
	}

	/** Whether the starter does what a model of these roles is for. For searching by meaning there is none. */
	isStarterFor(roles: readonly Role[]): boolean {
		const { settings, isStarter } = this.options;
		const takesChat = placeOf(roles) === keys.chatModel.key;
		return !roles.includes('embedding') && isStarter() && !(takesChat && settings().chat.model !== '');
	}

	/**
	 * Puts a file where its roles belong: one for the chat alone answers there and completes nothing.
	 * @param file empty for none: then the starter completes, the model that completes answers, nothing searches by meaning.
	 */
	async use(file: string, roles: readonly Role[]): Promise<void> {
		const { settings, write, memory, again } = this.options;
		const place = placeOf(roles);
		if (place === keys.chatModel.key) {
			// Whoever completes is asked by the chat, too.
			return write(place, (await this.isSame(settings().modelPath, file)) ? '' : file);
		}
		if (place !== keys.modelPath.key) {
			return write(place, file);
		}
		if (file !== '') {
			const recent = [file, ...this.recent.filter((other) => other !== file)].slice(0, MOST_RECENT);
			await memory.update(RECENT, recent);
		}
		const before = settings().modelPath;
		await write(place, file);
		if (before === file) {
			// No change of the setting, so nothing else would try again.
			await again();
		}
	}

	/** Clears the settings that name the file, and no others. */
	async giveUp(file: string): Promise<void> {
		const { settings, write } = this.options;
		if (await this.isSame(settings().modelPath, file)) {
			await write(keys.modelPath.key, '');
		}
		await this.stopUsing(file);
	}

	/** The same, but what completes goes on. */
	async stopUsing(file: string): Promise<void> {
		const { chat } = this.options.settings();
		if (await this.isSame(chat.model, file)) {
			await this.options.write(keys.chatModel.key, '');
		}
		if (await this.isSame(chat.embeddingModel, file)) {
			await this.options.write(keys.embeddingModel.key, '');
		}
	}

	/** Whether a setting, as it was typed, names the file; of a model in parts, any part is the model. */
	private async isSame(setting: string, file: string): Promise<boolean> {
		if (setting === '' || setting === file) {
			return setting === file;
		}
		const [one, other] = await Promise.all(
			[setting, file].map((path) => resolveModelFile(path, this.options.starterPath)),
		);
		return one?.type === 'file' && other?.type === 'file' && one.path === other.path;
	}
}

/** Key of the setting that a model of these roles belongs in. */
function placeOf(roles: readonly Role[]): string {
	return roles.includes('embedding')
		? keys.embeddingModel.key
		: roles.includes('completion')
			? keys.modelPath.key
			: keys.chatModel.key;
}
