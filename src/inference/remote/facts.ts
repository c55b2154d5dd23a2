/** What one model of a server can do: context, tools, filling in the middle, as far as the server says. */

import type { Unsupported } from '../model';
import type { Translate } from '../statusText';
import type { Connection } from './connection';
import { type FillTemplate, templateFor } from './fillTemplate';
import { at, listAt, numberAt, textAt } from './reading';
import { asked, type ServedModel, type Server, type ServerKind } from './server';

/** How a model is asked to fill in the middle. */
export type FillWay =
	| { readonly type: 'infill' }
	| { readonly type: 'suffix' }
	| { readonly type: 'template'; readonly template: FillTemplate }
	| Unsupported;

export interface ModelFacts {
	readonly kind: ServerKind;
	/** What requests name it by. */
	readonly name: string;
	readonly contextSize: number | undefined;
	readonly trainedContext: number | undefined;
	readonly parameters: number | undefined;
	readonly architecture: string;
	readonly quantisation: string;
	/** Version of the server; empty where it does not say. */
	readonly version: string;
	readonly fill: FillWay;
	/** Undefined where only a request will tell. */
	readonly callsTools: boolean | undefined;
	/** Whether it chats; undefined where only a request will tell. */
	readonly chats: boolean | undefined;
	/** Of the server, with their numbers; only llama-server lists them apart. */
	readonly adapters: readonly { readonly id: number; readonly path: string }[];
}

/**
 * @param isFilling whether it is to fill in the middle; what is not is not found out.
 * @throws ServerTrouble; an AbortError when the signal fires.
 */
export async function askModel(
	connection: Connection,
	{ kind }: Server,
	model: ServedModel,
	isFilling: boolean,
	translate: Translate,
	signal: AbortSignal,
): Promise<ModelFacts> {
	const plain: ModelFacts = {
		kind,
		name: model.name,
		contextSize: model.contextSize,
		trainedContext: model.trainedContext,
		parameters: model.parameters,
		architecture: '',
		quantisation: '',
		version: '',
		fill: byName(model, connection.host, translate),
		callsTools: undefined,
		chats: undefined,
		adapters: [],
	};
	switch (kind) {
		case 'llama-server':
			return llamaServer(connection, plain, isFilling, signal);
		case 'ollama':
			return ollama(connection, plain, translate, signal);
		case 'vllm':
		case 'sglang':
		case 'other':
			return plain;
	}
}

async function llamaServer(
	connection: Connection,
	plain: ModelFacts,
	isFilling: boolean,
	signal: AbortSignal,
): Promise<ModelFacts> {
	const props = await asked(connection, '/props', signal);
	const listed = await asked(connection, '/lora-adapters', signal);
	const calls = at(props, 'chat_template_caps', 'supports_tool_calls');
	return {
		...plain,
		contextSize: numberAt(props, 'default_generation_settings', 'n_ctx') ?? plain.contextSize,
		version: textAt(props, 'build_info'),
		callsTools: typeof calls === 'boolean' ? calls : undefined,
		adapters: listAt(listed).flatMap((entry) => {
			const id = numberAt(entry, 'id');
			return id === undefined ? [] : [{ id, path: textAt(entry, 'path') }];
		}),
		fill: isFilling && (await canInfill(connection, plain.name, signal)) ? { type: 'infill' } : plain.fill,
	};
}

/** A model without the tokens is refused; nothing of anybody's is in the question. */
async function canInfill(connection: Connection, model: string, signal: AbortSignal): Promise<boolean> {
	const body = { model, input_prefix: '', input_suffix: '', prompt: '', n_predict: 0, cache_prompt: false };
	return (await asked(connection, '/infill', signal, body)) !== undefined;
}

async function ollama(
	connection: Connection,
	plain: ModelFacts,
	translate: Translate,
	signal: AbortSignal,
): Promise<ModelFacts> {
	const shown = await asked(connection, '/api/show', signal, { model: plain.name });
	const version = textAt(await asked(connection, '/api/version', signal), 'version');
	if (shown === undefined) {
		return { ...plain, version };
	}
	const capabilities = listAt(shown, 'capabilities');
	const knows = capabilities.length > 0;
	const architecture = textAt(shown, 'model_info', 'general.architecture');
	const set = /^num_ctx\s+(\d+)/m.exec(textAt(shown, 'parameters'))?.[1];
	const inserts: FillWay = { type: 'suffix' };
	return {
		...plain,
		version,
		architecture,
		quantisation: textAt(shown, 'details', 'quantization_level'),
		parameters: numberAt(shown, 'model_info', 'general.parameter_count') ?? plain.parameters,
		trainedContext: numberAt(shown, 'model_info', `${architecture}.context_length`) ?? plain.trainedContext,
		contextSize: set === undefined ? plain.contextSize : Number(set),
		// Before servers told, one had to try: a template that takes a suffix names it.
		fill:
			capabilities.includes('insert') || /\.Suffix\b/.test(textAt(shown, 'template'))
				? inserts
				: knows && plain.fill.type === 'unsupported'
					? {
							type: 'unsupported',
							reason: translate(
								'{0} on {1} cannot fill in the middle (Ollama lists no "insert" for it). Choose another model for completions.',
								plain.name,
								connection.host,
							),
						}
					: plain.fill,
		callsTools: knows ? capabilities.includes('tools') : undefined,
		chats: knows ? capabilities.includes('completion') : undefined,
	};
}

/** Neither `/infill` nor a suffix: what the name tells. */
function byName({ name, origins }: ServedModel, host: string, translate: Translate): FillWay {
	const template = [name, ...origins].map(templateFor).find((one) => one !== undefined);
	return template === undefined
		? {
				type: 'unsupported',
				reason: translate(
					'{0} offers neither /infill nor a suffix for {1}, and the name of the model does not tell how it fills in the middle. Choose a code model, such as one with "qwen2.5-coder" or "starcoder2" in its name, or a llama-server.',
					host,
					name,
				),
			}
		: { type: 'template', template };
}
