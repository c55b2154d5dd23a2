/** Puts the room together for the composition root: the conversations, what they read of the workspace, and their view. */

import * as path from 'node:path';
import { packsFolder } from '../inference/acceleration/packsFolder';
import type { Log, Model } from '../inference/model';
import type { Translate } from '../inference/statusText';
import { createTokenCounter } from '../inference/tokens';
import { settings as keys, type Settings } from '../manifest';
import { type ChatActions, registerChatActions } from './actions';
import { askedFirst } from './askedFirst';
import { BuiltInChat } from './builtInChat';
import type { ChatContextOptions } from './context/sources';
import { takeOver } from './conversations/earlier';
import { DiskFolder, MemoryFolder } from './conversations/folder';
import { Library } from './conversations/library';
import { type GenerationOptions, promptRoom } from './generation';
import { OriginFinder } from './origin/finder';
import { codebaseSource } from './retrieval/codebase';
import { EmbeddingModel, type EmbeddingModelOptions } from './retrieval/embeddingModel';
import { Retrieval, type RetrievalOptions } from './retrieval/retrieval';
import { ChatSession } from './session';
import type { Callable } from './tools/stepping';
import { ChatView, type ChatViewOptions } from './view';

export interface ChatRoomOptions extends Pick<ChatViewOptions, 'extensionUri' | 'isStarter' | 'onRemedy'> {
	/** Answers; whoever asks it goes before the training. */
	readonly model: Model;
	/** A client of its own for a model that reads the workspace. */
	readonly startModel: EmbeddingModelOptions['start'];
	/** What tells the model from others that a server reads the workspace with; undefined where none does. */
	readonly servedEmbedding?: () => string | undefined;
	/** Absolute path of the folder that holds everything Familiar keeps. */
	readonly storage: string;
	/** Absolute. */
	readonly cacheFolder: string;
	/** The same in every window of the workspace that is open; undefined where none is. */
	readonly workspace: string | undefined;
	/** Absolute path of a file that was built for the extension. */
	readonly fileOf: (name: string) => string;
	readonly scope: RetrievalOptions['scope'];
	readonly settings: () => Settings;
	readonly gitPath: () => string;
	/** Why a file is left out, by its absolute path with `/`; undefined: it is not. `completion`: as far as it is known at once. */
	readonly excluded: (fullPath: string, use: 'completion' | 'context') => string | undefined;
	/** The same for a file on this machine, by its absolute path. */
	readonly excludedLocal: (file: string) => string | undefined;
	/** Resolves when what `excluded` has begun to find out is known. */
	readonly exclusionsKnown: () => Promise<void>;
	readonly translate: Translate;
	readonly log: Log;
}

export interface ChatRoom {
	readonly view: Pick<ChatView, 'showHistory'>;
	/** Makes the view when it is shown. */
	readonly provider: Pick<ChatView, 'resolveWebviewView'>;
	readonly retrieval: Pick<Retrieval, 'noteChange' | 'configure'>;
	/** The settings have changed. `affects`: whether the one of a key has. */
	readonly configure: (affects: (key: string) => boolean) => void;
	/** Deletes the conversations and the index of the workspace. */
	readonly forget: () => Promise<void>;
	readonly close: () => Promise<void>;
	readonly disposables: readonly { dispose(): void }[];
}

export function chatRoom(options: ChatRoomOptions): ChatRoom {
	const { model, storage, workspace, fileOf, settings, excluded, gitPath, translate, log } = options;
	const tokens = createTokenCounter();
	const kept = conversations(storage, workspace, log);
	const tools = async () =>
		new (await import('./tools/toolbox')).Toolbox({
			editor: openEditor,
			searchScript: fileOf('searchWorker.js'),
			scope: options.scope,
			translate,
			log,
		});
	const toolbox: Callable = {
		offers: async () => (await tools()).offers(),
		run: async (call, signal) => (await tools()).run(call, signal),
	};
	const generation: GenerationOptions = {
		model,
		log,
		settings: () => {
			const { chat } = settings();
			// The starter model cannot sum up: what it would make of a conversation is worse than nothing.
			return { ...chat, summaries: chat.summaries && !options.isStarter() };
		},
		countTokens: tokens.estimateTokens,
	};
	const session = new ChatSession({
		...generation,
		toolbox,
		...kept,
		origins: new OriginFinder({ script: fileOf('originWorker.js'), scope: options.scope, log }),
	});
	const asked = askedFirst(model, session);
	let embedding: EmbeddingModel | undefined;
	let servedBefore = options.servedEmbedding?.();
	const retrieval = new Retrieval({
		script: fileOf('retrievalWorker.js'),
		file: indexFile(storage, workspace),
		scope: options.scope,
		translate,
		// Git was asked when the files were listed.
		excluded: options.excludedLocal,
		embedder: () => {
			void embedding?.dispose();
			embedding = embeddingModel(options);
			return embedding;
		},
		log,
	});
	const isRestricted = () => options.scope().gitPath === undefined;
	const room = () => promptRoom(model.state, settings().chat.maxTokens);
	const context: ChatContextOptions = {
		excluded: (file, use) => excluded(file, use === 'list' ? 'completion' : 'context'),
		exclusionsKnown: options.exclusionsKnown,
		gitPath,
		countTokens: tokens.estimateTokens,
		room,
		sources: [codebaseSource({ retrieval, translate, isRestricted, room })],
		log,
	};
	const openEditor = async () => new (await import('./editorContext')).Editor(context);
	const view = new ChatView({
		extensionUri: options.extensionUri,
		session,
		library: kept.library,
		model,
		isStarter: options.isStarter,
		context,
		onApply: (turn, code) => actions.apply(turn, code),
		onInsert: (code) => actions.insert(code),
		onAsked: (turn, answer) => void actions.offerFix(turn, answer),
		onRemedy: options.onRemedy,
		log,
	});
	const actions: ChatActions = registerChatActions({
		session,
		view,
		excluded: (file) => excluded(file, 'context'),
		checkerProgram: fileOf('checker.mjs'),
		generation: { ...generation, model: asked },
		editor: openEditor,
		translate,
		onRemedy: options.onRemedy,
		log,
	});
	const builtIn = new BuiltInChat({
		extensionUri: options.extensionUri,
		model: asked,
		isStarter: options.isStarter,
		editor: openEditor,
		toolbox,
		countTokens: tokens.estimateTokens,
		settings: () => settings().chat,
		log,
	});
	return {
		view,
		provider: {
			resolveWebviewView: (shown) => {
				// Who looks at the chat may soon ask about the workspace; nobody else pays for its index.
				if (!isRestricted()) {
					retrieval.prepare();
				}
				view.resolveWebviewView(shown);
			},
		},
		retrieval,
		configure: (affects) => {
			builtIn.refresh();
			if (affects(keys.exclude.key)) {
				retrieval.configure();
			}
			const served = options.servedEmbedding?.();
			if (affects(keys.embeddingModel.key) || served !== servedBefore) {
				servedBefore = served;
				void retrieval.restart();
			}
		},
		forget: async () => {
			await session.forget();
			await retrieval.forget();
		},
		close: async () => {
			await session.dispose();
			await retrieval.dispose();
			await embedding?.dispose();
		},
		disposables: [
			view,
			// The tables are read when the first question is under way: until then, and for it, an estimate will do.
			session.onDidChange((event) => {
				if (event.type === 'answering') {
					tokens.load().catch((error: unknown) => log.warn(String(error)));
				}
			}),
			actions,
			builtIn,
		],
	};
}

/**
 * The conversations of the workspace, below the global storage, so that "delete all my data" reaches those of the
 * workspaces that are not open. Windows without a workspace would all share theirs: they keep them in memory.
 */
function conversations(storage: string, workspace: string | undefined, log: Log) {
	if (workspace === undefined) {
		return { library: new Library(new MemoryFolder(), log), takeOver: async () => undefined };
	}
	const folder = new DiskFolder(path.join(storage, 'conversations', workspace));
	const earlier = path.join(storage, 'conversations', `${workspace}.json`);
	return { library: new Library(folder, log), takeOver: () => takeOver(earlier, folder, log) };
}

/** The model that the settings name for it; undefined where they name none. */
function embeddingModel({
	settings,
	storage,
	cacheFolder,
	startModel,
	servedEmbedding,
	log,
}: ChatRoomOptions): EmbeddingModel | undefined {
	const { chat, backend, gpuLayers, keepAlive } = settings();
	const path = servedEmbedding?.() ?? chat.embeddingModel;
	return path === ''
		? undefined
		: new EmbeddingModel({
				start: startModel,
				// It writes nothing: the smallest context is enough.
				load: {
					...{ path, backend, gpuLayers, contextSize: 512, cacheFolder },
					packsFolder: packsFolder(storage),
					role: 'embedding',
					keepAliveMinutes: keepAlive,
				},
				log,
			});
}

/** Where the index of the workspace is kept; undefined where no workspace is open. */
function indexFile(storage: string, workspace: string | undefined): string | undefined {
	return workspace === undefined ? undefined : path.join(storage, 'retrieval', `${workspace}.index`);
}
