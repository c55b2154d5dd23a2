/** The lines of an answer that arrives in pieces, and the events that servers write with them. */

/** Characters of a line; what is longer is no piece of an answer. */
export const LONGEST_LINE = 4 * 1024 * 1024;

/** Thrown for a line that never ends. */
export class LineTooLong extends Error {
	override readonly name = 'LineTooLong';
}

/**
 * Lines without their ends, which are those of server-sent events: CR, LF or both, also where a piece ends between the
 * two, or within a character. A last line without an end counts.
 */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string, void, undefined> {
	// Drops the mark at the start, too.
	const decoder = new TextDecoder('utf-8');
	let pending = '';
	/** Characters of it in which there is no end. */
	let searched = 0;
	for await (const chunk of chunks) {
		pending += decoder.decode(chunk, { stream: true });
		for (;;) {
			const end = endOf(pending, searched);
			if (end === undefined) {
				break;
			}
			yield pending.slice(0, end.at);
			pending = pending.slice(end.next);
			searched = 0;
		}
		// A CR at the end may have its LF in the next piece.
		searched = Math.max(0, pending.length - 1);
		if (pending.length > LONGEST_LINE) {
			throw new LineTooLong(`a line of more than ${LONGEST_LINE} characters`);
		}
	}
	pending += decoder.decode();
	if (pending !== '') {
		yield pending.replace(/\r$/, '');
	}
}

function endOf(text: string, from: number): { readonly at: number; readonly next: number } | undefined {
	for (let at = from; at < text.length; at++) {
		const character = text.charAt(at);
		if (character === '\n') {
			return { at, next: at + 1 };
		}
		if (character === '\r' && at + 1 < text.length) {
			return { at, next: text.charAt(at + 1) === '\n' ? at + 2 : at + 1 };
		}
	}
	return undefined;
}

/**
 * What each server-sent event carries. Comments, which keep a connection alive, and all fields but `data` and `error`
 * are passed over; llama-server once wrote its failures as `error:`.
 */
export async function* eventsOf(lines: AsyncIterable<string>): AsyncGenerator<string, void, undefined> {
	let data: string[] = [];
	for await (const line of lines) {
		if (line === '') {
			if (data.length > 0) {
				yield data.join('\n');
			}
			data = [];
			continue;
		}
		const [, field, value] = /^(data|error): ?(.*)$/s.exec(line) ?? [];
		if (field === 'data') {
			data.push(value ?? '');
		} else if (field === 'error') {
			data.push(`{"error":${value ?? ''}}`);
		}
	}
	if (data.length > 0) {
		yield data.join('\n');
	}
}
