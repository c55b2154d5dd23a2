/** Composition root: builds the rooms, wires them to each other and disposes them. No logic of its own. */

import { createHash } from 'node:crypto';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { version } from '../package.json';
import { registerChatActions } from './chat/actions';
import { ChatSession } from './chat/session';
import { type ChatStore, FileChatStore, NoStore } from './chat/store';
import { ChatView } from './chat/view';
import { CompletionCommands } from './completion/commands';
import { CompletionEngine } from './completion/engine';
import { findRival } from './completion/knownRivals';
import type { Outcome } from './completion/outcome';
import { registerCompletions } from './completion/provider';
import { watchForRivals } from './completion/rival';
import { AdapterCommands, tellRefused } from './finetune/adapters';
import { ActiveAdapters } from './finetune/adapters/active';
import { Choices } from './finetune/adapters/choices';
import { activeLine } from './finetune/adapters/describe';
import { AdapterStore } from './finetune/adapters/store';
import { FineTuneCommands } from './finetune/command';
import { RunStore } from './finetune/job/runStore';
import type { TrainerLaunch } from './finetune/job/trainerProcess';
import { FineTunePanel } from './finetune/panel';
import { activation } from './finetune/panel/activation';
import { FineTuneSession } from './finetune/panel/session';
import { ModelClient } from './inference/client/client';
import { registerDataCommand } from './inference/dataCommand';
import type { Log, Model } from './inference/model';
import { ModelCommands } from './inference/modelCommands';
import { served } from './inference/served';
import { Status } from './inference/status';
import { createTokenCounter } from './inference/tokens';
import { commands, settings as keys, readSettings, type Settings, views } from './manifest';

/** What tests and benchmarks look at. */
export interface FamiliarApi {
	readonly model: Model;
	readonly hostPid: () => number | undefined;
	readonly lastOutcome: () => Outcome | undefined;
	readonly onDidComplete: (listener: (outcome: Outcome) => void) => vscode.Disposable;
	/** Absolute path of the folder that holds everything Familiar keeps. */
	readonly storage: string;
	/** Milliseconds that `activate` itself took. */
	readonly activationMilliseconds: number;
}

let closing: (() => Promise<void>) | undefined;

export function activate(context: vscode.ExtensionContext): FamiliarApi {
	const started = performance.now();
	const channel = vscode.window.createOutputChannel('Familiar', { log: true });
	const log = logTo(channel);
	const storage = context.globalStorageUri.fsPath;
	const cacheFolder = path.join(storage, 'cache');
	let settings = currentSettings();

	const model = new ModelClient({
		hostFile: context.asAbsolutePath(path.join('dist', 'host.mjs')),
		nodePath: () => settings.nodePath,
		version,
		log,
	});
	const modelCommands = new ModelCommands({
		model,
		starterPath: context.asAbsolutePath(path.join('models', 'starter.gguf')),
		cacheFolder,
		memory: context.globalState,
		log,
		settings: () => settings,
	});
	const isStarter = () => modelCommands.isStarter;

	const choices = new Choices(context.workspaceState);
	const activeAdapters = new ActiveAdapters({
		model,
		choices,
		onRefused: tellRefused,
		translate: vscode.l10n.t,
		log,
	});
	const adapterStore = new AdapterStore(path.join(storage, 'adapters'), model);
	const launchTrainer = (): TrainerLaunch => ({
		trainerFile: context.asAbsolutePath(path.join('dist', 'trainer.mjs')),
		nodePath: settings.nodePath === '' ? undefined : settings.nodePath,
		log,
	});
	const fineTune = new FineTuneSession({
		store: new RunStore(path.join(storage, 'runs'), log),
		workspace: workspaceName(),
		launch: launchTrainer,
		adapterFolder: adapterStore.folder,
		cacheFolder,
		pausesOnBattery: () => settings.fineTune.pauseOnBattery,
		activate: activation({ model, active: activeAdapters, choices, translate: vscode.l10n.t }),
		translate: vscode.l10n.t,
		log,
	});
	const adapterCommands = new AdapterCommands({
		model,
		store: adapterStore,
		active: activeAdapters,
		choices,
		launch: launchTrainer,
		cacheFolder,
		log,
	});
	const fineTunePanel = new FineTunePanel({
		extensionUri: context.extensionUri,
		session: fineTune,
		active: activeAdapters,
		adapters: adapterCommands,
		memory: context.globalState,
		log,
	});
	const fineTuneCommands = new FineTuneCommands({
		session: fineTune,
		panel: fineTunePanel,
		model,
		auditScript: context.asAbsolutePath(path.join('dist', 'corpusWorker.js')),
		log,
		settings: () => settings,
	});
	// Whoever writes or asks goes before the training.
	const servedModel = served(model, (busy) => fineTune.serving(busy));

	const engine = new CompletionEngine({ model: servedModel, settings: settings.completion, log });
	const completionCommands = new CompletionCommands({ engine, settings: () => settings });

	const tokens = createTokenCounter();
	const session = new ChatSession({
		model: servedModel,
		store: conversationStore(context, log),
		log,
		settings: () => settings.chat,
		countTokens: tokens.estimateTokens,
	});
	const chatView = new ChatView({
		extensionUri: context.extensionUri,
		session,
		model,
		isStarter,
		onRemedy: (remedy) => void modelCommands.remedy(remedy),
		log,
	});

	const status = new Status({
		model,
		extensionVersion: version,
		isStarter,
		completion: () => completionCommands.status(),
		adapters: () => activeLine(activeAdapters.all, vscode.l10n.t),
		rivals: () => {
			const rival = findRival(vscode.extensions.all, settingOf);
			return rival === undefined ? [] : [rival.name];
		},
	});

	context.subscriptions.push(
		channel,
		modelCommands,
		completionCommands,
		engine,
		registerCompletions(engine, log),
		watchForRivals(context.globalState, (error) => log.error('another provider could not be noticed', error)),
		chatView,
		vscode.window.registerWebviewViewProvider(views.chat, chatView),
		// The tables are read when the first question is under way: until then, and for it, an estimate will do.
		session.onDidChange((event) => {
			if (event.type === 'answering') {
				tokens.load().catch((error: unknown) => log.warn(String(error)));
			}
		}),
		registerChatActions({ session, view: chatView, log }),
		activeAdapters,
		adapterCommands,
		fineTunePanel,
		fineTuneCommands,
		activeAdapters.onDidChange(() => status.refresh()),
		registerDataCommand({
			folders: [storage],
			memory: context.globalState,
			log,
			obstacle: () => fineTune.elsewhere(),
			forget: async () => {
				engine.configure(settings.completion);
				await session.newChat();
				await fineTune.forget();
				await choices.clear();
				await activeAdapters.use([]);
			},
		}),
		vscode.commands.registerCommand(commands.showLog, () => channel.show()),
		status,
		engine.onDidComplete(() => status.refresh()),
		engine.pause.onDidChange(() => status.refresh()),
		vscode.workspace.onDidChangeConfiguration((event) => {
			settings = currentSettings();
			if (event.affectsConfiguration('familiar.completion')) {
				engine.configure(settings.completion);
				status.refresh();
			}
			if (
				[keys.modelPath, keys.backend, keys.gpuLayers, keys.contextSize].some((one) =>
					event.affectsConfiguration(one.key),
				)
			) {
				void modelCommands.apply();
			}
			if (event.affectsConfiguration(keys.nodePath.key)) {
				void modelCommands.restart();
			}
		}),
	);
	closing = async () => {
		await fineTune.close();
		await session.dispose();
		await model.dispose();
	};
	void session.load();
	void modelCommands.apply();
	void fineTunePanel.restore();
	const activationMilliseconds = performance.now() - started;
	log.info(`Familiar ${version} activated in ${activationMilliseconds.toFixed(1)} ms`);
	return {
		model,
		hostPid: () => model.hostPid,
		lastOutcome: () => engine.lastOutcome,
		onDidComplete: (listener) => engine.onDidComplete(listener),
		storage,
		activationMilliseconds,
	};
}

export async function deactivate(): Promise<void> {
	await closing?.();
	closing = undefined;
}

function settingOf(key: string): unknown {
	return vscode.workspace.getConfiguration().get(key);
}

function currentSettings(): Settings {
	return readSettings(settingOf);
}

/**
 * One conversation a workspace, below the global storage, so that "delete all my data" reaches those of the
 * workspaces that are not open. Windows without a workspace would all share one: they keep theirs in memory.
 */
function conversationStore(context: vscode.ExtensionContext, log: Log): ChatStore {
	const name = workspaceName();
	if (name === undefined) {
		return new NoStore();
	}
	return new FileChatStore(path.join(context.globalStorageUri.fsPath, 'conversations', `${name}.json`), log);
}

/** The same in every window of the workspace that is open; undefined where none is. */
function workspaceName(): string | undefined {
	const workspace = vscode.workspace.workspaceFile ?? vscode.workspace.workspaceFolders?.[0]?.uri;
	return workspace === undefined
		? undefined
		: createHash('sha256').update(workspace.toString()).digest('hex').slice(0, 32);
}

function logTo(channel: vscode.LogOutputChannel): Log {
	return {
		trace: (message) => channel.trace(message),
		info: (message) => channel.info(message),
		warn: (message) => channel.warn(message),
		error: (message, cause) =>
			channel.error(cause === undefined ? message : `${message}: ${describeCause(cause)}`),
	};
}

function describeCause(cause: unknown): string {
	return cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
}
