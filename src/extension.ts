/** Composition root: builds the rooms, wires them to each other and disposes them. No logic of its own. Over 300 lines because
 * each part is named here with all that it needs of the others. */

import { createHash } from 'node:crypto';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { version } from '../package.json';
import { registerChatActions } from './chat/actions';
import { takeOver } from './chat/conversations/earlier';
import { DiskFolder, MemoryFolder } from './chat/conversations/folder';
import { Library } from './chat/conversations/library';
import { promptRoom } from './chat/generation';
import { codebaseSource } from './chat/retrieval/codebase';
import { EmbeddingModel } from './chat/retrieval/embeddingModel';
import { Retrieval } from './chat/retrieval/retrieval';
import { ChatSession } from './chat/session';
import { ChatView } from './chat/view';
import { findRival } from './completion/knownRivals';
import type { Outcome } from './completion/outcome';
import { watchForRivals } from './completion/rival';
import { completionRoom } from './completion/room';
import { activeLine } from './finetune/adapters/describe';
import { fineTuneRoom } from './finetune/room';
import { ModelClient } from './inference/client/client';
import { registerDataCommand } from './inference/dataCommand';
import { registerDoctor } from './inference/doctor';
import type { Exclusions } from './inference/exclusions';
import { gitProgram } from './inference/git';
import { localExclusions } from './inference/localExclusions';
import type { Log, Model } from './inference/model';
import { ModelCommands } from './inference/modelCommands';
import { logTo } from './inference/outputLog';
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

	const startClient = () =>
		new ModelClient({
			hostFile: context.asAbsolutePath(path.join('dist', 'host.mjs')),
			nodePath: () => settings.nodePath,
			version,
			log,
		});
	const model = startClient();
	const modelCommands = new ModelCommands({
		model,
		starterPath: context.asAbsolutePath(path.join('models', 'starter.gguf')),
		cacheFolder,
		memory: context.globalState,
		log,
		settings: () => settings,
	});
	const isStarter = () => modelCommands.isStarter;
	const exclusions = localExclusions({
		globs: settings.exclude,
		isTrusted: () => vscode.workspace.isTrusted,
		gitPath: () => gitProgram(settingOf('git.path')),
		translate: vscode.l10n.t,
		log,
	});

	const fineTune = fineTuneRoom({
		model,
		storage,
		cacheFolder,
		workspace: workspaceName(),
		extensionUri: context.extensionUri,
		fileOf: (name) => context.asAbsolutePath(path.join('dist', name)),
		workspaceState: context.workspaceState,
		globalState: context.globalState,
		settings: () => settings,
		translate: vscode.l10n.t,
		log,
	});
	// Whoever writes or asks goes before the training.
	const servedModel = served(model, (busy) => fineTune.session.serving(busy));

	const completion = completionRoom({
		model: servedModel,
		storage,
		dist: context.asAbsolutePath('dist'),
		extensionUri: context.extensionUri,
		settings: () => settings,
		excluded: (file, use) => exclusions.why(file, use),
		adapters: () => fineTune.active.all.map(({ name }) => name),
		log,
	});
	const { engine } = completion;

	const tokens = createTokenCounter();
	const kept = conversations(storage, log);
	const session = new ChatSession({
		model: servedModel,
		...kept,
		log,
		settings: () => settings.chat,
		countTokens: tokens.estimateTokens,
	});
	let embedding: EmbeddingModel | undefined;
	const retrieval = new Retrieval({
		script: context.asAbsolutePath(path.join('dist', 'retrievalWorker.js')),
		file: indexFile(storage),
		scope: () => ({
			folders: (vscode.workspace.workspaceFolders ?? []).flatMap(({ uri, name }) =>
				uri.scheme === 'file' ? { name, folder: uri.fsPath } : [],
			),
			globs: settings.exclude,
			gitPath: vscode.workspace.isTrusted ? gitProgram(settingOf('git.path')) : undefined,
		}),
		translate: vscode.l10n.t,
		// Git was asked when the files were listed.
		excluded: (file) => exclusions.why(vscode.Uri.file(file).path, 'completion'),
		embedder: () => {
			void embedding?.dispose();
			embedding = embeddingModel(settings, cacheFolder, startClient, log);
			return embedding;
		},
		log,
	});
	const promptTokens = () => promptRoom(model.state, settings.chat.maxTokens);
	const chatView = new ChatView({
		extensionUri: context.extensionUri,
		session,
		library: kept.library,
		model,
		isStarter,
		context: {
			excluded: (file, use) => exclusions.why(file, use === 'list' ? 'completion' : 'context'),
			exclusionsKnown: () => exclusions.settled(),
			gitPath: () => gitProgram(settingOf('git.path')),
			countTokens: tokens.estimateTokens,
			room: promptTokens,
			sources: [codebaseSource({ retrieval, translate: vscode.l10n.t, room: promptTokens })],
			log,
		},
		onApply: (turn, code) => chatActions.apply(turn, code),
		onRemedy: (remedy) => void modelCommands.remedy(remedy),
		log,
	});
	const chatActions = registerChatActions({
		session,
		view: chatView,
		excluded: (file) => exclusions.why(file, 'context'),
		checkerProgram: context.asAbsolutePath(path.join('dist', 'checker.mjs')),
		log,
	});

	const rivals = () => {
		const rival = findRival(vscode.extensions.all, settingOf);
		return rival === undefined ? [] : [rival.name];
	};
	const status = new Status({
		model,
		extensionVersion: version,
		isStarter,
		completion: () => completion.commands.status(),
		adapters: () => activeLine(fineTune.active.all, vscode.l10n.t),
		rivals,
	});

	context.subscriptions.push(
		channel,
		modelCommands,
		...completion.disposables,
		watchForRivals(context.globalState, (error) => log.error('another provider could not be noticed', error)),
		chatView,
		vscode.window.registerWebviewViewProvider(views.chat, {
			resolveWebviewView: (view) => {
				// Who looks at the chat may soon ask about the workspace; nobody else pays for its index.
				retrieval.prepare();
				chatView.resolveWebviewView(view);
			},
		}),
		...followWorkspace(retrieval),
		// The tables are read when the first question is under way: until then, and for it, an estimate will do.
		session.onDidChange((event) => {
			if (event.type === 'answering') {
				tokens.load().catch((error: unknown) => log.warn(String(error)));
			}
		}),
		chatActions,
		exclusions,
		...followFiles(exclusions, () => completion.configure()),
		...fineTune.disposables,
		fineTune.active.onDidChange(() => status.refresh()),
		registerDoctor({
			extensionVersion: version,
			model: servedModel,
			host: model,
			context,
			log,
			settings: () => settings,
			completion: () => completion.commands.status(),
			rivals,
			excluded: (file) => exclusions.why(file, 'completion'),
			adapters: () => fineTune.active.all,
		}),
		registerDataCommand({
			folders: [storage],
			memory: context.globalState,
			log,
			obstacle: () => fineTune.session.elsewhere(),
			forget: async () => {
				completion.forget();
				await session.forget();
				await retrieval.forget();
				await fineTune.forget();
			},
		}),
		vscode.commands.registerCommand(commands.showHistory, () => chatView.showHistory()),
		vscode.commands.registerCommand(commands.showLog, () => channel.show()),
		status,
		engine.onDidComplete(() => status.refresh()),
		engine.pause.onDidChange(() => status.refresh()),
		vscode.workspace.onDidChangeConfiguration((event) => {
			settings = currentSettings();
			exclusions.configure(settings.exclude);
			if (event.affectsConfiguration(keys.exclude.key)) {
				retrieval.configure();
			}
			if (event.affectsConfiguration(keys.embeddingModel.key)) {
				void retrieval.restart();
			}
			if (event.affectsConfiguration('familiar.completion') || event.affectsConfiguration(keys.exclude.key)) {
				completion.configure();
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
		await completion.close();
		await fineTune.session.close();
		await session.dispose();
		await retrieval.dispose();
		await embedding?.dispose();
		await model.dispose();
	};
	void modelCommands.apply();
	void fineTune.panel.restore();
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

/**
 * Tells the exclusions what is open and what changes.
 * @param onRules texts that were made under the rules of before are not to be shown any more.
 */
function followFiles(exclusions: Exclusions, onRules: () => void): readonly vscode.Disposable[] {
	const openFolders = () =>
		exclusions.setFolders(
			(vscode.workspace.workspaceFolders ?? []).map(({ uri }) => ({
				path: uri.path.replace(/\/$/, ''),
				localPath: uri.scheme === 'file' ? uri.fsPath : undefined,
			})),
		);
	const refresh = () => {
		exclusions.refresh();
		onRules();
	};
	openFolders();
	for (const { uri } of vscode.workspace.textDocuments) {
		exclusions.see(uri.path);
	}
	const ignoreFiles = vscode.workspace.createFileSystemWatcher(
		'**/{.familiarignore,.gitignore,.git/info/exclude}',
	);
	return [
		ignoreFiles,
		ignoreFiles.onDidChange(refresh),
		ignoreFiles.onDidCreate(refresh),
		ignoreFiles.onDidDelete(refresh),
		vscode.workspace.onDidChangeWorkspaceFolders(openFolders),
		vscode.workspace.onDidGrantWorkspaceTrust(refresh),
		vscode.workspace.onDidOpenTextDocument(({ uri }) => exclusions.see(uri.path)),
	];
}

/** Tells the index of the workspace what changes. */
function followWorkspace(retrieval: Retrieval): readonly vscode.Disposable[] {
	const files = vscode.workspace.createFileSystemWatcher('**/*');
	const note = ({ scheme, fsPath }: vscode.Uri) => {
		if (scheme === 'file') {
			retrieval.noteChange(fsPath);
		}
	};
	return [
		files,
		files.onDidChange(note),
		files.onDidCreate(note),
		files.onDidDelete(note),
		vscode.workspace.onDidChangeWorkspaceFolders(() => retrieval.configure()),
		vscode.workspace.onDidGrantWorkspaceTrust(() => retrieval.configure()),
	];
}

function settingOf(key: string): unknown {
	return vscode.workspace.getConfiguration().get(key);
}

function currentSettings(): Settings {
	return readSettings(settingOf);
}

/**
 * The conversations of the workspace, below the global storage, so that "delete all my data" reaches those of the
 * workspaces that are not open. Windows without a workspace would all share theirs: they keep them in memory.
 */
function conversations(storage: string, log: Log) {
	const name = workspaceName();
	if (name === undefined) {
		return { library: new Library(new MemoryFolder(), log), takeOver: async () => undefined };
	}
	const folder = new DiskFolder(path.join(storage, 'conversations', name));
	const earlier = path.join(storage, 'conversations', `${name}.json`);
	return { library: new Library(folder, log), takeOver: () => takeOver(earlier, folder, log) };
}

/** The model that the settings name for it; undefined where they name none. */
function embeddingModel(
	{ chat, backend, gpuLayers }: Settings,
	cacheFolder: string,
	start: () => ModelClient,
	log: Log,
): EmbeddingModel | undefined {
	return chat.embeddingModel === ''
		? undefined
		: new EmbeddingModel({
				start,
				// It writes nothing: the smallest context is enough.
				load: { path: chat.embeddingModel, backend, gpuLayers, contextSize: 512, cacheFolder },
				log,
			});
}

/** Where the index of the workspace is kept; undefined where no workspace is open. */
function indexFile(storage: string): string | undefined {
	const name = workspaceName();
	return name === undefined ? undefined : path.join(storage, 'retrieval', `${name}.index`);
}

/** The same in every window of the workspace that is open; undefined where none is. */
function workspaceName(): string | undefined {
	const workspace = vscode.workspace.workspaceFile ?? vscode.workspace.workspaceFolders?.[0]?.uri;
	return workspace === undefined
		? undefined
		: createHash('sha256').update(workspace.toString()).digest('hex').slice(0, 32);
}
