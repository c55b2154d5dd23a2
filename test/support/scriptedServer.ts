/** A model server for tests, over real sockets: it answers as a script says, as each of those that people run, or not at all. */
import { once } from 'node:events';
import * as http from 'node:http';
import * as https from 'node:https';
import { isRecord, parseJson } from '../../src/inference/record';

export interface Seen {
	readonly method: string;
	readonly path: string;
	readonly authorization: string | undefined;
	/** Empty where there was none. */
	readonly body: Readonly<Record<string, unknown>>;
	/** Whether the client went away before it had all of the answer. */
	readonly left: Promise<boolean>;
}

export type Answer = (response: http.ServerResponse, seen: Seen) => void | Promise<void>;

/** By method and path, for example `POST /v1/completions`. */
export type Routes = Readonly<Record<string, Answer>>;

export class ScriptedServer {
	/** Requests in their order. */
	readonly seen: Seen[] = [];
	routes: Routes;

	private constructor(
		private readonly server: http.Server | https.Server,
		routes: Routes,
		private readonly scheme: 'http' | 'https',
	) {
		this.routes = routes;
	}

	/** @param identity of an encrypted one, as PEM. */
	static async start(
		routes: Routes,
		identity?: { readonly key: string; readonly cert: string },
		port = 0,
	): Promise<ScriptedServer> {
		const server = identity === undefined ? http.createServer() : https.createServer(identity);
		const made = new ScriptedServer(server, routes, identity === undefined ? 'http' : 'https');
		server.on('request', (request, response) => void made.take(request, response));
		server.listen(port, '127.0.0.1');
		await once(server, 'listening');
		return made;
	}

	get port(): number {
		const address = this.server.address();
		return typeof address === 'object' && address !== null ? address.port : 0;
	}

	get url(): string {
		return `${this.scheme}://127.0.0.1:${this.port}`;
	}

	/** Those to a path, in their order. */
	asked(path: string): readonly Seen[] {
		return this.seen.filter((one) => one.path === path);
	}

	async stop(): Promise<void> {
		const closed = once(this.server, 'close');
		this.server.close();
		this.server.closeAllConnections();
		await closed;
	}

	private async take(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
		let text = '';
		for await (const piece of request.setEncoding('utf8')) {
			text += String(piece);
		}
		const body = parseJson(text);
		const seen: Seen = {
			method: request.method ?? '',
			path: request.url ?? '',
			authorization: request.headers.authorization,
			body: isRecord(body) ? body : {},
			left: once(response, 'close').then(() => !response.writableFinished),
		};
		this.seen.push(seen);
		const answer = this.routes[`${seen.method} ${seen.path}`];
		if (answer === undefined) {
			json({ error: { message: 'File Not Found', code: 404 } }, 404)(response, seen);
		} else {
			await answer(response, seen);
		}
	}
}

export function json(value: unknown, status = 200): Answer {
	return (response) => {
		response.writeHead(status, { 'content-type': 'application/json' });
		response.end(JSON.stringify(value));
	};
}

/** Server-sent events; a string stands as it is. */
export function events(...chunks: readonly unknown[]): Answer {
	return (response) => {
		response.writeHead(200, { 'content-type': 'text/event-stream' });
		for (const chunk of chunks) {
			response.write(`data: ${typeof chunk === 'string' ? chunk : JSON.stringify(chunk)}\n\n`);
		}
		response.end();
	};
}

/** Lines of JSON. */
export function lines(...chunks: readonly unknown[]): Answer {
	return (response) => {
		response.writeHead(200, { 'content-type': 'application/x-ndjson' });
		response.end(chunks.map((chunk) => `${JSON.stringify(chunk)}\n`).join(''));
	};
}

/** The bytes as they are, with status 200. */
export function raw(...pieces: readonly (string | Uint8Array)[]): Answer {
	return (response) => {
		response.writeHead(200);
		for (const piece of pieces) {
			response.write(piece);
		}
		response.end();
	};
}

export function listed(
	owner: string,
	...models: readonly (string | Readonly<Record<string, unknown>>)[]
): Answer {
	return json({
		object: 'list',
		data: models.map((model) => ({
			object: 'model',
			created: 1_735_142_223,
			owned_by: owner,
			...(typeof model === 'string' ? { id: model } : model),
		})),
	});
}

/** A piece of an answer in a chat. */
export function delta(delta: Readonly<Record<string, unknown>>, finish: string | null = null): unknown {
	return {
		id: 'chatcmpl-1',
		object: 'chat.completion.chunk',
		choices: [{ index: 0, delta, finish_reason: finish }],
	};
}

/** As each of them answers what it is asked at first. */
export const KINDS = {
	llamaServer: {
		'GET /v1/models': listed('llamacpp', {
			id: 'qwen2.5-coder-7b',
			meta: { n_ctx_train: 32_768, n_params: 7_615_616_512, size: 4_912_898_304 },
		}),
		'GET /props': json({
			default_generation_settings: { n_ctx: 8_192 },
			total_slots: 1,
			build_info: 'b9000-abc',
			chat_template_caps: { supports_tools: true, supports_tool_calls: true },
		}),
		'GET /lora-adapters': json([{ id: 0, path: '/adapters/team.gguf', scale: 1 }]),
		'POST /infill': json({ content: '', stop: true, tokens_evaluated: 4, timings: { cache_n: 0 } }),
	},
	ollama: {
		'GET /v1/models': listed('library', 'qwen2.5-coder:7b', 'llama3:latest'),
		'GET /api/version': json({ version: '0.12.6' }),
		'POST /api/show': json({
			parameters: 'stop "<|im_end|>"\nnum_ctx    16384',
			template:
				'{{ if .Suffix }}<|fim_prefix|>{{ .Prompt }}<|fim_suffix|>{{ .Suffix }}<|fim_middle|>{{ end }}',
			details: { family: 'qwen2', parameter_size: '7.6B', quantization_level: 'Q4_K_M' },
			model_info: {
				'general.architecture': 'qwen2',
				'general.parameter_count': 7_615_616_512,
				'qwen2.context_length': 32_768,
			},
			capabilities: ['completion', 'tools', 'insert'],
		}),
	},
	vllm: {
		'GET /v1/models': listed(
			'vllm',
			{ id: 'Qwen/Qwen2.5-Coder-7B', root: 'Qwen/Qwen2.5-Coder-7B', parent: null, max_model_len: 16_384 },
			{ id: 'team', root: '/adapters/team', parent: 'Qwen/Qwen2.5-Coder-7B' },
		),
	},
	sglang: { 'GET /v1/models': listed('sglang', { id: 'bigcode/starcoder2-7b', max_model_len: 4_096 }) },
	other: { 'GET /v1/models': listed('somebody', 'some-model') },
} as const satisfies Readonly<Record<string, Routes>>;
