/** Starts the local API, and says what a program needs to ask it. */

import { codeOf } from '../failure';
import type { Log } from '../model';
import type { Translate } from '../statusText';
import { HOST, LocalApi } from './localApi';
import type { ServedModels } from './servedModels';
import { isToken, newToken } from './token';

export interface OpenApiOptions {
	readonly models: ServedModels;
	/** 0 takes any that is free. */
	readonly port: number;
	/** What every request has to show, now. */
	readonly token: () => string;
	/** Of an answer in a chat where a request names none. */
	readonly temperature: () => number;
	readonly translate: Translate;
	readonly log: Log;
}

export interface OpenedApi {
	/** As `http://127.0.0.1:49152`. */
	readonly address: string;
	/** Resolves when no connection is left. */
	close(): Promise<void>;
}

/** @throws Error that says what helps. */
export async function openApi(options: OpenApiOptions): Promise<OpenedApi> {
	const { port, translate } = options;
	const api = new LocalApi(options);
	try {
		const actual = await api.listen(port);
		return { address: `http://${HOST}:${actual}`, close: () => api.close() };
	} catch (error) {
		switch (codeOf(error)) {
			case 'EADDRINUSE':
				throw new Error(
					translate(
						'The port {0} is in use, perhaps by another window. Choose another one in the setting familiar.api.port, or 0 for any that is free.',
						port,
					),
				);
			case 'EACCES':
				throw new Error(
					translate(
						'The port {0} is kept for other users of this machine. Choose one above 1023 in the setting familiar.api.port, or 0 for any that is free.',
						port,
					),
				);
			default:
				throw error;
		}
	}
}

/** What another program needs, as a shell understands it, with a question to try it. */
export function exampleOf(address: string, token: string): string {
	return [
		`export OPENAI_BASE_URL=${address}/v1`,
		`export OPENAI_API_KEY=${token}`,
		'curl "$OPENAI_BASE_URL/chat/completions" -H "Authorization: Bearer $OPENAI_API_KEY" \\',
		`  -H "Content-Type: application/json" -d '{"messages": [{"role": "user", "content": "Write a function that adds two numbers."}], "max_tokens": 100}'`,
		'',
	].join('\n');
}

/** The one that was kept, or a new one where there is none. */
export function tokenFrom(kept: string | undefined): string {
	return isToken(kept) ? kept : newToken();
}
