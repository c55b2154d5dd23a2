/** The way to a server: its address, its key, what it has, and the one question that matters: may code go there? */

import type { RemoteRole } from '../../manifest';
import { isAbort } from '../cancel';
import type { Dialogues, Row } from '../models/dialogues';
import { readAddress, type ServerAddress } from './address';
import { Connection, type ConnectionOptions } from './connection';
import { askModel, type ModelFacts } from './facts';
import { ServerTrouble } from './problems';
import { askServer, type ServedModel, type Server } from './server';

export interface ServerChoice {
	/** As it was written. */
	readonly url: string;
	/** Names of models; undefined where the role stays on this machine. */
	readonly models: Readonly<Record<RemoteRole, string | undefined>>;
}

export interface ConnectOptions extends Omit<ConnectionOptions, 'address' | 'key'> {
	readonly dialogues: Dialogues;
	/** Address that is in use. */
	readonly url: string;
	/** The key for a server, by its base. */
	readonly key: (base: string) => PromiseLike<string | undefined>;
	/** Undefined: there is none. */
	readonly keep: (base: string, key: string | undefined) => PromiseLike<void>;
	/** Writes the settings. */
	readonly write: (choice: ServerChoice) => Promise<void>;
}

interface Chosen {
	readonly models: ServerChoice['models'];
	/** Why something that was chosen stays on this machine. */
	readonly note: string | undefined;
}

/** Models that are made to be compared say so in their names. */
const EMBEDS = /embed|\bbge\b|\be5\b|\bgte\b|minilm|nomic/i;

/** Nothing is kept, and nothing is sent but the questions what the server is, before the user agrees. */
export async function connect(options: ConnectOptions): Promise<void> {
	const { dialogues, translate } = options;
	const title = translate('Familiar: Connect to a Server');
	const url = await dialogues.ask(
		title,
		translate(
			'Address of a server with the OpenAI interface (llama-server, vLLM, Ollama, SGLang), for example http://localhost:8080',
		),
		false,
		(text) => {
			const read = readAddress(text, translate);
			return read.type === 'refused' ? read.reason : undefined;
		},
		options.url,
	);
	const read = url === undefined ? undefined : readAddress(url, translate);
	if (url === undefined || read?.type !== 'address') {
		return;
	}
	const { address } = read;
	const known = await options.key(address.base);
	const entered = await dialogues.ask(
		title,
		known === undefined
			? translate('Key for {0}. Leave it empty where the server wants none.', address.host)
			: translate('Key for {0}. Leave it empty to go on with the one that is known.', address.host),
		true,
		() => undefined,
	);
	if (entered === undefined) {
		return;
	}
	const key = entered.trim() === '' ? known : entered.trim();
	const connection = new Connection({ ...options, address, key });
	const found = await look(connection, address, options);
	if (found === undefined) {
		return;
	}
	const chosen = await choose(connection, found, title, options);
	if (chosen === undefined || !(await agree(chosen, address, options))) {
		return;
	}
	const { models } = chosen;
	await options.keep(address.base, key);
	await options.write({ url: url.trim(), models });
	void dialogues.tell(
		'information',
		[
			translate('Connected to {0}.', address.host),
			...(models.completion === undefined ? [] : [translate('Completions: {0}.', models.completion)]),
			...(models.chat === undefined ? [] : [translate('Chat: {0}.', models.chat)]),
			...(models.embedding === undefined ? [] : [translate('Search by meaning: {0}.', models.embedding)]),
		].join(' '),
	);
}

/** What the server is; undefined, with a message, where it cannot be used, and silently where the user leaves. */
async function look(
	connection: Connection,
	{ host }: ServerAddress,
	{ dialogues, translate }: ConnectOptions,
): Promise<Server | undefined> {
	try {
		const server = await dialogues.during(translate('Asking {0} what it has', host), (_, signal) =>
			askServer(connection, signal),
		);
		if (server.models.length > 0) {
			return server;
		}
		await dialogues.tell(
			'error',
			translate('{0} has no model yet. Load one there, and connect again.', host),
		);
	} catch (error) {
		if (error instanceof ServerTrouble) {
			await dialogues.tell('error', error.problem.message);
		} else if (!isAbort(error)) {
			throw error;
		}
	}
	return undefined;
}

/** Undefined where the user leaves, or leaves nothing to the server. */
async function choose(
	connection: Connection,
	server: Server,
	title: string,
	options: ConnectOptions,
): Promise<Chosen | undefined> {
	const { translate } = options;
	const writers = server.models.filter(({ name }) => !EMBEDS.test(name));
	const embedders = server.models.filter(({ name }) => EMBEDS.test(name));
	const chat = await pickModel(writers, title, translate('Which model answers in the chat?'), options);
	if (chat === undefined) {
		return undefined;
	}
	const completion = await pickModel(
		writers,
		title,
		translate('Which model writes completions at the cursor? It must fill in the middle.'),
		options,
	);
	if (completion === undefined) {
		return undefined;
	}
	const facts =
		completion.model === undefined ? undefined : await factsOf(connection, server, completion.model, options);
	const embedding =
		embedders.length === 0
			? { model: undefined }
			: await pickModel(
					embedders,
					title,
					translate('Which model searches the workspace by meaning? Pieces of all its files go to it.'),
					options,
				);
	const models = {
		chat: chat.model?.name,
		completion: facts?.fill.type === 'unsupported' ? undefined : completion.model?.name,
		embedding: embedding?.model?.name,
	};
	if (embedding === undefined) {
		return undefined;
	}
	const note =
		facts?.fill.type === 'unsupported'
			? translate('{0} Completions stay on this machine.', facts.fill.reason)
			: undefined;
	if (Object.values(models).some((name) => name !== undefined)) {
		return { models, note };
	}
	if (note !== undefined) {
		void options.dialogues.tell('error', note);
	}
	return undefined;
}

/** Undefined where the user leaves. */
async function pickModel(
	models: readonly ServedModel[],
	title: string,
	question: string,
	{ dialogues, translate }: ConnectOptions,
): Promise<{ readonly model: ServedModel | undefined } | undefined> {
	const rows: Row<{ readonly model: ServedModel | undefined }>[] = [
		...models.map((model) => ({
			label: model.name,
			...(model.contextSize === undefined
				? {}
				: { description: translate('{0} tokens of context', model.contextSize) }),
			...(model.origins.length === 0
				? {}
				: { detail: translate('Adapter of {0}', model.origins.join(', ')) }),
			value: { model },
		})),
		{
			label: translate('$(vm) None of the server: on this machine, as before'),
			value: { model: undefined },
		},
	];
	return (await dialogues.pick(title, question, rows))?.value;
}

async function factsOf(
	connection: Connection,
	server: Server,
	model: ServedModel,
	{ dialogues, translate }: ConnectOptions,
): Promise<ModelFacts | undefined> {
	try {
		return await dialogues.during(
			translate('Asking {0} what {1} can do', connection.host, model.name),
			(_, signal) => askModel(connection, server, model, true, translate, signal),
		);
	} catch (error) {
		if (error instanceof ServerTrouble || isAbort(error)) {
			return undefined;
		}
		throw error;
	}
}

/** What leaves, where it goes, and what does not. */
function agree(
	{ models, note }: Chosen,
	{ host, place, isEncrypted }: ServerAddress,
	{ dialogues, translate }: ConnectOptions,
): Promise<boolean> {
	const what = [
		...(models.completion === undefined ? [] : [translate('completions')]),
		...(models.chat === undefined ? [] : [translate('chat')]),
		...(models.embedding === undefined ? [] : [translate('search of the workspace')]),
	].join(', ');
	const sentence =
		place === 'machine'
			? translate(
					'Code from your files is sent to the server on {0} ({1}), a program of this machine that may pass it on.',
					host,
					what,
				)
			: translate(
					'Code from your files leaves this machine and is sent to {0} ({1}); excluded files are not, and keys and passwords that are found in a text are withheld.',
					host,
					what,
				);
	const open =
		isEncrypted || place === 'machine' ? [] : [translate('The connection is not encrypted (http).')];
	const notes = note === undefined ? [] : [note];
	return dialogues.confirm([sentence, ...open, ...notes].join(' '), translate('Send Code to {0}', host));
}
