/** What the model is too unsure of is not shown unasked, and is not even written to its end. */
import * as assert from 'node:assert/strict';
import { Confidence, UNSURE } from '../../../src/completion/confidence';
import type { TextEvent } from '../../../src/inference/model';
import { brief, house } from '../../support/completionHouse';
import { cursorIn } from '../../support/marked';

const SURE = UNSURE + 0.1;
const NOT_SURE = UNSURE - 0.1;

function piece(text: string, logProbability: number): TextEvent {
	return { type: 'text', text, logProbability, tokens: 1 };
}

function heard(...pieces: readonly (readonly [text: string, logProbability: number])[]): Confidence {
	const confidence = new Confidence();
	for (const [text, logProbability] of pieces) {
		confidence.hear(piece(text, logProbability));
	}
	return confidence;
}

describe('confidence', () => {
	it('is the mean over the tokens of a part', () => {
		const confidence = heard(['ab', -1], ['cd', -3], ['ef', -8]);
		assert.equal(confidence.between(0, 6), -4);
		assert.equal(confidence.between(0, 4), -2);
		assert.equal(confidence.between(2, 3), -3);
		assert.equal(confidence.between(6, 9), undefined);
	});
	it('counts tokens, not pieces; what the model does not tell is not counted', () => {
		const confidence = new Confidence();
		confidence.hear({ type: 'text', text: 'ab', logProbability: -6, tokens: 3 });
		confidence.hear({ type: 'text', text: 'cd' });
		assert.equal(confidence.between(0, 4), -2);
		assert.equal(new Confidence().between(0, 4), undefined);
	});
	it('the least likely piece is that by token, too', () => {
		const confidence = heard(['ab', -1], ['cd', -3]);
		confidence.hear({ type: 'text', text: 'ef', logProbability: -6, tokens: 3 });
		assert.equal(confidence.least(0, 6), -3);
		assert.equal(confidence.least(4, 6), -2);
		assert.equal(confidence.least(6, 9), undefined);
	});

	const eight = (logProbability: number) => Array.from({ length: 8 }, () => ['a', logProbability] as const);
	it('a few unlikely tokens end nothing', () =>
		assert.equal(
			heard(...eight(NOT_SURE).slice(1))
				.rule()
				.end('aaaaaaa', false),
			undefined,
		));
	it('enough of them end the text', () =>
		assert.equal(
			heard(...eight(NOT_SURE))
				.rule()
				.end('aaaaaaaa', false),
			0,
		));
	it('a sure text goes on', () =>
		assert.equal(
			heard(...eight(SURE))
				.rule()
				.end('aaaaaaaa', false),
			undefined,
		));
	it('the lines before, of which the model was sure, stay', () => {
		const confidence = heard(...eight(SURE), ['\n', SURE], ['b', -20]);
		assert.equal(confidence.rule().end('aaaaaaaa\nb', false), 8);
	});
	it('nothing is ended where the model does not tell', () => {
		const confidence = new Confidence();
		confidence.hear({ type: 'text', text: 'a' });
		assert.equal(confidence.rule().end('a', true), undefined);
	});
});

describe('engine: what the model is unsure of', () => {
	it('is not shown unasked, and says why', async () => {
		const { model, get } = house();
		model.onFill = () => ({ steps: [piece('maybe();', NOT_SURE)] });
		assert.equal(brief(await get(cursorIn('a = █'))), 'unsure');
	});
	it('is shown by hand, without asking again', async () => {
		const { model, get, byHand } = house();
		model.onFill = () => ({ steps: [piece('maybe();', NOT_SURE)] });
		await get(cursorIn('a = █'));
		const outcome = await byHand(cursorIn('a = █'));
		assert.equal(brief(outcome), 'cache: maybe();');
		assert.equal(model.fills.length, 1);
	});
	it('ends the generation unless somebody asked by hand, who gets all of it', async () => {
		const { model, get, byHand } = house();
		const pieces = Array.from({ length: 12 }, (_, index) => piece(`a${index};`, NOT_SURE));
		let written = 0;
		function* counted() {
			for (const one of pieces) {
				written++;
				yield one;
			}
		}
		model.onFill = () => ({ steps: counted() });
		assert.equal(brief(await get(cursorIn('a = █'))), 'unsure');
		assert.equal(written, 8);
		const outcome = await byHand(cursorIn('a = █'));
		assert.equal(brief(outcome), `model: ${pieces.map(({ text }) => text).join('')}`);
	});
	it('a sure text is shown, and so is one of a model that does not tell', async () => {
		const { model, get } = house();
		model.onFill = () => ({ steps: [piece('yes();', SURE)] });
		assert.equal(brief(await get(cursorIn('a = █'))), 'model: yes();');
		model.onFill = () => 'plain();';
		assert.equal(brief(await get(cursorIn('b = █'))), 'model: plain();');
	});
});
