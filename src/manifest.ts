/**
 * The code's half of package.json: command ids, setting keys with types and defaults, context keys, view ids.
 * Over 300 lines because package.json has one place for them, too.
 */

import type { Backend } from './inference/model';

/** Every command that package.json contributes; a test compares both ways. */
export const commands = {
	showMenu: 'familiar.showMenu',
	toggleCompletions: 'familiar.toggleCompletions',
	toggleLanguage: 'familiar.toggleCompletionsForLanguage',
	pauseCompletions: 'familiar.pauseCompletions',
	resumeCompletions: 'familiar.resumeCompletions',
	triggerCompletion: 'familiar.triggerCompletion',
	showStatistics: 'familiar.showCompletionStatistics',
	inspectCompletions: 'familiar.inspectCompletions',
	acceptNextEdit: 'familiar.acceptNextEdit',
	dismissNextEdit: 'familiar.dismissNextEdit',
	selectModel: 'familiar.selectModel',
	useStarterModel: 'familiar.useStarterModel',
	restartModel: 'familiar.restartModel',
	getAcceleration: 'familiar.getAcceleration',
	connectServer: 'familiar.connectServer',
	disconnectServer: 'familiar.disconnectServer',
	showDiagnostics: 'familiar.showDiagnostics',
	doctor: 'familiar.doctor',
	showLog: 'familiar.showLog',
	newChat: 'familiar.newChat',
	showHistory: 'familiar.showChatHistory',
	focusChat: 'familiar.focusChat',
	stopAnswer: 'familiar.stopAnswer',
	explain: 'familiar.explain',
	fix: 'familiar.fix',
	generate: 'familiar.generateFromComment',
	editSelection: 'familiar.editSelection',
	acceptChange: 'familiar.acceptChange',
	discardChange: 'familiar.discardChange',
	acceptAllChanges: 'familiar.acceptAllChanges',
	discardAllChanges: 'familiar.discardAllChanges',
	nextChange: 'familiar.nextChange',
	stopEdit: 'familiar.stopEdit',
	showCorpus: 'familiar.showCorpus',
	fineTune: 'familiar.fineTune',
	fineTuneChat: 'familiar.fineTuneChat',
	showFineTune: 'familiar.showFineTune',
	pauseFineTune: 'familiar.pauseFineTune',
	resumeFineTune: 'familiar.resumeFineTune',
	cancelFineTune: 'familiar.cancelFineTune',
	selectAdapter: 'familiar.selectAdapter',
	showReport: 'familiar.showReport',
	compareReports: 'familiar.compareReports',
	copyReport: 'familiar.copyReport',
	showReportFolder: 'familiar.showReportFolder',
	rollBackAdapter: 'familiar.rollBackAdapter',
	importAdapter: 'familiar.importAdapter',
	exportAdapter: 'familiar.exportAdapter',
	judgeAdapter: 'familiar.judgeAdapter',
	measureCurve: 'familiar.measureLearningCurve',
	exportFineTune: 'familiar.exportFineTune',
	startApi: 'familiar.startApi',
	stopApi: 'familiar.stopApi',
	showApi: 'familiar.showApi',
	renewApiToken: 'familiar.renewApiToken',
	deleteData: 'familiar.deleteAllData',
	getStarted: 'familiar.getStarted',
	showModels: 'familiar.showModels',
	copyDiagnostics: 'familiar.copyDiagnostics',
	importModel: 'familiar.importModel',
	useForCompletion: 'familiar.useModelForCompletion',
	useForChat: 'familiar.useModelForChat',
	useForSearch: 'familiar.useModelForSearch',
	stopUsingModel: 'familiar.stopUsingModel',
	loadModel: 'familiar.loadModel',
	unloadModel: 'familiar.unloadModel',
	benchmarkModel: 'familiar.benchmarkModel',
	downloadModel: 'familiar.downloadModel',
	chooseSize: 'familiar.chooseModelSize',
	resumeDownload: 'familiar.resumeDownload',
	cancelDownload: 'familiar.cancelDownload',
	deleteModel: 'familiar.deleteModel',
	revealModel: 'familiar.revealModel',
	useAdapter: 'familiar.useAdapter',
	turnOffAdapter: 'familiar.turnOffAdapter',
} as const;

/** The chat, the models below it, and the container they stand in. */
export const views = { container: 'familiar', chat: 'familiar.chat', models: 'familiar.models' } as const;

/** The walkthrough for whoever has just installed Familiar. */
export const WALKTHROUGH = 'getStarted';

/** `@familiar` in VS Code's own chat; each command is a task of the chat. */
export const participant = {
	id: 'familiar.chat',
	name: 'familiar',
	commands: ['explain', 'fix', 'tests', 'doc', 'review'],
} as const;

/** Whose models ours are, for the extensions that ask VS Code for one. */
export const modelVendor = 'familiar';

/** What VS Code's own agent, and other extensions, may let a model look up; VS Code knows them with the prefix. */
export const tools = {
	prefix: 'familiar_',
	names: ['search', 'read_file', 'list_symbols', 'diagnostics', 'git_log', 'git_diff'],
} as const;
/** Scheme of the pages on which edits are written, and by which `when` clauses know them. */
export const PAGE_SCHEME = 'familiar-edit';

/** Keys for `when` clauses. */
export const contextKeys = {
	answering: 'familiar.answering',
	/** An edit is being written onto its page. */
	writingEdit: 'familiar.writingEdit',
	/** The next edit is on screen, and Tab is free for it. */
	nextEditShown: 'familiar.nextEdit.isShown',
	/** A fine-tune goes on in this window, or is paused. */
	training: 'familiar.training',
	/** There is a fine-tune that can go on: paused here, or one that ended before it was finished. */
	resumable: 'familiar.trainingResumable',
	/** The local API answers other programs. */
	apiRuns: 'familiar.apiRuns',
} as const;

/** A setting: its key, its default, and whether it is barred from workspace settings in Restricted Mode. */
export interface Setting<T> {
	readonly key: string;
	readonly default: T;
	/** `machine`: no workspace can set it at all. */
	readonly scope: 'machine' | 'window' | 'language-overridable';
	readonly restricted: boolean;
}

function setting<T>(
	key: string,
	defaultValue: T,
	scope: Setting<T>['scope'] = 'window',
	restricted = false,
): Setting<T> {
	return { key, default: defaultValue, scope, restricted };
}

/** `manual`: only an explicit request is answered. */
export type CompletionTrigger = 'automatic' | 'manual';

/** What a prompt shows beside the current file. */
export interface ContextSwitches {
	/** Signatures of what the imported modules declare. */
	readonly imports: boolean;
	/** Places looked at or edited before. */
	readonly recent: boolean;
	/** Places in open and neighbouring files that look alike. */
	readonly similar: boolean;
	/** Edits made elsewhere, as diffs. */
	readonly edits: boolean;
	/** Errors and warnings near the cursor. */
	readonly problems: boolean;
	/** What was copied in an editor. */
	readonly copied: boolean;
}

/** What a server can do in the place of a local model. */
export type RemoteRole = 'completion' | 'chat' | 'embedding';

/** `rules`: from what was edited by hand, without the model. `model`: that one where no rule finds anything. */
export type NextEditMode = 'off' | 'rules' | 'model';

/** Every setting that package.json contributes; a test compares both ways. */
export const settings = {
	modelPath: setting('familiar.model.path', '', 'machine', true),
	backend: setting<Backend>('familiar.model.backend', 'auto', 'machine', true),
	gpuLayers: setting('familiar.model.gpuLayers', -1, 'machine', true),
	contextSize: setting('familiar.model.contextSize', 0, 'machine', true),
	keepAlive: setting('familiar.model.keepAlive', 30, 'machine', true),
	nodePath: setting('familiar.host.nodePath', '', 'machine', true),
	apiPort: setting('familiar.api.port', 0, 'machine', true),
	remoteUrl: setting('familiar.remote.url', '', 'machine', true),
	remoteUse: setting<Readonly<Record<RemoteRole, boolean>>>(
		'familiar.remote.use',
		{ completion: true, chat: true, embedding: false },
		'machine',
		true,
	),
	remoteCompletionModel: setting('familiar.remote.completionModel', '', 'machine', true),
	remoteChatModel: setting('familiar.remote.chatModel', '', 'machine', true),
	remoteEmbeddingModel: setting('familiar.remote.embeddingModel', '', 'machine', true),
	remoteAdapter: setting('familiar.remote.adapter', '', 'machine', true),
	completionEnabled: setting('familiar.completion.enabled', true),
	completionLanguages: setting<Readonly<Record<string, boolean>>>('familiar.completion.languages', {
		'*': true,
		plaintext: false,
		markdown: false,
		scminput: false,
	}),
	completionTrigger: setting<CompletionTrigger>('familiar.completion.trigger', 'automatic'),
	completionPauseOnBattery: setting('familiar.completion.pauseOnBattery', false, 'machine'),
	completionDebounce: setting('familiar.completion.debounce', 150),
	completionMaxTokens: setting('familiar.completion.maxTokens', 96),
	completionLeftToRight: setting('familiar.completion.leftToRight', false),
	completionNextEdit: setting<NextEditMode>('familiar.completion.nextEdit', 'rules'),
	completionContext: setting<ContextSwitches>('familiar.completion.context', {
		imports: true,
		recent: true,
		similar: true,
		edits: true,
		problems: false,
		copied: false,
	}),
	exclude: setting<Readonly<Record<string, boolean>>>('familiar.exclude', {}, 'window', true),
	chatMaxTokens: setting('familiar.chat.maxTokens', 1024),
	chatTemperature: setting('familiar.chat.temperature', 0.2),
	chatThinksFirst: setting('familiar.chat.thinkFirst', false),
	chatSummaries: setting('familiar.chat.summaries', true),
	chatToolSteps: setting('familiar.chat.toolSteps', 5),
	chatModel: setting('familiar.chat.model', '', 'machine', true),
	embeddingModel: setting('familiar.chat.embeddingModel', '', 'machine', true),
	fineTuneMinutes: setting('familiar.finetune.minutes', 30, 'window', true),
	fineTuneRank: setting('familiar.finetune.rank', 16, 'window', true),
	fineTuneLearningRate: setting('familiar.finetune.learningRate', 0, 'window', true),
	fineTuneSequenceLength: setting('familiar.finetune.sequenceLength', 512, 'window', true),
	fineTuneAdvanced: setting<Readonly<Record<string, unknown>>>(
		'familiar.finetune.advanced',
		{},
		'window',
		true,
	),
	fineTuneLearningCurve: setting('familiar.finetune.learningCurve', false, 'window', true),
	fineTunePauseOnBattery: setting('familiar.finetune.pauseOnBattery', true, 'machine', true),
} as const;

/** Longest time that a setting can give, in minutes: a week. */
export const MOST_MINUTES = 7 * 24 * 60;

/** One readonly snapshot of all settings, read once and handed down. */
export interface Settings {
	readonly modelPath: string;
	readonly backend: Backend;
	readonly gpuLayers: number;
	readonly contextSize: number;
	/** Minutes without a request after which a model leaves memory; 0 = never. */
	readonly keepAlive: number;
	readonly nodePath: string;
	/** Of the local API; 0 = any that is free. */
	readonly apiPort: number;
	readonly remote: {
		/** Of the server, as it is written; empty for none. */
		readonly url: string;
		/** What goes there. */
		readonly use: Readonly<Record<RemoteRole, boolean>>;
		/** As the server lists them; empty: the only one it has. */
		readonly models: Readonly<Record<RemoteRole, string>>;
		readonly adapter: string;
	};
	readonly completion: {
		readonly enabled: boolean;
		/** Language id to on or off; `*` is the rest. */
		readonly languages: Readonly<Record<string, boolean>>;
		readonly trigger: CompletionTrigger;
		readonly pauseOnBattery: boolean;
		/** Longest wait before the model is asked, in milliseconds; 0 = none. */
		readonly debounce: number;
		readonly maxTokens: number;
		readonly leftToRight: boolean;
	};
	readonly nextEdit: NextEditMode;
	readonly context: ContextSwitches;
	/** Globs of files that are neither completed nor used as context. */
	readonly exclude: readonly string[];
	readonly chat: {
		readonly maxTokens: number;
		readonly temperature: number;
		/** The model is asked to think before it answers. */
		readonly thinksFirst: boolean;
		/** Earlier exchanges that no longer fit the context are summed up. */
		readonly summaries: boolean;
		/** What a model that can call functions may look up for one answer, one after the other; 0 = nothing. */
		readonly toolSteps: number;
		/** Absolute path of the model that answers; empty for the one that completes. */
		readonly model: string;
		/** Absolute path of the model that the workspace is searched with besides words; empty for none. */
		readonly embeddingModel: string;
	};
	readonly fineTune: {
		/** Time that is offered first; 0 = until all data was seen. */
		readonly minutes: number;
		readonly rank: number;
		readonly learningRate: number;
		/** Tokens of a row. */
		readonly sequenceLength: number;
		/** It is measured after the verdict. */
		readonly learningCurve: boolean;
		readonly pauseOnBattery: boolean;
		/** As it stands in the settings file; whoever trains checks it. */
		readonly advanced: Readonly<Record<string, unknown>>;
	};
}

const NEXT_EDIT_MODES: readonly NextEditMode[] = ['off', 'rules', 'model'];
const BACKENDS: readonly Backend[] = ['auto', 'cpu', 'cuda', 'vulkan', 'metal'];

function readNumber(value: unknown, setting: Setting<number>, least: number, most: number): number {
	return typeof value === 'number' && Number.isFinite(value)
		? Math.min(most, Math.max(least, value))
		: setting.default;
}

function readInteger(value: unknown, setting: Setting<number>, least: number, most: number): number {
	return Math.trunc(readNumber(value, setting, least, most));
}

function readBoolean(value: unknown, setting: Setting<boolean>): boolean {
	return typeof value === 'boolean' ? value : setting.default;
}

function readString(value: unknown, setting: Setting<string>): string {
	return typeof value === 'string' ? value.trim() : setting.default;
}

function readLanguages(value: unknown): Readonly<Record<string, boolean>> {
	const languages: Record<string, boolean> = { ...settings.completionLanguages.default };
	if (typeof value === 'object' && value !== null) {
		for (const [language, on] of Object.entries(value)) {
			if (typeof on === 'boolean') {
				languages[language] = on;
			}
		}
	}
	return languages;
}

/** A switch that is not there, or is none, stands as it does by default. */
function readSwitches(value: unknown): ContextSwitches {
	const given = readObject(value);
	const isOn = (name: keyof ContextSwitches) => {
		const on = given[name];
		return typeof on === 'boolean' ? on : settings.completionContext.default[name];
	};
	return {
		imports: isOn('imports'),
		recent: isOn('recent'),
		similar: isOn('similar'),
		edits: isOn('edits'),
		problems: isOn('problems'),
		copied: isOn('copied'),
	};
}

/** What is not said by name stays as it is by default, but nothing goes to a server for a value that is none. */
function readRoles(value: unknown): Readonly<Record<RemoteRole, boolean>> {
	const given = readObject(value);
	const isOn = (role: RemoteRole) =>
		role in given ? given[role] === true : settings.remoteUse.default[role];
	return { completion: isOn('completion'), chat: isOn('chat'), embedding: isOn('embedding') };
}

function readObject(value: unknown): Readonly<Record<string, unknown>> {
	return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

/**
 * The globs that are on. A list and a single glob are understood too, and everything but `false` counts as on: better
 * to obey a wish that is written wrongly than to read what must not be read.
 */
function readGlobs(value: unknown): readonly string[] {
	if (typeof value === 'string' || Array.isArray(value)) {
		return [value].flat().filter((glob): glob is string => typeof glob === 'string' && glob.trim() !== '');
	}
	return typeof value === 'object' && value !== null
		? Object.entries(value)
				.filter(([glob, on]) => on !== false && glob.trim() !== '')
				.map(([glob]) => glob)
		: [];
}

/**
 * Reads a snapshot. `get` returns the raw value of a key; a value of the wrong type becomes the default, a number
 * out of range its nearest bound, so that a hand-edited settings.json can never break the extension.
 */
export function readSettings(get: (key: string) => unknown): Settings {
	const backend = get(settings.backend.key);
	const nextEdit = get(settings.completionNextEdit.key);
	return {
		modelPath: readString(get(settings.modelPath.key), settings.modelPath),
		backend: BACKENDS.find((known) => known === backend) ?? settings.backend.default,
		gpuLayers: readInteger(get(settings.gpuLayers.key), settings.gpuLayers, -1, 1024),
		contextSize: readInteger(get(settings.contextSize.key), settings.contextSize, 0, 1 << 20),
		keepAlive: readNumber(get(settings.keepAlive.key), settings.keepAlive, 0, MOST_MINUTES),
		nodePath: readString(get(settings.nodePath.key), settings.nodePath),
		apiPort: readInteger(get(settings.apiPort.key), settings.apiPort, 0, 65_535),
		remote: {
			url: readString(get(settings.remoteUrl.key), settings.remoteUrl),
			use: readRoles(get(settings.remoteUse.key)),
			models: {
				completion: readString(get(settings.remoteCompletionModel.key), settings.remoteCompletionModel),
				chat: readString(get(settings.remoteChatModel.key), settings.remoteChatModel),
				embedding: readString(get(settings.remoteEmbeddingModel.key), settings.remoteEmbeddingModel),
			},
			adapter: readString(get(settings.remoteAdapter.key), settings.remoteAdapter),
		},
		completion: {
			enabled: readBoolean(get(settings.completionEnabled.key), settings.completionEnabled),
			languages: readLanguages(get(settings.completionLanguages.key)),
			trigger:
				get(settings.completionTrigger.key) === 'manual' ? 'manual' : settings.completionTrigger.default,
			pauseOnBattery: readBoolean(
				get(settings.completionPauseOnBattery.key),
				settings.completionPauseOnBattery,
			),
			debounce: readNumber(get(settings.completionDebounce.key), settings.completionDebounce, 0, 5_000),
			maxTokens: readInteger(get(settings.completionMaxTokens.key), settings.completionMaxTokens, 1, 512),
			leftToRight: readBoolean(get(settings.completionLeftToRight.key), settings.completionLeftToRight),
		},
		context: readSwitches(get(settings.completionContext.key)),
		nextEdit: NEXT_EDIT_MODES.find((known) => known === nextEdit) ?? settings.completionNextEdit.default,
		exclude: readGlobs(get(settings.exclude.key)),
		chat: {
			maxTokens: readInteger(get(settings.chatMaxTokens.key), settings.chatMaxTokens, 16, 8_192),
			temperature: readNumber(get(settings.chatTemperature.key), settings.chatTemperature, 0, 2),
			thinksFirst: readBoolean(get(settings.chatThinksFirst.key), settings.chatThinksFirst),
			summaries: readBoolean(get(settings.chatSummaries.key), settings.chatSummaries),
			toolSteps: readInteger(get(settings.chatToolSteps.key), settings.chatToolSteps, 0, 20),
			model: readString(get(settings.chatModel.key), settings.chatModel),
			embeddingModel: readString(get(settings.embeddingModel.key), settings.embeddingModel),
		},
		fineTune: {
			minutes: readNumber(get(settings.fineTuneMinutes.key), settings.fineTuneMinutes, 0, MOST_MINUTES),
			rank: readInteger(get(settings.fineTuneRank.key), settings.fineTuneRank, 1, 256),
			learningRate: readNumber(
				get(settings.fineTuneLearningRate.key),
				settings.fineTuneLearningRate,
				0,
				0.01,
			),
			sequenceLength: readInteger(
				get(settings.fineTuneSequenceLength.key),
				settings.fineTuneSequenceLength,
				64,
				8_192,
			),
			learningCurve: readBoolean(get(settings.fineTuneLearningCurve.key), settings.fineTuneLearningCurve),
			pauseOnBattery: readBoolean(get(settings.fineTunePauseOnBattery.key), settings.fineTunePauseOnBattery),
			advanced: readObject(get(settings.fineTuneAdvanced.key)),
		},
	};
}

/** Whether completion is on for a language id. */
export function isLanguageOn(languages: Readonly<Record<string, boolean>>, languageId: string): boolean {
	return languages[languageId] ?? languages['*'] ?? true;
}
