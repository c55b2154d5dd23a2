/** Writes an answer to a connection: one document, or events as they come, no faster than they are read. */

import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { ApiError } from './apiError';
import type { Answer } from './service';

/** Nothing may be kept, taken for something else, or read by pages. */
const HEADERS = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };

export function sendError(response: ServerResponse, error: ApiError): void {
	if (response.destroyed || response.writableEnded) {
		return;
	}
	if (response.headersSent) {
		// Too late for a status.
		response.end(`data: ${JSON.stringify(error.body)}\n\n`);
		return;
	}
	sendWhole(response, error.status, error.body, error.headers);
}

/**
 * @param patience milliseconds that whoever asked may leave unread what was sent.
 * @throws an AbortError where that is over, or the signal fires.
 */
export async function sendAnswer(
	response: ServerResponse,
	answer: Answer,
	patience: number,
	signal: AbortSignal,
): Promise<void> {
	if (answer.type === 'whole') {
		sendWhole(response, 200, answer.body, {});
		await heard(response, 'finish', patience, signal);
		return;
	}
	try {
		response.writeHead(200, { ...HEADERS, 'content-type': 'text/event-stream; charset=utf-8' });
		for await (const event of answer.events) {
			if (!response.write(`data: ${JSON.stringify(event)}\n\n`)) {
				await heard(response, 'drain', patience, signal);
			}
		}
		response.end(answer.saysDone ? 'data: [DONE]\n\n' : undefined);
	} finally {
		// Also where the connection is gone: it ends the generation.
		await answer.events.return();
	}
}

/** Whoever asked takes what was sent. */
async function heard(
	response: ServerResponse,
	event: 'drain' | 'finish',
	patience: number,
	signal: AbortSignal,
): Promise<void> {
	await once(response, event, { signal: AbortSignal.any([signal, AbortSignal.timeout(patience)]) });
}

function sendWhole(
	response: ServerResponse,
	status: number,
	body: object,
	headers: Readonly<Record<string, string>>,
): void {
	const text = JSON.stringify(body);
	response.writeHead(status, {
		...HEADERS,
		'content-type': 'application/json; charset=utf-8',
		'content-length': Buffer.byteLength(text),
		...headers,
	});
	response.end(text);
}
