/** Reads the JSON that a request brings, and keeps never more than a limit of it. */

import type { IncomingMessage } from 'node:http';
import { abortError } from '../cancel';
import { isRecord, parseJson } from '../record';
import { ApiError, badRequest } from './apiError';

/** Objects and lists in each other; a JSON schema has a few. What goes deeper would overflow somebody's stack. */
const DEEPEST = 100;

/** What is too large is read to its end and forgotten, so that the answer reaches whoever still writes. @throws ApiError */
export async function readBody(
	request: IncomingMessage,
	mostBytes: number,
): Promise<Readonly<Record<string, unknown>>> {
	const { 'content-length': announced, 'content-encoding': encoding = 'identity' } = request.headers;
	if (encoding !== 'identity') {
		throw new ApiError(415, `The body is encoded as ${encoding.slice(0, 40)}. Send it as plain JSON.`);
	}
	if (Number(announced ?? 0) > mostBytes) {
		throw tooLarge(mostBytes);
	}
	const body = parseJson(await textOf(request, mostBytes));
	if (!isRecord(body)) {
		throw badRequest('The body is not a JSON object. Send one in UTF-8.');
	}
	if (isDeeper(body, DEEPEST)) {
		throw badRequest(`The body has more than ${DEEPEST} objects and lists in each other.`);
	}
	return body;
}

/** @throws ApiError; an AbortError where the connection ends before. */
function textOf(request: IncomingMessage, mostBytes: number): Promise<string> {
	return new Promise((resolve, reject) => {
		let chunks: Buffer[] = [];
		let bytes = 0;
		request.on('data', (chunk: Buffer) => {
			bytes += chunk.length;
			if (bytes > mostBytes) {
				chunks = [];
				reject(tooLarge(mostBytes));
			} else {
				chunks.push(chunk);
			}
		});
		request.once('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
		request.once('close', () => reject(abortError()));
	});
}

function isDeeper(value: unknown, levels: number): boolean {
	return (
		typeof value === 'object' &&
		value !== null &&
		(levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1)))
	);
}

function tooLarge(mostBytes: number): ApiError {
	return new ApiError(413, `The body has more than ${mostBytes} bytes. Send less text.`);
}
