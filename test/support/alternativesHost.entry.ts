/** A host whose model has three texts for every place, and writes down what it was asked: for cycling through them. */
import * as fs from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { runHost } from '../../src/inference/host/hostProcess';
import type { FillRequest, GenerationEvent, Prefilled } from '../../src/inference/model';
import { endOfText, FakeEngine } from './fakeEngine';

/**
 * Statements for an empty function, by which alternative is asked for: several words, and several lines. As those of a
 * model, they begin differently: of texts that begin the same, the editor goes on with the first once a part is taken.
 */
const TEXTS = [
	'const first = a + b;\n\tconst twice = first * 2;\n\treturn twice;',
	'let second = a - b;\n\treturn second;',
	'return Math.max(a, b);',
];

/** Milliseconds for each text but the first: the first does not wait for them. */
const SLOWNESS = 150;

/** Absolute path of the file with a line of JSON for each question. */
const { FAMILIAR_TEST_ASKED: asked = '' } = process.env;

class AlternativesEngine extends FakeEngine {
	override async *fill({
		typed,
		prefix,
		priority,
		alternative = 0,
	}: FillRequest): AsyncIterable<GenerationEvent> {
		fs.appendFileSync(asked, `${JSON.stringify({ typed, prefix, priority, alternative })}\n`);
		// Elsewhere it has nothing to say, so that what is asked ahead leaves no trace on the screen.
		const isBodyOpen = /\{\s*$/.test(prefix + typed);
		if (alternative > 0) {
			await wait(SLOWNESS);
		}
		const texts = isBodyOpen ? (TEXTS[alternative] ?? '').split(/(?<=\s)/) : [];
		for (const text of texts) {
			yield { type: 'text', text, tokens: 1 };
		}
		yield endOfText(texts.length);
	}

	override async prefill(): Promise<Prefilled> {
		return { type: 'prefilled', promptTokens: 1, reusedTokens: 0, milliseconds: 1 };
	}
}

await runHost(
	() => new AlternativesEngine(),
	() => undefined,
	'alternatives',
);
