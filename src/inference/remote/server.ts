/** What a server is and which models it has: asked of it, by what its kind answers. */

import type { Connection } from './connection';
import { ServerTrouble } from './problems';
import { at, listAt, numberAt, textAt } from './reading';

export type ServerKind = 'llama-server' | 'ollama' | 'vllm' | 'sglang' | 'other';

/** A model as the server lists it. */
export interface ServedModel {
	/** What requests name it by. */
	readonly name: string;
	/** Tokens; undefined where the list does not say. */
	readonly contextSize: number | undefined;
	/** Names of what it was made from: vLLM lists an adapter as a model with a parent. */
	readonly origins: readonly string[];
	readonly parameters: number | undefined;
	/** Tokens of context that it was trained with. */
	readonly trainedContext: number | undefined;
}

export interface Server {
	readonly kind: ServerKind;
	readonly models: readonly ServedModel[];
}

/** Who says of its models that they are its own. */
const OWNERS: Readonly<Record<string, ServerKind>> = {
	llamacpp: 'llama-server',
	vllm: 'vllm',
	sglang: 'sglang',
	library: 'ollama',
};

/**
 * One request to a server that names itself, two to three to others: it is what health means, too, for it needs the key and
 * nothing of a model.
 * @throws ServerTrouble; an AbortError when the signal fires.
 */
export async function askServer(connection: Connection, signal: AbortSignal): Promise<Server> {
	const list = await connection.json({ path: '/v1/models', limits: 'ask' }, signal);
	if (!Array.isArray(at(list, 'data'))) {
		// Ollama without any model writes null.
		if (textAt(list, 'object') !== 'list') {
			throw connection.broken('/v1/models');
		}
	}
	const entries = listAt(list, 'data');
	const models = entries.flatMap((entry) => {
		const name = textAt(entry, 'id');
		return name === ''
			? []
			: [
					{
						name,
						contextSize: numberAt(entry, 'max_model_len') ?? numberAt(entry, 'meta', 'n_ctx'),
						origins: [textAt(entry, 'parent'), textAt(entry, 'root')].filter(
							(origin) => origin !== '' && origin !== name,
						),
						parameters: numberAt(entry, 'meta', 'n_params'),
						trainedContext: numberAt(entry, 'meta', 'n_ctx_train'),
					},
				];
	});
	return { kind: await kindOf(connection, entries, signal), models };
}

async function kindOf(
	connection: Connection,
	entries: readonly unknown[],
	signal: AbortSignal,
): Promise<ServerKind> {
	const named = entries.map((entry) => OWNERS[textAt(entry, 'owned_by')]).find((kind) => kind !== undefined);
	if (named !== undefined) {
		return named;
	}
	const ollama = await asked(connection, '/api/version', signal);
	if (textAt(ollama, 'version') !== '') {
		return 'ollama';
	}
	const props = await asked(connection, '/props', signal);
	return at(props, 'default_generation_settings') === undefined ? 'other' : 'llama-server';
}

/**
 * What a server answers that may not know the question; undefined where it does not.
 * @throws ServerTrouble where the server has gone.
 */
export async function asked(
	connection: Connection,
	path: string,
	signal: AbortSignal,
	body?: unknown,
): Promise<unknown> {
	try {
		return await connection.json({ path, limits: 'ask', ...(body === undefined ? {} : { body }) }, signal);
	} catch (error) {
		if (error instanceof ServerTrouble && error.kind !== 'away' && error.kind !== 'silent') {
			return undefined;
		}
		throw error;
	}
}

/** The one with the name; the only one for an empty name; undefined where there is none. */
export function servedModel({ kind, models }: Server, name: string): ServedModel | undefined {
	const [only] = models;
	if (name === '') {
		return models.length === 1 ? only : undefined;
	}
	const found =
		models.find((model) => model.name === name) ??
		// Ollama: what has no tag is the latest.
		models.find((model) => kind === 'ollama' && model.name === `${name}:latest`);
	// A llama-server with one model serves it by whatever name.
	return found ?? (kind === 'llama-server' && models.length === 1 ? only : undefined);
}
