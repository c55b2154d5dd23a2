/**
 * Composition root: builds the rooms, wires them to each other and disposes them. No logic of its own.
 * Over 300 lines because it is the one place where all of them meet.
 */

import { createHash } from 'node:crypto';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { version } from '../package.json';
import { SYSTEM } from './chat/prompts';
import { type ChatRoom, chatRoom } from './chat/room';
import { findRival } from './completion/knownRivals';
import type { Outcome } from './completion/outcome';
import { watchForRivals } from './completion/rival';
import { completionRoom } from './completion/room';
import { activeLine } from './finetune/adapters/describe';
import { fineTuneRoom } from './finetune/room';
import { ChatModel } from './inference/chatModel';
import { ModelClient } from './inference/client/client';
import { registerDataCommand } from './inference/dataCommand';
import type { Exclusions } from './inference/exclusions';
import { gitProgram } from './inference/git';
import { Later } from './inference/later';
import { laterApi } from './inference/laterApi';
import { localExclusions } from './inference/localExclusions';
import type { Model } from './inference/model';
import { ModelCommands } from './inference/modelCommands';
import { modelsViewLater } from './inference/modelsViewLater';
import { logTo } from './inference/outputLog';
import { SearchModel } from './inference/searchModel';
import { served } from './inference/served';
import { serverRoom } from './inference/serverRoom';
import { Status } from './inference/status';
import { commands, settings as keys, type RemoteRole, readSettings, type Settings, views } from './manifest';

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
	const workspace = workspaceName();
	const fileOf = (name: string) => context.asAbsolutePath(path.join('dist', name));
	const gitPath = () => gitProgram(settingOf('git.path'));
	let settings = currentSettings();

	const startClient = () =>
		new ModelClient({
			hostFile: fileOf('host.mjs'),
			nodePath: () => settings.nodePath,
			version,
			log,
		});
	const model = startClient();
	const chatModel = new ChatModel(model, startClient);
	model.setFocused(vscode.window.state.focused);
	const starterPath = context.asAbsolutePath(path.join('models', 'starter.gguf'));
	const search = new SearchModel({
		start: startClient,
		chosen: () => modelCommands.chosen.searchOptions(),
		file: () => settings.chat.embeddingModel,
	});
	const modelCommands = new ModelCommands({
		model,
		chat: chatModel,
		search,
		starterPath,
		cacheFolder,
		storage,
		extensionVersion: version,
		secrets: context.secrets,
		memory: context.globalState,
		log,
		settings: () => settings,
		isWanted: (role) => role === 'embedding' || !remote.plays(role),
	});
	const isStarter = (role: RemoteRole) => modelCommands.isStarter && !remote.plays(role);
	const exclusions = localExclusions({
		globs: settings.exclude,
		isTrusted: () => vscode.workspace.isTrusted,
		gitPath,
		translate: vscode.l10n.t,
		log,
	});

	const fineTune = fineTuneRoom({
		model,
		startModel: startClient,
		loadOptions: (role) => modelCommands.loadOptions(role),
		chatModel,
		teacher: () => remote.chat,
		chatSystem: SYSTEM,
		storage,
		// What is trained is the model of this machine, also where a server does all the rest.
		wake: (role) => modelCommands.chosen.wake('training', [role]),
		cacheFolder,
		workspace,
		extensionUri: context.extensionUri,
		fileOf,
		acceptance: () => completion.byAdapter(),
		gitPath,
		workspaceState: context.workspaceState,
		globalState: context.globalState,
		settings: () => settings,
		translate: vscode.l10n.t,
		log,
	});
	const chosenFor = (role: 'completion' | 'chat') =>
		fineTune.active.all.filter((choice) => (choice.role ?? 'completion') === role);
	// Whoever writes or asks goes before the training.
	const serve = served((busy) => fineTune.session.serving(busy));
	const servedModel = serve(model);
	const servedChat = serve(chatModel);
	const server = serverRoom({
		local: { completion: servedModel, chat: servedChat },
		settings: () => settings,
		secrets: context.secrets,
		isTrusted: () => vscode.workspace.isTrusted,
		onDidGrantTrust: vscode.workspace.onDidGrantWorkspaceTrust,
		// What the editor does not do by itself for those who ask servers: see `Web`.
		strictTls: () => settingOf('http.proxyStrictSSL') !== false,
		version,
		translate: vscode.l10n.t,
		log,
	});
	const remote = server.roles;

	const completion = completionRoom({
		model: remote.completion,
		isStarter: () => isStarter('completion'),
		storage,
		dist: context.asAbsolutePath('dist'),
		extensionUri: context.extensionUri,
		settings: () => settings,
		excluded: (file, use) => exclusions.why(file, use),
		adapters: () =>
			remote.plays('completion')
				? []
				: chosenFor('completion').map(({ name, path: file }) => ({ name, id: path.basename(file, '.gguf') })),
		log,
	});
	const { engine } = completion;

	const chat = chatRoom({
		model: remote.chat,
		startModel: () => (remote.plays('embedding') ? remote.startEmbedding() : search.seat()),
		servedEmbedding: () => remote.embeddingName,
		storage,
		cacheFolder,
		workspace,
		extensionUri: context.extensionUri,
		fileOf,
		scope: () => ({
			folders: (vscode.workspace.workspaceFolders ?? []).flatMap(({ uri, name }) =>
				uri.scheme === 'file' ? { name, folder: uri.fsPath } : [],
			),
			globs: settings.exclude,
			gitPath: vscode.workspace.isTrusted ? gitPath() : undefined,
		}),
		settings: () => settings,
		gitPath,
		excluded: (file, use) => exclusions.why(file, use),
		excludedLocal: (file) => exclusions.why(vscode.Uri.file(file).path, 'completion'),
		exclusionsKnown: () => exclusions.settled(),
		isStarter: () => isStarter('chat') && chatModel.ownState === undefined,
		onRemedy: (remedy) => void modelCommands.chatRemedy(remedy),
		translate: vscode.l10n.t,
		log,
	});

	const api = laterApi({
		models: {
			completion: servedModel,
			chat: () => (chatModel.ownState === undefined ? undefined : servedChat),
			embedding: () => (settings.chat.embeddingModel === '' ? undefined : search),
		},
		// What is served is on this machine, also where a server does the rest.
		wake: () => modelCommands.chosen.wake('api', ['completion', 'chat', 'embedding']),
		rest: () => modelCommands.chosen.rest('api'),
		secrets: context.secrets,
		settings: () => settings,
		onDidChange: () => status.refresh(),
		log,
	});
	const rivals = () => [findRival(vscode.extensions.all, settingOf)].flatMap((rival) => rival?.name ?? []);
	const status = new Status({
		model: remote.completion,
		chat: chatModel,
		extensionVersion: version,
		isStarter: () => isStarter('completion'),
		completion: () => completion.commands.status(),
		adapters: () => (remote.plays('completion') ? undefined : activeLine(fineTune.active.all, vscode.l10n.t)),
		rivals,
		host: () =>
			model.hostPid === undefined ? undefined : { pid: model.hostPid, clients: model.hostClients ?? 1 },
		api: () => api.address,
		remote: () => remote.use,
	});

	context.subscriptions.push(
		channel,
		modelCommands,
		api,
		...completion.disposables,
		watchForRivals(context.globalState, (error) => log.error('another provider could not be noticed', error)),
		...chat.disposables,
		vscode.window.registerWebviewViewProvider(views.chat, chat.provider),
		...followWorkspace(chat.retrieval),
		exclusions,
		...followFiles(exclusions, () => completion.configure()),
		...fineTune.disposables,
		fineTune.active.onDidChange(() => status.refresh()),
		modelsViewLater({
			models: { completion: servedModel, chat: servedChat, embedding: search },
			chatState: () => chatModel.ownState,
			starterPath,
			memory: context.globalState,
			cacheFolder,
			adapters: fineTune.shelf,
			extensionId: context.extension.id,
			log,
			settings: () => settings,
			shop: () => modelCommands.theShop(),
			use: (file, roles) => modelCommands.use(file, roles),
			stopUsing: (file) => modelCommands.files.stopUsing(file),
			load: (role) => modelCommands.chosen.wake('user', [role]),
			unload: (role) => modelCommands.chosen.unload(role),
		}),
		new Later({
			load: async () => {
				const { registerDoctor } = await import('./inference/doctor');
				return () =>
					context.subscriptions.push(
						registerDoctor({
							extensionVersion: version,
							model: remote.completion,
							local: model,
							remote: () => remote.use,
							host: model,
							context,
							log,
							settings: () => settings,
							completion: () => completion.commands.status(),
							rivals,
							excluded: (file) => exclusions.why(file, 'completion'),
							adapters: () => fineTune.active.all,
						}),
					);
			},
			commands: [commands.doctor],
			log,
		}),
		registerDataCommand({
			folders: [storage],
			memory: context.globalState,
			log,
			obstacle: () => fineTune.session.elsewhere(),
			forget: async () => {
				completion.forget();
				await chat.forget();
				await fineTune.forget();
				await modelCommands.forget();
				await api.forget();
				await server.forget();
			},
		}),
		...server.disposables,
		remote.onDidChange(() => status.refresh()),
		remote.onDidChangeNeed(() => void modelCommands.apply()),
		vscode.window.onDidChangeWindowState(({ focused }) => model.setFocused(focused)),
		vscode.commands.registerCommand(commands.showHistory, () => chat.view.showHistory()),
		vscode.commands.registerCommand(commands.showLog, () => channel.show()),
		status,
		engine.onDidComplete(() => status.refresh()),
		engine.pause.onDidChange(() => status.refresh()),
		vscode.workspace.onDidChangeConfiguration((event) => {
			settings = currentSettings();
			exclusions.configure(settings.exclude);
			remote.configure();
			chat.configure((key) => event.affectsConfiguration(key));
			if (event.affectsConfiguration('familiar.completion') || event.affectsConfiguration(keys.exclude.key)) {
				completion.configure();
				status.refresh();
			}
			modelCommands.configure((key) => event.affectsConfiguration(key));
		}),
	);
	closing = async () => {
		await api.close();
		await completion.close();
		await fineTune.session.close();
		await chat.close();
		await search.dispose();
		await chatModel.dispose();
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
function followWorkspace(retrieval: ChatRoom['retrieval']): readonly vscode.Disposable[] {
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

/** The same in every window of the workspace that is open; undefined where none is. */
function workspaceName(): string | undefined {
	const workspace = vscode.workspace.workspaceFile ?? vscode.workspace.workspaceFolders?.[0]?.uri;
	return workspace === undefined
		? undefined
		: createHash('sha256').update(workspace.toString()).digest('hex').slice(0, 32);
}
